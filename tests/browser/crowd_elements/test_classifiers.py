"""The four classifiers: answers by mouse, by keyboard and by number key."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

Show = Callable[..., Page]
Answer = Callable[[], Any]
ALL = ["crowd-classifier", "crowd-image-classifier"]


def markup(tag: str, more: str = "", regions: str = "") -> str:
    return f"""<crowd-form><{tag} name="kind" src="/small.png" header="What is it?" {more}
      categories="['Invoice', 'Credit note', 'Receipt']">
      <classification-target>Total due: 12.00</classification-target>
      <full-instructions header="Kinds">All about kinds</full-instructions>
      <short-instructions>Look at the title</short-instructions>{regions}</{tag}></crowd-form>"""


@pytest.mark.parametrize("tag", ALL)
@pytest.mark.parametrize("how", ["mouse", "number", "arrows"])
def test_one_category_is_answered(show: Show, answer: Answer, tag: str, how: str) -> None:
    page = show(markup(tag))
    if how == "mouse":
        page.get_by_text("Credit note").click()
    elif how == "number":
        page.keyboard.press("2")
    else:
        page.get_by_label("Invoice").focus()
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
    assert answer() == {"kind": {"label": "Credit note"}}


@pytest.mark.parametrize("tag", ALL)
def test_a_category_must_be_chosen(show: Show, tag: str) -> None:
    page = show(markup(tag))
    page.get_by_role("button", name="Submit").click()
    assert "What is it?: Please choose a category." in page.locator("crowd-form .problems").inner_text()
    assert page.evaluate("answers") == []


@pytest.mark.parametrize("tag", ALL)
def test_several_categories_are_answered_in_the_offered_order(show: Show, answer: Answer, tag: str) -> None:
    page = show(markup(f"{tag}-multi-select"))
    page.keyboard.press("3")
    page.keyboard.press("1")
    assert answer() == {"kind": {"labels": ["Invoice", "Receipt"]}}


def test_without_an_exclusion_category_choosing_nothing_is_an_answer(show: Show, answer: Answer) -> None:
    show(markup("crowd-classifier-multi-select"))
    assert answer() == {"kind": {"labels": []}}


def test_the_exclusion_category_excludes_the_others(show: Show, answer: Answer) -> None:
    page = show(markup("crowd-classifier-multi-select", "exclusion-category=\"{ text: 'None of these' }\""))
    page.get_by_role("button", name="Submit").click()
    assert page.evaluate("answers") == []
    page.get_by_text("Invoice", exact=True).click()
    page.get_by_text("None of these").click()
    assert answer() == {"kind": {"labels": ["None of these"]}}


def test_a_workers_comment_is_answered_only_when_written(show: Show, answer: Answer) -> None:
    comment = '<worker-comment header="Why?" link-text="Say why" placeholder="…"></worker-comment>'
    page = show(markup("crowd-image-classifier", regions=comment))
    page.keyboard.press("1")
    assert page.evaluate("document.querySelector('crowd-image-classifier').value") == {"label": "Invoice"}
    page.get_by_role("button", name="Say why").click()
    page.keyboard.type("1 page is missing")
    assert answer() == {"kind": {"label": "Invoice", "workerComment": "1 page is missing"}}


def test_earlier_boxes_are_shown_for_verification(show: Show) -> None:
    overlay = (
        "{'boundingBox': {'labels': ['Total'], 'value': [{label: 'Total', left: 1, top: 2, width: 3, height: 4}]}}"
    )
    page = show(markup("crowd-image-classifier", f'overlay="{overlay}"'))
    page.locator("crowd-image-classifier g.shape").wait_for()
    assert page.locator("crowd-image-classifier g.shape text").text_content() == "Total"


def test_instructions_open_over_the_task(show: Show) -> None:
    page = show(markup("crowd-classifier"))
    assert page.get_by_text("Look at the title").is_visible()
    page.get_by_role("button", name="Full instructions").click()
    assert (
        page.get_by_role("dialog", name="Kinds").get_by_text("All about kinds").is_visible()
        or page.get_by_text("All about kinds").is_visible()
    )
    page.keyboard.press("2")
    page.keyboard.press("Escape")
    assert page.evaluate("document.querySelector('crowd-classifier').value ?? null") is None
    page.get_by_role("button", name="Hide instructions").click()
    assert not page.get_by_text("Look at the title").is_visible()


def test_missing_categories_are_named_to_the_author(show: Show) -> None:
    page = show('<crowd-form><crowd-classifier name="k" header="H"></crowd-classifier></crowd-form>')
    assert "has no categories" in page.locator("crowd-classifier .trouble").inner_text()
