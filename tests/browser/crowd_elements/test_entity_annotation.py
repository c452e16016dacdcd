"""Spans of a text, by mouse and by keyboard, counted in Unicode code points."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

Show = Callable[..., Page]
Answer = Callable[[], Any]

TEXT = "Bill 😀 of Acme GmbH: 1,204.50 EUR"
LABELS = "[{label: 'vendor', shortDisplayName: 'VEN', fullDisplayName: 'Vendor'}, {label: 'amount'}]"

# Where a word lies on the screen.
WORD = """(word) => {
  const view = document.querySelector('crowd-entity-annotation').shadowRoot.querySelector('.text-view');
  const walker = document.createTreeWalker(view, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.data.indexOf(word);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + word.length);
    const { left, right, top, height } = range.getBoundingClientRect();
    return [left, right, top + height / 2];
  }
}"""


def markup(more: str = "") -> str:
    return f"""<crowd-entity-annotation name="ner" header="Mark" text="{TEXT}" labels="{LABELS}" {more}>
      <short-instructions>Brief</short-instructions></crowd-entity-annotation>"""


def select(page: Page, word: str) -> None:
    left, right, y = page.evaluate(WORD, word)
    page.mouse.move(left + 1, y)
    page.mouse.down()
    page.mouse.move(right - 1, y, steps=3)
    page.mouse.up()
    page.wait_for_timeout(30)


def entity(label: str, start: int, end: int) -> dict[str, Any]:
    return {"label": label, "startOffset": start, "endOffset": end}


def test_a_selected_span_is_answered_in_code_points(show: Show, answer: Answer) -> None:
    page = show(markup())
    select(page, "Acme GmbH")
    page.keyboard.press("2")
    page.mouse.click(5, 700)
    select(page, "1,204.50")
    start = TEXT.index("Acme")
    amount = TEXT.index("1,204")
    result = answer()
    assert result == {"ner": {"entities": [entity("vendor", start, start + 9), entity("amount", amount, amount + 8)]}}
    assert TEXT[start : start + 9] == "Acme GmbH"


def test_a_widget_without_a_form_can_be_submitted(show: Show) -> None:
    page = show(markup())
    page.get_by_label("Nothing to label").check()
    page.get_by_role("button", name="Submit").click()
    assert page.evaluate("answers") == [{"ner": {"entities": []}}]


def test_spaces_around_a_selection_are_left_out(show: Show) -> None:
    page = show(markup())
    select(page, " Acme GmbH:")
    (made,) = page.evaluate("document.querySelector('crowd-entity-annotation').value.entities")
    assert TEXT[made["startOffset"] : made["endOffset"]] == "Acme GmbH:"


def test_a_span_is_selected_labelled_and_deleted_by_keyboard(show: Show) -> None:
    page = show(markup())
    page.locator(".text-view").focus()
    page.keyboard.press("Control+Home")
    for _ in range(4):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("2")
    value = "document.querySelector('crowd-entity-annotation').value.entities"
    assert page.evaluate(value) == [entity("amount", 0, 4)]
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("1")
    assert page.evaluate(value) == [entity("vendor", 0, 4)]
    page.keyboard.press("Delete")
    assert page.evaluate(value) == []
    page.keyboard.press("Control+z")
    assert page.evaluate(value) == [entity("vendor", 0, 4)]


def test_the_text_itself_cannot_be_changed(show: Show) -> None:
    page = show(markup())
    page.locator(".text-view").focus()
    page.keyboard.type("xyz")
    page.keyboard.press("Enter")
    page.keyboard.press("Backspace")
    assert (
        page.evaluate(
            "document.querySelector('crowd-entity-annotation').shadowRoot.querySelector('.text-view').textContent"
        )
        == TEXT
    )


def test_a_new_span_takes_the_place_of_those_it_touches(show: Show) -> None:
    page = show(markup("initial-value=\"[{label: 'amount', startOffset: 10, endOffset: 14}]\""))
    left, _, y = page.evaluate(WORD, "Acme")
    _, right, _ = page.evaluate(WORD, " GmbH")
    page.mouse.move(left + 1, y)
    page.mouse.down()
    page.mouse.move(right - 1, y, steps=4)
    page.mouse.up()
    page.wait_for_timeout(30)
    assert page.evaluate("document.querySelector('crowd-entity-annotation').value.entities") == [
        entity("vendor", 10, 19)
    ]


def test_an_initial_value_comes_back_and_what_lies_outside_the_text_does_not(show: Show, answer: Answer) -> None:
    show(
        markup(
            "initial-value=\"[{label: 'vendor', startOffset: 10, endOffset: 19}, {label: 'x', startOffset: 5, endOffset: 999}]\""
        )
    )
    assert answer() == {"ner": {"entities": [entity("vendor", 10, 19)]}}


def test_the_names_of_labels_are_shown(show: Show) -> None:
    page = show(markup("initial-value=\"[{label: 'vendor', startOffset: 10, endOffset: 19}]\""))
    assert page.get_by_role("radio", name="Vendor").count() == 1
    assert page.locator("mark").get_attribute("data-tag") == "VEN"
