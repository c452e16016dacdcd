"""What crowd-form gathers, what it refuses, and how the answer leaves the page."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

Show = Callable[..., Page]
Answer = Callable[[], Any]

TRANSCRIPTION = """<crowd-form>
  <crowd-input name="total_amount" label="Total amount" required></crowd-input>
  <crowd-input name="po_number" label="PO number"></crowd-input>
  <crowd-text-area name="address" label="Address"></crowd-text-area>
  <crowd-checkbox name="absent" value="po_number">No PO number</crowd-checkbox>
  <crowd-checkbox name="absent" value="due_date">No due date</crowd-checkbox>
</crowd-form>"""


def problems(page: Page) -> str:
    return page.locator("crowd-form .problems").inner_text()


def test_a_form_answers_one_object_keyed_by_name(show: Show, answer: Answer) -> None:
    page = show(TRANSCRIPTION)
    page.get_by_label("Total amount").fill("1,204.50")
    page.get_by_label("Address").fill("Acme GmbH\nBerlin")
    page.get_by_text("No PO number").click()
    assert answer() == {
        "total_amount": "1,204.50",
        "address": "Acme GmbH\nBerlin",
        "absent": {"po_number": True, "due_date": False},
    }


def test_a_form_is_filled_in_and_submitted_by_keyboard(show: Show) -> None:
    page = show(TRANSCRIPTION)
    for text in ["9.00", "PO-1", "Street"]:
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    absent = {"po_number": True, "due_date": False}
    assert page.evaluate("answers") == [
        {"total_amount": "9.00", "po_number": "PO-1", "address": "Street", "absent": absent}
    ]


def test_a_missing_answer_is_named_focused_and_not_sent(show: Show) -> None:
    page = show(TRANSCRIPTION)
    page.get_by_role("button", name="Submit").click()
    assert "Total amount: Please fill this in." in problems(page)
    assert page.evaluate("document.activeElement.name") == "total_amount"
    assert page.get_by_label("Total amount").get_attribute("aria-invalid") == "true"
    page.keyboard.type("7")
    assert problems(page) == ""
    page.keyboard.press("Control+Enter")
    assert page.evaluate("answers.length") == 1


def test_native_controls_take_part(show: Show, answer: Answer) -> None:
    show("""<crowd-form>
      <input name="text" value="t"> <input name="empty"> <input type="hidden" name="hidden" value="h">
      <textarea name="area">a
b</textarea> <input name="off" value="x" disabled> <input type="submit" name="s" value="Go"> <input value="nameless">
      <select name="one"><option>EUR</option><option selected>USD</option></select>
      <select name="none"><option value="">Choose</option><option>EUR</option></select>
      <select name="many" multiple><option selected>1</option><option>2</option><option selected>3</option></select>
      <input type="checkbox" name="box" value="a" checked> <input type="checkbox" name="box" value="b">
      <input type="radio" name="kind" value="yes"> <input type="radio" name="kind" value="no" checked>
    </crowd-form>""")
    assert answer() == {
        "text": "t", "hidden": "h", "area": "a\nb", "one": "USD", "many": ["1", "3"],
        "box": {"a": True, "b": False}, "kind": {"yes": False, "no": True},
    }  # fmt: skip


def test_a_required_native_radio_forces_a_choice(show: Show, answer: Answer) -> None:
    page = show("""<crowd-form><label><input type="radio" name="kind" value="yes" required> Yes</label>
      <label><input type="radio" name="kind" value="no" required> No</label></crowd-form>""")
    page.get_by_role("button", name="Submit").click()
    assert page.evaluate("answers") == []
    assert "One thing is left" in problems(page)
    page.get_by_label("No").check()
    assert answer() == {"kind": {"yes": False, "no": True}}


def test_names_that_mean_something_to_javascript_are_ordinary_names(show: Show) -> None:
    page = show("""<crowd-form><input name="__proto__" value="p"><input name="constructor" value="c">
      <input name="_helper" value="h"></crowd-form>""")
    page.get_by_role("button", name="Submit").click()
    assert page.evaluate("Object.entries(answers[0])") == [["__proto__", "p"], ["constructor", "c"], ["_helper", "h"]]


def test_onsubmit_can_cancel_and_submit_later(show: Show) -> None:
    page = show("""<crowd-form onsubmit="window.asked = (window.asked ?? 0) + 1; event.preventDefault();">
      <input name="a" value="1"></crowd-form>""")
    page.get_by_role("button", name="Submit").click()
    assert page.evaluate("[asked, answers.length]") == [1, 0]
    page.evaluate("document.querySelector('crowd-form').submit()")
    assert page.evaluate("[asked, answers]") == [1, [{"a": "1"}]]


def test_a_submit_listener_can_fill_in_a_hidden_input(show: Show) -> None:
    page = show("""<crowd-form><input type="hidden" name="computed"></crowd-form><script>
      document.querySelector('crowd-form').onsubmit = () => { document.querySelector('input').value = 'late'; };
    </script>""")
    page.get_by_role("button", name="Submit").click()
    assert page.evaluate("answers") == [{"computed": "late"}]


def test_a_hidden_submit_button_replaces_the_forms_own(show: Show) -> None:
    page = show("""<crowd-form><input name="a" value="1">
      <crowd-button id="real" form-action="submit" style="display: none"></crowd-button>
      <button type="button" onclick="document.getElementById('real').click()">Done</button></crowd-form>""")
    assert page.get_by_role("button", name="Submit").count() == 0
    page.get_by_role("button", name="Done").click()
    page.wait_for_function("answers.length > 0")
    assert page.evaluate("answers") == [{"a": "1"}]


def test_a_submit_button_of_the_template_can_be_cancelled_by_its_own_handler(show: Show) -> None:
    page = show("""<crowd-form><crowd-button form-action="submit" onclick="event.preventDefault()">Send</crowd-button>
      </crowd-form>""")
    page.get_by_role("button", name="Send").click()
    page.wait_for_timeout(100)
    assert page.evaluate("answers") == []


def test_a_native_submit_button_submits_and_a_form_inside_does_not_navigate(show: Show) -> None:
    page = show(
        '<crowd-form><form action="/elsewhere"><input name="a" value="1"><button type="submit">Go</button></form></crowd-form>'
    )
    page.get_by_role("button", name="Go").click()
    assert page.evaluate("answers") == [{"a": "1"}]
    assert page.url.endswith("/task.html")


def test_an_object_value_input_of_the_template_is_collected_and_validated(show: Show) -> None:
    page = show("""<crowd-form><object-value-input name="fields"></object-value-input></crowd-form><script>
      customElements.define('object-value-input', class extends HTMLElement {
        get name() { return this.getAttribute('name'); }
        value = null;
        validate() { return this.value !== null; }
      });</script>""")
    page.get_by_role("button", name="Submit").click()
    assert page.evaluate("answers") == []
    page.evaluate("document.querySelector('object-value-input').value = {rows: [1, 2]}")
    page.get_by_role("button", name="Submit").click()
    assert page.evaluate("answers") == [{"fields": {"rows": [1, 2]}}]


def test_reset_brings_back_what_the_attributes_say(show: Show) -> None:
    page = show("""<crowd-form><crowd-input name="a" label="A" value="first"></crowd-input>
      <crowd-checkbox name="b" checked>B</crowd-checkbox><input name="c" value="native">
      <crowd-button form-action="reset">Reset</crowd-button></crowd-form>""")
    page.get_by_label("A", exact=True).fill("second")
    page.get_by_text("B", exact=True).click()
    page.locator("input[name=c]").fill("x")
    page.get_by_role("button", name="Reset").click()
    page.wait_for_timeout(50)
    page.get_by_role("button", name="Submit").click()
    assert page.evaluate("answers") == [{"a": "first", "b": {"on": True}, "c": "native"}]


def test_a_double_click_sends_one_answer(show: Show) -> None:
    page = show('<crowd-form><input name="a" value="1"></crowd-form>')
    page.get_by_role("button", name="Submit").dblclick()
    assert page.evaluate("answers.length") == 1
    assert page.get_by_role("button", name="Saving…").is_disabled()


def test_a_rejected_answer_keeps_the_work_and_can_be_sent_again(show: Show) -> None:
    page = show('<crowd-form><crowd-input name="a" label="A"></crowd-input></crowd-form>')
    page.get_by_label("A", exact=True).fill("kept")
    page.get_by_role("button", name="Submit").click()
    page.evaluate(
        "document.dispatchEvent(new CustomEvent('groundtruth-rejected', {detail: {message: 'The task expired.'}}))"
    )
    assert "The task expired." in problems(page)
    assert page.evaluate("document.querySelector('crowd-input').value") == "kept"
    page.get_by_role("button", name="Submit").click()
    assert page.evaluate("answers") == [{"a": "kept"}] * 2
    page.evaluate("document.dispatchEvent(new CustomEvent('groundtruth-saved'))")
    assert page.get_by_role("button", name="Saved").is_disabled()


PORTAL = """<!doctype html><title>Portal</title><iframe sandbox="allow-scripts" src="/task.html" width="1100" height="600">
</iframe><script>
window.heard = [];
addEventListener('message', (event) => {
  if (event.source !== document.querySelector('iframe').contentWindow) return;
  heard.push({ origin: event.origin, ...event.data });
});
window.tell = (message) => document.querySelector('iframe').contentWindow.postMessage(message, '*');
</script>"""


@pytest.fixture
def portal(site: Any, page: Page) -> Callable[[str], Page]:
    """A portal with the task in a sandboxed frame, whose origin is opaque."""

    def portal(markup: str) -> Page:
        from_head = '<!doctype html><html lang="en"><script src="/crowd/crowd-html-elements.js"></script>'
        site.put("/task.html", from_head + markup)
        page.goto(site.put("/portal.html", PORTAL))
        page.wait_for_function("heard.some((message) => message.type === 'groundtruth-ready')")
        return page

    return portal


def heard(page: Page, kind: str) -> list[Any]:
    messages: list[Any] = page.evaluate("(type) => heard.filter((message) => message.type === type)", kind)
    return messages


def test_a_sandboxed_frame_hands_its_answer_to_the_portal_and_waits(portal: Callable[[str], Page]) -> None:
    page = portal('<crowd-form><crowd-input name="a" label="A"></crowd-input></crowd-form>')
    frame = page.frame_locator("iframe")
    frame.get_by_label("A", exact=True).fill("1")
    frame.get_by_role("button", name="Submit").click()
    page.wait_for_function("heard.some((message) => message.type === 'groundtruth-answer')")
    assert heard(page, "groundtruth-answer") == [{"type": "groundtruth-answer", "answer": {"a": "1"}, "origin": "null"}]
    assert frame.get_by_role("button", name="Saving…").is_disabled()
    page.evaluate("tell({type: 'groundtruth-rejected', message: 'No connection.'})")
    frame.get_by_text("Not saved: No connection.").wait_for()
    frame.get_by_role("button", name="Submit").click()
    page.evaluate("tell({type: 'groundtruth-saved', message: 'Thank you.'})")
    frame.get_by_text("Thank you.").wait_for()
    assert len(heard(page, "groundtruth-answer")) == 2


def test_drafts_reach_the_portal_and_come_back(portal: Callable[[str], Page]) -> None:
    markup = """<crowd-form><crowd-input name="a" label="A"></crowd-input><crowd-checkbox name="b" value="x">B</crowd-checkbox>
      <crowd-bounding-box name="boxes" labels="['T']" src="/small.png"></crowd-bounding-box></crowd-form>"""
    page = portal(markup)
    page.frame_locator("iframe").get_by_label("A", exact=True).fill("half")
    page.wait_for_function("heard.some((message) => message.type === 'groundtruth-draft')")
    assert heard(page, "groundtruth-draft")[-1]["answer"] == {"a": "half", "b": {"x": False}}
    draft = {
        "a": "more",
        "b": {"x": True},
        "boxes": {"boundingBoxes": [{"label": "T", "left": 1, "top": 2, "width": 3, "height": 4}]},
    }
    page = portal(markup)
    page.evaluate("(answer) => tell({type: 'groundtruth-restore', answer})", draft)
    frame = page.frame_locator("iframe")
    frame.get_by_text("Boxes (1)").wait_for()
    frame.get_by_role("button", name="Submit").click()
    page.wait_for_function("heard.some((message) => message.type === 'groundtruth-answer')")
    expected = draft | {"boxes": draft["boxes"] | {"inputImageProperties": {"width": 400, "height": 300}}}
    assert heard(page, "groundtruth-answer")[-1]["answer"] == expected


def test_what_a_worker_prefers_goes_to_the_portal_and_comes_back(portal: Callable[[str], Page]) -> None:
    markup = """<crowd-form><crowd-bounding-box name="boxes" labels="['T']" src="/page.png">
      <short-instructions>Brief</short-instructions></crowd-bounding-box></crowd-form>"""
    page = portal(markup)
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name="Width").click()
    frame.get_by_role("button", name="Hide instructions").click()
    frame.get_by_role("button", name="Names").click()
    page.wait_for_function("heard.at(-1).preferences?.names === false")
    preferences = heard(page, "groundtruth-preferences")[-1]["preferences"]
    assert preferences["fit"] == "width"
    page = portal(markup)
    frame = page.frame_locator("iframe")
    assert frame.get_by_role("button", name="Names").get_attribute("aria-pressed") == "true"
    page.evaluate("(given) => tell({type: 'groundtruth-preferences', preferences: given})", preferences)
    frame.locator('button[aria-pressed="false"]', has_text="Names").wait_for()
    assert not frame.get_by_text("Brief").is_visible()
    wide = "document.querySelector('crowd-bounding-box').viewport"
    task = page.frames[1]
    task.wait_for_function(f"{wide}.natural !== null")
    assert task.evaluate(f"{wide}.scale * {wide}.natural.width > {wide}.element.clientWidth - 30")


def test_a_page_outside_any_portal_shows_the_answer_to_its_author(site: Any, browser: Any) -> None:
    page = browser.new_page()
    page.goto(
        site.put(
            "/lone.html",
            '<script src="/crowd/crowd-html-elements.js"></script><crowd-form><input name="a" value="7"></crowd-form>',
        )
    )
    page.get_by_role("button", name="Submit").click()
    assert '"a": "7"' in page.get_by_role("dialog").inner_text()
    page.get_by_role("button", name="Close").click()
    assert page.get_by_role("button", name="Submit").is_enabled()
    page.close()


def test_the_form_shows_instructions_placed_directly_in_it(show: Show) -> None:
    page = show("""<crowd-form><short-instructions>Briefly</short-instructions>
      <full-instructions header="All rules"><p>At length</p></full-instructions></crowd-form>""")
    assert page.get_by_text("Briefly").is_visible()
    assert not page.get_by_text("At length").is_visible()
    page.get_by_role("button", name="Full instructions").click()
    assert page.get_by_text("At length").is_visible()
    assert page.get_by_role("dialog", name="All rules").is_visible()


def test_the_ready_event_comes_after_every_element_works(show: Show) -> None:
    page = show("""<script>document.addEventListener('all-crowd-elements-ready', () => {
      window.seen = document.querySelector('crowd-input').value + typeof document.querySelector('crowd-form').submit;
    });</script><crowd-form><crowd-input name="a" value="up "></crowd-input></crowd-form>""")
    assert page.evaluate("seen") == "up function"


def test_the_script_may_be_named_twice(show: Show) -> None:
    page = show(
        '<script src="/crowd/crowd-html-elements.js"></script><crowd-form><input name="a" value="1"></crowd-form>'
    )
    page.get_by_role("button", name="Submit").click()
    assert page.evaluate("answers.length") == 1


def test_controls_added_later_by_a_script_take_part(show: Show, answer: Answer) -> None:
    page = show("<crowd-form><div></div></crowd-form>")
    page.evaluate("""() => {
      const input = document.createElement('crowd-input');
      input.name = 'late'; input.label = 'Late';
      document.querySelector('crowd-form div').append(input);
    }""")
    page.get_by_label("Late").fill("yes")
    assert answer() == {"late": "yes"}
