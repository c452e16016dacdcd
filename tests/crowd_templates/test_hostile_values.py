"""Whatever stands in a manifest line, it stays text: no value of a task becomes markup, script or Liquid."""

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

TASK_TYPES = ["document-type", "invoice-boxes", "invoice-fields"]
HOSTILE = [
    "\"><script>window.problems.push('broke out')</script>",
    "'><img src=x onerror=\"window.problems.push('broke out')\">",
    "</script></textarea></style><script>window.problems.push('broke out')</script>",
    "{{ task.input }}{% for i in (1..9) %}{% endfor %}",
    "\\u0022 onmouseover=alert(1) x=\\",
    "&quot; &lt;b&gt; &#39;",
    "line\nbreak\ttab\u2028\u202e",
]


def _with(strings: Callable[[], str], value: Any) -> Any:
    """A copy of a JSON value in which `strings` gave every string but the keys."""
    if isinstance(value, str):
        return strings()
    if isinstance(value, list):
        return [_with(strings, item) for item in value]
    if isinstance(value, dict):
        return {key: _with(strings, item) for key, item in value.items()}
    return value


def _task_of(strings: Callable[[], str], make_task: Callable[..., Any], task_type: str) -> dict[str, Any]:
    initial = {
        "document-type": "Invoice",
        "invoice-boxes": [{"label": "Total amount", "left": 1, "top": 2, "width": 3, "height": 4}],
        "invoice-fields": {},
    }[task_type]
    task = make_task(task_type, initialValue=initial)
    hostile = {**_with(strings, task), "taskType": task_type}
    hostile["details"] = {strings() + str(index): strings() for index in range(3)}
    if task_type == "invoice-fields":
        hostile["initialValue"] = {label["label"]: {"value": strings()} for label in hostile["labels"]}
    return hostile


class Structure(HTMLParser):
    """Tags and attribute names, in order; and all text and attribute values."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[Any] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, [name for name, _ in attrs]))
        self.words.extend(value or "" for _, value in attrs)

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        self.tags.append("comment")


@pytest.mark.parametrize("task_type", TASK_TYPES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(data=st.data())
def test_no_value_changes_the_structure_of_the_page(
    data: st.DataObject, task_type: str, make_task: Callable[..., Any], render_task: Callable[..., str]
):
    awkward = st.sampled_from(HOSTILE) | st.text(st.characters(blacklist_categories=["Cs"]), min_size=1)
    plain = Structure(render_task(_task_of(lambda: "plain", make_task, task_type)))
    task = _task_of(lambda: data.draw(awkward), make_task, task_type)
    page = render_task(task)
    assert Structure(page).tags == plain.tags
    assert render_task(task, to_json_escaped=True) == page


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("task_type", TASK_TYPES)
def test_the_value_itself_arrives_unchanged(
    hostile: str, task_type: str, make_task: Callable[..., Any], render_task: Callable[..., str]
):
    words = Structure(render_task(_task_of(lambda: hostile, make_task, task_type))).words
    assert any(hostile in word for word in words)


@pytest.mark.browser
@pytest.mark.parametrize("task_type", TASK_TYPES)
def test_nothing_hostile_runs_in_the_browser(
    task_type: str, make_task: Callable[..., Any], open_task: Callable[..., Any]
):
    hostile = iter(HOSTILE * 100)
    page = open_task(_task_of(lambda: next(hostile), make_task, task_type))
    page.wait_for_timeout(200)
    assert page.evaluate("window.problems") == []
    assert page.evaluate("document.querySelectorAll('script').length") in {2, 3, 4}
    assert page.evaluate("document.querySelector('img[onerror], [onmouseover]')") is None
