"""The elements that give no answer: what a worker sees of them, and can do with them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from groundtruth.crowd_elements import ENTRY, STATIC, element_names

pytestmark = pytest.mark.browser

Show = Callable[..., Page]


def test_inputs_in_a_hidden_tab_count_and_are_opened_when_wrong(show: Show) -> None:
    page = show("""<crowd-form><crowd-tabs><crowd-tab header="One">First</crowd-tab>
      <crowd-tab header="Two"><crowd-input name="a" label="A" required></crowd-input></crowd-tab></crowd-tabs></crowd-form>""")
    assert page.get_by_text("First").is_visible()
    assert not page.get_by_label("A", exact=True).is_visible()
    page.get_by_role("button", name="Submit").click()
    assert page.get_by_role("tab", name="Two").get_attribute("aria-selected") == "true"
    page.keyboard.type("x")
    page.get_by_role("tab", name="Two").focus()
    page.keyboard.press("ArrowLeft")
    assert page.get_by_text("First").is_visible()
    page.get_by_role("button", name="Submit").click()
    assert page.evaluate("answers") == [{"a": "x"}]


def test_an_alert_is_announced_and_dismissed(show: Show) -> None:
    page = show("""<crowd-form><crowd-alert type="error" dismissible>Broken</crowd-alert>
      <crowd-alert>Just so</crowd-alert></crowd-form>""")
    assert page.locator("crowd-alert [role=alert]").count() == 1
    page.get_by_label("Dismiss").click()
    assert page.get_by_text("Broken").count() == 0
    assert page.get_by_text("Just so").is_visible()


def test_a_modal_opens_and_closes(show: Show) -> None:
    page = show(
        '<crowd-form><crowd-modal link-text="Example" link-type="button"><p>Inside</p></crowd-modal></crowd-form>'
    )
    assert not page.get_by_text("Inside").is_visible()
    page.get_by_role("button", name="Example").click()
    assert page.get_by_text("Inside").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_text("Inside").is_visible()


def test_a_toast_goes_away_by_itself(show: Show) -> None:
    page = show('<crowd-form><crowd-toast duration="300" opened>Saved for later</crowd-toast></crowd-form>')
    page.get_by_text("Saved for later").wait_for(state="hidden", timeout=3000)
    page.evaluate("document.querySelector('crowd-toast').show()")
    assert page.get_by_text("Saved for later").is_visible()


def test_instructions_show_the_regions_that_exist(show: Show) -> None:
    page = show("""<crowd-form><crowd-instructions link-text="How to" link-type="button">
      <short-summary>Sum</short-summary><positive-example>Like this</positive-example></crowd-instructions></crowd-form>""")
    page.get_by_role("button", name="How to").click()
    assert page.get_by_text("Like this").is_visible()
    assert page.get_by_text("Good example").is_visible()
    assert not page.get_by_text("Bad example").is_visible()
    assert not page.get_by_text("Detailed instructions").is_visible()


def test_a_card_a_badge_and_icon_buttons_are_shown(show: Show) -> None:
    page = show("""<crowd-form><crowd-card heading="Vendor" image="/small.png">Acme</crowd-card>
      <span id="inbox">Inbox</span><crowd-badge for="inbox" label="3"></crowd-badge>
      <crowd-fab icon="add" label="Add"></crowd-fab><crowd-icon-button icon="search"></crowd-icon-button></crowd-form>""")
    assert page.get_by_role("heading", name="Vendor").is_visible()
    rectangle = "(selector) => { const { right, top, x, y, width, height } = document.querySelector(selector).getBoundingClientRect(); "
    corner = page.evaluate(rectangle + "return [right, top]; }", "#inbox")
    badge = page.evaluate(rectangle + "return [x + width / 2, y + height / 2]; }", "crowd-badge")
    assert badge == pytest.approx(corner, abs=2)
    page.evaluate("document.querySelector('crowd-fab').addEventListener('click', () => { window.added = true; })")
    page.get_by_role("button", name="Add").click()
    assert page.evaluate("added") is True


def test_every_documented_element_is_defined(show: Show) -> None:
    page = show("<crowd-form></crowd-form>")
    documented = """alert badge bounding-box button card checkbox classifier classifier-multi-select entity-annotation fab
      form icon-button image-classifier image-classifier-multi-select input instance-segmentation instructions keypoint line
      modal polygon polyline radio-button radio-group semantic-segmentation slider tab tabs text-area toast toggle-button"""
    names = tuple(f"crowd-{name}" for name in documented.split())
    assert element_names() == names
    assert page.evaluate("(names) => names.filter((name) => customElements.get(name) === undefined)", list(names)) == []


def test_an_unknown_element_is_reported_to_the_author(show: Show, page: Page) -> None:
    messages: list[str] = []
    listener: Callable[[Any], None] = lambda message: messages.append(message.text)  # noqa: E731
    page.on("console", listener)
    show("<crowd-form><crowd-select name='a'></crowd-select></crowd-form>")
    page.remove_listener("console", listener)
    assert any("<crowd-select> is not a Crowd element" in message for message in messages)


def test_no_module_evaluates_text_or_reaches_other_hosts() -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in STATIC.rglob("*.js"))
    assert (STATIC / ENTRY).is_file()
    assert not re.search(r"\beval\(|new Function|innerHTML|document\.write|localStorage|fetch\(", sources)
    assert set(re.findall(r"https?://[^\s\"'`/]+", sources)) <= {"http://www.w3.org"}


def test_the_documentation_names_every_element() -> None:
    page = (STATIC.parents[2] / "docs" / "crowd-elements.md").read_text(encoding="utf-8")
    assert [name for name in element_names() if f"`{name}`" not in page] == []
