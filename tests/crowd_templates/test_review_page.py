"""An expert decides with the review template: every answer is shown, one is chosen or given, and nothing disputed is waved through."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from groundtruth.templates import CROWD_ELEMENTS_URL, MAXIMUM_CHARACTERS, Template

TEMPLATES = Path(__file__).parents[2] / "crowd_templates"
FILE = TEMPLATES / "invoice-review.liquid.html"
FIELDS = {
    "vendor_name": [{"value": "Acme Paper Ltd", "by": "ABC"}],
    "invoice_date": [{"value": "05/02/2026", "by": "AB"}, {"absent": True, "by": "C"}],
    "po_number": [{"absent": True, "by": "ABC"}],
    "currency": [{"value": "EUR", "by": "ABC"}],
    "total_amount": [{"value": "1,204.50", "by": "A"}, {"value": "1,240.50", "by": "B"}, {"blank": True, "by": "C"}],
}
INITIAL = {
    "vendor_name": {"value": "Acme Paper Ltd"},
    "invoice_date": {"value": "05/02/2026"},
    "po_number": {"absent": True},
    "currency": {"value": "EUR"},
}
DISPUTED = ["invoice_date", "total_amount"]
BOX = {"label": "Total amount", "left": 900, "top": 1400, "width": 150, "height": 40}


@pytest.fixture(scope="session")
def template_file() -> Callable[[str], Path]:
    return lambda _: FILE


def review(**more: Any) -> dict[str, Any]:
    return {
        "document": "INV-10442",
        "review": {"line": 3, "reasons": ["Total amount: tie."], "disputed": DISPUTED, **more},
    }


@pytest.fixture
def open_fields(open_task: Callable[..., Page], make_task: Callable[..., Any]) -> Callable[..., Page]:
    def open_fields(fields: dict[str, Any] = FIELDS) -> Page:
        return open_task(make_task("invoice-fields", initialValue=INITIAL, details=review(fields=fields)))

    return open_fields


@pytest.fixture
def open_boxes(open_task: Callable[..., Page], make_task: Callable[..., Any]) -> Callable[[], Page]:
    answers = [
        {"by": "A", "boxes": [[4, 900, 1400, 150, 40]]},
        {"by": "B", "boxes": [[4, 902, 1401, 150, 40]]},
        {"by": "C", "boxes": [[4, 300, 300, 80, 20], [0, 100, 100, 200, 30]]},
    ]
    labels = ["vendor_name", "invoice_date", "po_number", "currency", "total_amount"]
    details = review(labels=labels, boxes=answers)
    details["review"]["disputed"] = ["total_amount"]
    return lambda: open_task(make_task("invoice-boxes", initialValue=[BOX], details=details))


def thing(page: Page, label: str) -> Locator:
    return page.locator(f'.field[data-label="{label}"]')


def submit(page: Page) -> None:
    page.locator("crowd-button").click()


def answers(page: Page) -> Any:
    page.wait_for_function("window.answers.length > 0")
    return page.evaluate("window.answers")[0]


@pytest.mark.browser
def test_all_answers_to_a_disputed_field_stand_side_by_side(open_fields: Callable[..., Page]):
    page = open_fields()
    expect(thing(page, "total_amount").locator(".answers li")).to_have_text(
        ["A1,204.50", "B1,240.50", re.compile("C left it blank")]
    )
    expect(page.locator(".reasons")).to_contain_text("Total amount: tie.")
    expect(page.locator(".agreed-things summary")).to_have_text("3 that nobody disputes")
    expect(page.locator(".details")).not_to_contain_text("disputed")


@pytest.mark.browser
def test_chosen_and_typed_answers_are_sent_with_the_undisputed_ones(open_fields: Callable[..., Page]):
    page = open_fields()
    thing(page, "invoice_date").get_by_role("button", name="not on this document").click()
    thing(page, "total_amount").get_by_role("button", name="1,204.50").click()
    submit(page)
    assert answers(page) == {
        "vendor_name": "Acme Paper Ltd",
        "currency": "EUR",
        "total_amount": "1,204.50",
        "not_on_document": {
            "vendor_name": False,
            "invoice_date": True,
            "po_number": True,
            "currency": False,
            "total_amount": False,
        },
    }


@pytest.mark.browser
def test_a_disputed_value_is_not_waved_through(open_fields: Callable[..., Page]):
    page = open_fields()
    thing(page, "total_amount").get_by_role("button", name="1,240.50").click()
    submit(page)
    expect(page.locator(".summary")).to_have_text("Still to decide: Invoice date")
    assert page.evaluate("window.answers") == []
    page.keyboard.press("Enter")
    expect(page.locator(".progress")).to_have_text("2 of 2 decided")
    page.keyboard.press("Control+Enter")
    assert answers(page)["invoice_date"] == "05/02/2026"


@pytest.mark.browser
def test_a_workers_text_is_only_ever_text(open_fields: Callable[..., Page]):
    hostile = "</script><img src=x onerror=\"window.problems.push('ran')\">'{{ 7 }}"
    page = open_fields({"total_amount": [{"value": hostile, "by": "A"}]})
    expect(thing(page, "total_amount").locator(".said")).to_have_text(hostile)
    page.wait_for_timeout(200)
    assert page.evaluate("window.problems") == []


@pytest.mark.browser
def test_boxes_that_are_nearly_the_same_are_one_choice(open_boxes: Callable[[], Page]):
    page = open_boxes()
    expect(thing(page, "total_amount").locator("button")).to_have_text(
        ["The label's", "ABthis box", "Cthis box", "No box: not on this page", "Draw", "Adjust by keys"]
    )


@pytest.mark.browser
def test_a_chosen_box_takes_the_labels_place_and_can_be_moved_by_keys(open_boxes: Callable[[], Page]):
    page = open_boxes()
    thing(page, "total_amount").get_by_role("button", name="C this box").click()
    thing(page, "total_amount").get_by_role("button", name="Adjust").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    submit(page)
    sent = json.loads(answers(page)["invoiceBoxes"])
    assert sent["boundingBoxes"] == [{"label": "total_amount", "left": 301, "top": 300, "width": 80, "height": 21}]
    assert sent["inputImageProperties"] == {"width": 1240, "height": 1754}


@pytest.mark.browser
def test_a_box_can_be_drawn_in_pixels_of_the_image(open_boxes: Callable[[], Page]):
    page = open_boxes()
    thing(page, "total_amount").get_by_role("button", name="Draw").click()
    frame = page.locator(".viewer-stage img").bounding_box()
    assert frame is not None
    scale = frame["width"] / 1240
    page.mouse.move(frame["x"] + 100 * scale, frame["y"] + 200 * scale)
    page.mouse.down()
    page.mouse.move(frame["x"] + 300 * scale, frame["y"] + 260 * scale, steps=3)
    page.mouse.up()
    submit(page)
    (box,) = json.loads(answers(page)["invoiceBoxes"])["boundingBoxes"]
    assert box["label"] == "total_amount"
    drawn = [box[side] for side in ("left", "top", "width", "height")]
    assert drawn == pytest.approx([100, 200, 200, 60], abs=3)


@pytest.mark.browser
def test_the_document_type_shows_who_chose_what(open_task: Callable[..., Page], make_task: Callable[..., Any]):
    types = [{"label": "invoice", "by": "AB"}, {"label": "receipt", "by": "C"}]
    page = open_task(make_task("document-type", details=review(types=types)))
    expect(page.locator(".types label", has_text="Receipt").locator(".who")).to_have_text("C")
    submit(page)
    assert page.evaluate("window.answers") == []
    page.get_by_label("Receipt").check()
    submit(page)
    assert answers(page)["documentType"]["receipt"] is True


@pytest.mark.parametrize("task_type", ["document-type", "invoice-boxes", "invoice-fields"])
def test_a_task_without_a_review_still_makes_a_page(task_type: str, make_task: Callable[..., Any]):
    page = Template.read(FILE).page(make_task(task_type), sign=lambda uri: uri)
    assert "Decide" in page.html


def test_the_template_keeps_to_the_rules_of_docs_templates():
    source = FILE.read_text(encoding="utf-8")
    assert len(source) < MAXIMUM_CHARACTERS / 2
    assert "skip_autoescape" not in source
    assert source.count(CROWD_ELEMENTS_URL) == 1
    uses = re.findall(r"(.)\{\{[^}]*to_json([^}]*)\}\}(.)", source)
    assert uses
    assert all((before, filters.strip(), after) == ('"', "| escape", '"') for before, filters, after in uses)
    for block in re.findall(r"<(?:script|style)\b.*?</(?:script|style)>", source, re.DOTALL):
        assert "{{" not in block
        assert "{%" not in block


def test_the_page_viewer_is_that_of_the_other_templates():
    def blocks(name: str) -> list[str]:
        text = (TEMPLATES / name).read_text(encoding="utf-8")
        return re.findall(r"/\* Page viewer: .*?/\* End of the page viewer\. \*/", text, re.DOTALL)

    assert blocks("invoice-review.liquid.html") == blocks("invoice-fields.liquid.html")
