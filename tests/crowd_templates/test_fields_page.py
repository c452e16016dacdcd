"""A worker types the fields of an invoice: what is asked, what is caught, what is sent."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser
ABSENT = {"vendor_name": False, "invoice_date": False, "po_number": False, "currency": False, "total_amount": False}


@pytest.fixture
def open_fields(open_task: Callable[..., Page], make_task: Callable[..., Any]) -> Callable[..., Page]:
    def open_fields(**changes: Any) -> Page:
        size = {key: changes.pop(key) for key in ("width", "height", "image") if key in changes and key != "text"}
        return open_task(make_task("invoice-fields", **changes), **size)

    return open_fields


def answers(page: Page) -> list[Any]:
    """What was sent; the form may send a moment after the click."""
    page.wait_for_function("window.answers.length > 0")
    return page.evaluate("window.answers")


def assert_nothing_sent(page: Page) -> None:
    page.wait_for_timeout(250)
    assert page.evaluate("window.answers") == []


def row(page: Page, name: str) -> Locator:
    return page.locator(f'.field[data-name="{name}"]')


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.name || document.activeElement.localName")


def test_typed_and_ticked_fields_are_sent_in_the_documented_shape(open_fields: Callable[..., Page]):
    page = open_fields()
    page.get_by_label("Vendor name", exact=True).fill("Acme Paper Ltd")
    page.locator("crowd-checkbox[value=invoice_date]").click()
    page.get_by_label("Currency", exact=True).fill("EUR")
    page.get_by_label("Total amount", exact=True).fill("1,204.50")
    page.locator("crowd-button").click()
    assert answers(page) == [
        {
            "vendor_name": "Acme Paper Ltd",
            "currency": "EUR",
            "total_amount": "1,204.50",
            "not_on_document": ABSENT | {"invoice_date": True},
        }
    ]


def test_the_whole_task_by_keyboard(open_fields: Callable[..., Page]):
    page = open_fields()
    assert focused(page) == "vendor_name"
    page.keyboard.type("Acme")
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+n")
    assert focused(page) == "po_number"
    page.keyboard.press("Shift+Enter")
    assert focused(page) == "invoice_date"
    for _ in range(4):
        page.keyboard.press("Tab")
    assert focused(page) == "currency"
    page.keyboard.type("EUR")
    page.keyboard.press("Enter")
    page.keyboard.type("12.00")
    page.keyboard.press("Enter")
    assert focused(page) == "crowd-button"
    page.keyboard.press("Control+Enter")
    assert answers(page) == [
        {
            "vendor_name": "Acme",
            "currency": "EUR",
            "total_amount": "12.00",
            "not_on_document": ABSENT | {"invoice_date": True},
        }
    ]


def test_the_checkbox_is_next_in_tab_order_and_toggles_with_space(open_fields: Callable[..., Page]):
    page = open_fields()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('value')") == "vendor_name"
    page.keyboard.press("Space")
    expect(page.locator(".progress")).to_have_text("2 of 5 fields done")


def test_a_missing_field_is_named_and_focused_and_nothing_is_lost(open_fields: Callable[..., Page]):
    page = open_fields()
    page.get_by_label("Vendor name", exact=True).fill("Acme")
    page.get_by_label("Total amount", exact=True).fill("1,204.50")
    page.locator("crowd-button").click()
    assert_nothing_sent(page)
    expect(page.locator(".summary")).to_have_text("2 fields need you: Invoice date, Currency")
    assert focused(page) == "invoice_date"
    date = page.get_by_label("Invoice date", exact=True)
    assert date.get_attribute("aria-invalid") == "true"
    problem = page.locator(f"#{date.get_attribute('aria-describedby').split()[1]}")
    expect(problem).to_have_text("Type it as printed, or tick “Not on this document”.")
    date.fill("05/02/26")
    expect(problem).to_have_text("")
    expect(page.locator(".summary")).to_have_text("This field needs you: Currency")
    page.locator(".summary button").click()
    assert focused(page) == "currency"
    page.keyboard.type("€")
    page.locator("crowd-button").click()
    assert answers(page)[0]["vendor_name"] == "Acme"
    assert answers(page)[0]["total_amount"] == "1,204.50"


def test_typing_and_ticking_contradict_each_other_at_once(open_fields: Callable[..., Page]):
    page = open_fields()
    vendor = page.get_by_label("Vendor name", exact=True)
    vendor.fill("Acme")
    page.keyboard.press("Alt+n")
    expect(page.locator(".field").first).to_contain_text("Both typed and ticked")
    assert focused(page) == "vendor_name"
    assert vendor.input_value() == "Acme"
    page.keyboard.press("Control+Enter")
    assert_nothing_sent(page)
    page.keyboard.press("Alt+n")
    expect(page.locator(".field").first).not_to_contain_text("Both typed and ticked")


def test_a_field_of_spaces_counts_as_blank(open_fields: Callable[..., Page]):
    page = open_fields()
    page.get_by_label("Vendor name", exact=True).fill("   ")
    expect(page.locator(".progress")).to_have_text("1 of 5 fields done")


def test_a_field_that_may_be_left_blank_may_be(open_fields: Callable[..., Page]):
    page = open_fields()
    group = row(page, "Purchase order")
    assert "may be left blank" in group.inner_text()
    page.keyboard.press("Control+Enter")
    assert "Purchase order" not in page.locator(".summary").inner_text()


def test_earlier_values_are_shown_marked_and_their_change_is_seen(open_fields: Callable[..., Page]):
    page = open_fields(initialValue={"total_amount": {"value": "1,204.50"}, "invoice_date": {"absent": True}})
    assert page.locator(".prefilled-note").is_visible()
    total = row(page, "Total amount")
    assert total.get_by_role("textbox").input_value() == "1,204.50"
    assert "Pre-filled: check it" in total.inner_text()
    total.get_by_role("textbox").fill("1,204.60")
    assert "Pre-filled was “1,204.50”" in total.inner_text()
    assert page.evaluate("document.querySelector('crowd-checkbox[value=invoice_date]').checked") is True
    assert "Pre-filled" not in row(page, "Vendor name").inner_text()
    expect(page.locator(".progress")).to_have_text("3 of 5 fields done")


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("Total amount", "twelve", "no digit in this amount"),
        ("Total amount", "20 %", "looks like a rate"),
        ("Total amount", "Total amount: 12.00", "Leave out the caption"),
        ("Invoice date", "today", "no digit in this date"),
        ("Currency", "EUR 12.00", "Only the currency"),
        ("Total amount", "1.204,50-", ""),
        ("Invoice date", "5. März 2026", ""),
    ],
)
def test_what_looks_odd_is_mentioned_but_never_blocked(
    open_fields: Callable[..., Page], field: str, typed: str, says: str
):
    page = open_fields()
    page.get_by_label(field, exact=True).fill(typed)
    page.get_by_label("Vendor name", exact=True).focus()
    advice = row(page, field).locator(".advice").inner_text()
    assert says in advice
    assert bool(advice) == bool(says)
    expect(row(page, field).locator(".problem")).to_have_text("")


def test_a_text_document_is_shown_with_its_lines(open_fields: Callable[..., Page]):
    page = open_fields(text="\n  ACME <b>\n\nTOTAL   1,204.50")
    assert page.locator(".viewer-text").text_content() == "\n  ACME <b>\n\nTOTAL   1,204.50"
    assert page.locator(".viewer-text").evaluate("e => getComputedStyle(e).whiteSpace").startswith("pre-wrap")


def test_a_page_image_that_does_not_load_says_so(open_fields: Callable[..., Page]):
    page = open_fields(image="/gone.png")
    page.locator(".viewer-failed").wait_for(state="visible")
    assert "did not load" in page.locator(".viewer-failed").inner_text()


def test_what_a_portal_gives_back_counts(open_fields: Callable[..., Page]):
    page = open_fields()
    page.evaluate("document.querySelector('input[name=currency]').value = 'EUR'; postMessage({type: 'restored'}, '*')")
    page.wait_for_function("document.querySelector('.progress').textContent === '2 of 5 fields done'")


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (683, 384), (420, 800), (320, 640)])
def test_page_and_form_are_in_sight_together(open_fields: Callable[..., Page], width: int, height: int):
    page = open_fields(width=width, height=height)
    last = page.get_by_label("Total amount", exact=True)
    last.focus()
    page.wait_for_timeout(100)
    viewer, field, button = (
        page.locator(name).bounding_box() for name in (".viewer-scroll", "input[name=total_amount]", "crowd-button")
    )
    assert viewer["height"] > 100
    for box in (viewer, field, button):
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width + 1
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= height + 1
    assert field["y"] + field["height"] <= button["y"] + 1
    apart = field["x"] >= viewer["x"] + viewer["width"] - 1 or field["y"] >= viewer["y"] + viewer["height"] - 1
    assert apart
