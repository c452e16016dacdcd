"""Short ways to render, for tests of rendering."""

from collections.abc import Callable

import pytest

from groundtruth.templates import Page, Template


def sign(uri: str) -> str:
    return f"https://signed.example/{uri.removeprefix('s3://')}?token=a&expires=1"


@pytest.fixture
def page() -> Callable[..., Page]:
    """Render a template's text with a task input."""

    def page(source: str, task_input: object = None, *, to_json_escaped: bool = False) -> Page:
        template = Template.parse(source, "folder/task.liquid.html")
        return template.page(task_input, sign=sign, to_json_escaped=to_json_escaped)

    return page


@pytest.fixture
def html(page: Callable[..., Page]) -> Callable[..., str]:
    def html(source: str, task_input: object = None, **settings: bool) -> str:
        return page(source, task_input, **settings).html

    return html
