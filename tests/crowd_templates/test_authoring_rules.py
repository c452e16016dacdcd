"""The templates obey what Ground Truth asks of a template (contract sections 4 and 12.7)."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from groundtruth.templates import CROWD_ELEMENTS_URL, MAXIMUM_CHARACTERS

TASK_TYPES = ["document-type", "invoice-boxes", "invoice-fields"]
REVIEW = "invoice-review"
TEMPLATES = [*TASK_TYPES, REVIEW]
# Contract section 4.4.
DOCUMENTED = {
    "crowd-alert",
    "crowd-badge",
    "crowd-bounding-box",
    "crowd-button",
    "crowd-card",
    "crowd-checkbox",
    "crowd-classifier",
    "crowd-classifier-multi-select",
    "crowd-entity-annotation",
    "crowd-fab",
    "crowd-form",
    "crowd-icon-button",
    "crowd-image-classifier",
    "crowd-image-classifier-multi-select",
    "crowd-input",
    "crowd-instance-segmentation",
    "crowd-instructions",
    "crowd-keypoint",
    "crowd-line",
    "crowd-modal",
    "crowd-polygon",
    "crowd-polyline",
    "crowd-radio-button",
    "crowd-radio-group",
    "crowd-semantic-segmentation",
    "crowd-slider",
    "crowd-tab",
    "crowd-tabs",
    "crowd-text-area",
    "crowd-toast",
    "crowd-toggle-button",
}
WIDGETS = {"crowd-bounding-box", "crowd-classifier"}

Element = tuple[str, dict[str, str | None], str]


class Elements(HTMLParser):
    """Every element: its tag, its attributes, and the tag of its parent."""

    VOID = frozenset(["meta", "link", "input", "img", "br", "rect", "path"])

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Element] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), self.open[-1] if self.open else ""))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), self.open[-1]))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(params=TEMPLATES)
def source(request: pytest.FixtureRequest, template_file: Callable[[str], Path]) -> str:
    return template_file(request.param).read_text(encoding="utf-8")


@pytest.fixture(params=[*TASK_TYPES, *(f"{REVIEW} of {task_type}" for task_type in TASK_TYPES)])
def elements(
    request: pytest.FixtureRequest,
    make_task: Callable[..., Any],
    make_review: Callable[..., Any],
    render_task: Callable[..., str],
) -> list[Element]:
    parser = Elements()
    template, _, task_type = request.param.partition(" of ")
    page = render_task(make_review(task_type), template) if task_type else render_task(make_task(template))
    parser.feed(page)
    assert parser.open == []
    return parser.found


def test_the_template_is_far_below_the_size_limit(source: str):
    assert len(source) < MAXIMUM_CHARACTERS / 2


def test_the_page_is_too_with_every_label_and_a_long_text(
    make_task: Callable[..., Any], render_task: Callable[..., str]
):
    task = make_task("invoice-fields", text="word " * 10_000)
    task["labels"] *= 4
    assert len(render_task(task)) < 400_000


def test_the_script_is_aws_own_and_nothing_else_is_loaded(source: str):
    addresses = re.findall(r"""(?:src|href)=["']([^"']*)["']|url\(|@import""", source)
    assert sorted(set(addresses)) == sorted({CROWD_ELEMENTS_URL} | {a for a in addresses if "grant_read_access" in a})


def test_no_es_modules(source: str):
    assert 'type="module"' not in source
    assert not re.search(r"^\s*(import|export)\b", source, re.MULTILINE)


def test_json_in_attributes_is_escaped_and_in_double_quotes(source: str):
    uses = re.findall(r"(.)\{\{[^}]*to_json([^}]*)\}\}(.)", source)
    assert all((before, filters.strip(), after) == ('"', "| escape", '"') for before, filters, after in uses)


def test_escaping_is_never_switched_off(source: str):
    assert "skip_autoescape" not in source


def test_no_value_of_the_task_enters_a_script_or_style(source: str):
    for block in re.findall(r"<(?:script|style)\b.*?</(?:script|style)>", source, re.DOTALL):
        assert "{{" not in block
        assert "{%" not in block


def test_s3_uris_are_signed(source: str):
    for attribute in re.findall(r'src="([^"]*)"', source):
        assert "task.input" not in attribute or "| grant_read_access" in attribute


def test_only_documented_elements(elements: list[Element]):
    assert {tag for tag, _, _ in elements if tag.startswith("crowd-")} <= DOCUMENTED


def test_every_input_has_a_name_of_its_own(elements: list[Element]):
    names = [
        (tag, attributes.get("name"))
        for tag, attributes, _ in elements
        if tag in WIDGETS | {"crowd-checkbox", "crowd-input", "input"} and attributes.get("type") != "radio"
    ]
    radios = [attributes for tag, attributes, _ in elements if attributes.get("type") == "radio"]
    assert names or radios
    assert len({radio["name"] for radio in radios}) <= 1  # one choice, whose radio buttons share its name
    assert len({radio["value"] for radio in radios}) == len(radios)
    assert all(name for _, name in names)
    single = [name for tag, name in names if tag != "crowd-checkbox"]
    assert len(single) == len(set(single))


def test_widgets_carry_both_instructions(elements: list[Element]):
    for tag in {tag for tag, _, _ in elements} & WIDGETS:
        regions = {child for child, _, parent in elements if parent == tag}
        assert {"short-instructions", "full-instructions"} <= regions


def test_everything_is_inside_one_form(elements: list[Element]):
    assert [tag for tag, _, _ in elements].count("crowd-form") == 1
    assert all(parent == "crowd-form" for tag, _, parent in elements if tag in WIDGETS)


def test_every_picture_and_control_has_a_name_for_a_screen_reader(elements: list[Element]):
    labelled = {attributes.get("for") for tag, attributes, _ in elements if tag == "label"}
    for tag, attributes, parent in elements:
        if tag == "svg":
            assert attributes["role"] == "img"
            assert attributes["aria-label"]
        if tag == "img":
            assert attributes["alt"]
        if tag == "input" and attributes.get("type") != "hidden":
            assert attributes["id"] in labelled or parent == "label"


def test_the_page_viewer_is_the_same_everywhere(template_file: Callable[[str], Path]):
    blocks = [
        re.findall(r"/\* Page viewer: .*?/\* End of the page viewer\. \*/", template_file(name).read_text(), re.DOTALL)
        for name in ("document-type", "invoice-fields", REVIEW)
    ]
    assert len(blocks[0]) == 2
    assert all(block == blocks[0] for block in blocks)


@pytest.mark.parametrize("task_type", TASK_TYPES)
def test_all_labels_are_listed_with_their_descriptions(
    task_type: str, make_task: Callable[..., Any], render_task: Callable[..., str]
):
    task = make_task(task_type)
    page = render_task(task)
    for label in task["labels"]:
        assert label["displayName"] in page
        assert label["description"] in page
