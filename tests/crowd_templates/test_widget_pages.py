"""Document type and boxes: the widgets get what the templates give them, and the documented answers come back."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser
BOX = {"label": "Total amount", "left": 911, "top": 1402, "width": 149, "height": 37}


def answers(page: Page) -> list[Any]:
    """What was sent; the form may send a moment after the click."""
    page.wait_for_function("window.answers.length > 0")
    return page.evaluate("window.answers")


def assert_nothing_sent(page: Page) -> None:
    page.wait_for_timeout(250)
    assert page.evaluate("window.answers") == []


def when_image_is_there(page: Page) -> Page:
    page.wait_for_function("Array.from(document.querySelectorAll('[src]')).every((e) => e.isReady !== false)")
    return page


@pytest.mark.parametrize("changes", [{}, {"text": "CREDIT NOTE 77"}])
def test_a_document_type_chosen_by_keyboard(
    changes: dict[str, Any], open_task: Callable[..., Page], make_task: Callable[..., Any]
):
    page = open_task(make_task("document-type", **changes))
    page.keyboard.press("2")
    page.keyboard.press("Control+Enter")
    assert answers(page) == [{"documentType": {"label": "Credit note"}}]


def test_a_document_type_chosen_by_mouse(open_task: Callable[..., Page], make_task: Callable[..., Any]):
    page = open_task(make_task("document-type"))
    page.locator("crowd-classifier").get_by_text("Receipt", exact=True).last.click()
    page.locator("crowd-form").get_by_role("button", name="Submit").click()
    assert answers(page) == [{"documentType": {"label": "Receipt"}}]


def test_without_a_choice_nothing_is_sent(open_task: Callable[..., Page], make_task: Callable[..., Any]):
    page = open_task(make_task("document-type"))
    page.keyboard.press("Control+Enter")
    assert_nothing_sent(page)


def test_an_earlier_document_type_is_shown_but_not_chosen(
    open_task: Callable[..., Page], make_task: Callable[..., Any]
):
    page = open_task(make_task("document-type", initialValue="Receipt"))
    assert "Earlier answer: Receipt." in page.locator(".earlier").inner_text()
    page.keyboard.press("Control+Enter")
    assert_nothing_sent(page)


def test_details_of_the_line_are_shown(open_task: Callable[..., Page], make_task: Callable[..., Any]):
    for task_type in ("document-type", "invoice-boxes", "invoice-fields"):
        page = open_task(make_task(task_type, details={"size": "A4", "vendor_name": "Acme <Ltd>"}))
        shown = " ".join(page.locator(".details").inner_text().split())
        assert "Size A4" in shown
        assert "Acme <Ltd>" in shown


def test_examples_follow_the_categories_of_the_job(make_task: Callable[..., Any], open_task: Callable[..., Page]):
    task = make_task("document-type")
    task["labels"] = [label for label in task["labels"] if label["label"] != "credit_note"]
    page = open_task(task)
    assert page.locator("full-instructions figure").count() == 4


def test_a_box_drawn_on_the_page_is_answered_in_pixels_of_the_image(
    open_task: Callable[..., Page], make_task: Callable[..., Any]
):
    page = when_image_is_there(open_task(make_task("invoice-boxes")))
    page.keyboard.press("5")
    area = page.locator("crowd-bounding-box .viewport").bounding_box()
    x, y = area["x"] + area["width"] / 2, area["y"] + area["height"] / 2
    page.mouse.move(x - 60, y - 20)
    page.mouse.down()
    page.mouse.move(x + 60, y + 20, steps=4)
    page.mouse.up()
    page.keyboard.press("Control+Enter")
    [answer] = answers(page)
    [box] = answer["invoiceBoxes"]["boundingBoxes"]
    assert box["label"] == "Total amount"
    assert sorted(box) == ["height", "label", "left", "top", "width"]
    assert box["width"] == pytest.approx(3 * box["height"], abs=4)
    assert answer["invoiceBoxes"]["inputImageProperties"] == {"width": 1240, "height": 1754}


def test_earlier_boxes_are_there_and_come_back(open_task: Callable[..., Page], make_task: Callable[..., Any]):
    page = when_image_is_there(open_task(make_task("invoice-boxes", initialValue=[BOX])))
    assert "earlier answer" in page.locator(".earlier").inner_text()
    page.keyboard.press("Control+Enter")
    assert answers(page)[0]["invoiceBoxes"]["boundingBoxes"] == [BOX]


def test_no_boxes_need_a_word_that_there_is_nothing_to_label(
    open_task: Callable[..., Page], make_task: Callable[..., Any]
):
    page = when_image_is_there(open_task(make_task("invoice-boxes")))
    page.keyboard.press("Control+Enter")
    assert_nothing_sent(page)
    page.get_by_label("Nothing to label").check()
    page.keyboard.press("Control+Enter")
    assert answers(page)[0]["invoiceBoxes"]["boundingBoxes"] == []


def test_the_page_follows_the_system_into_the_dark(open_task: Callable[..., Page], make_task: Callable[..., Any]):
    for task_type in ("document-type", "invoice-boxes", "invoice-fields"):
        page = open_task(make_task(task_type))
        color = "getComputedStyle(document.body).color"
        light = page.evaluate(color)
        page.emulate_media(color_scheme="dark")
        assert page.evaluate(color) != light
