"""Text fields, checkboxes, radio buttons, toggles, sliders and buttons, by mouse and by keyboard."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

Show = Callable[..., Page]
Answer = Callable[[], Any]


def problems(page: Page) -> str:
    return page.locator("crowd-form .problems").inner_text()


@pytest.mark.parametrize("tag", ["crowd-input", "crowd-text-area"])
def test_an_empty_optional_text_is_absent_and_not_empty(show: Show, answer: Answer, tag: str) -> None:
    show(f'<crowd-form><{tag} name="a" label="A"></{tag}><{tag} name="b" value="v"></{tag}></crowd-form>')
    assert answer() == {"b": "v"}


def test_the_allowed_pattern_keeps_other_characters_out(show: Show, answer: Answer) -> None:
    page = show(
        '<crowd-form><crowd-input name="a" label="A" auto-validate allowed-pattern="[0-9.,]"></crowd-input></crowd-form>'
    )
    page.get_by_label("A", exact=True).press_sequentially("1x,2b0.5")
    assert answer() == {"a": "1,20.5"}


def test_an_error_message_of_the_template_is_shown(show: Show) -> None:
    page = show("""<crowd-form><crowd-input name="a" label="A" required error-message="Type the total">
      </crowd-input></crowd-form>""")
    page.get_by_role("button", name="Submit").click()
    assert page.locator("crowd-input .error").inner_text() == "Type the total"
    assert "Type the total" in problems(page)


@pytest.mark.parametrize(
    ("attributes", "text", "message"),
    [
        ('min-length="3"', "ab", "at least 3"),
        ('type="email"', "nobody", "@"),
        ('type="url"', "not a url", "URL"),
    ],
)
def test_a_text_that_does_not_fit_is_not_sent(show: Show, attributes: str, text: str, message: str) -> None:
    page = show(f'<crowd-form><crowd-input name="a" label="A" {attributes}></crowd-input></crowd-form>')
    page.get_by_label("A", exact=True).fill(text)
    page.get_by_role("button", name="Submit").click()
    assert message in problems(page)
    assert page.evaluate("answers") == []


def test_max_length_ends_typing_and_the_counter_counts(show: Show, answer: Answer) -> None:
    page = show(
        '<crowd-form><crowd-text-area name="a" label="A" max-length="5" char-counter></crowd-text-area></crowd-form>'
    )
    page.get_by_label("A", exact=True).press_sequentially("1234567")
    assert page.get_by_text("5 / 5").is_visible()
    assert answer() == {"a": "12345"}


def test_amounts_with_decimals_fit_a_number_field(show: Show, answer: Answer) -> None:
    page = show('<crowd-form><crowd-input name="a" label="A" type="number"></crowd-input></crowd-form>')
    page.get_by_label("A", exact=True).press_sequentially("1204.55")
    assert answer() == {"a": "1204.55"}


def test_a_text_area_grows_to_max_rows(show: Show) -> None:
    page = show('<crowd-form><crowd-text-area name="a" label="A" rows="2" max-rows="4"></crowd-text-area></crowd-form>')
    rows = []
    for text in ["one", "1\n2\n3", "1\n2\n3\n4\n5\n6"]:
        page.get_by_label("A", exact=True).fill(text)
        rows.append(page.evaluate("document.querySelector('crowd-text-area').field.rows"))
    assert rows == [2, 3, 4]


@pytest.mark.parametrize("tag", ["crowd-checkbox", "crowd-toggle-button"])
def test_a_choice_is_always_in_the_answer(show: Show, answer: Answer, tag: str) -> None:
    page = show(f"""<crowd-form><{tag} name="a">First</{tag}><{tag} name="b" value="v" checked>Second</{tag}>
      <{tag} name="off" disabled>Off</{tag}></crowd-form>""")
    page.get_by_text("First").click()
    page.get_by_text("Second").focus()
    assert answer() == {"a": {"on": True}, "b": {"v": True}}


@pytest.mark.parametrize("tag", ["crowd-checkbox", "crowd-toggle-button"])
def test_a_required_choice_must_be_made(show: Show, answer: Answer, tag: str) -> None:
    page = show(f'<crowd-form><{tag} name="a" required>I have read it</{tag}></crowd-form>')
    page.get_by_role("button", name="Submit").click()
    assert "I have read it" in problems(page)
    page.keyboard.press("Space")
    assert answer() == {"a": {"on": True}}


RADIOS = """<crowd-form><crowd-radio-group>
  <crowd-radio-button name="good" value="yes">Good</crowd-radio-button>
  <crowd-radio-button name="fair" value="yes" checked>Fair</crowd-radio-button>
  <crowd-radio-button name="bad">Bad</crowd-radio-button>
</crowd-radio-group></crowd-form>"""


def test_one_button_of_a_radio_group_is_chosen_and_each_answers(show: Show, answer: Answer) -> None:
    page = show(RADIOS)
    page.get_by_text("Bad").click()
    assert answer() == {"good": {"yes": False}, "fair": {"yes": False}, "bad": {"on": True}}


def test_a_radio_group_is_one_tab_stop_with_arrows(show: Show, answer: Answer) -> None:
    page = show(RADIOS)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.name") == "good"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.localName") == "crowd-form"
    assert answer() == {"good": {"yes": True}, "fair": {"yes": False}, "bad": {"on": False}}


def test_radio_buttons_of_one_name_outside_a_group_merge(show: Show, answer: Answer) -> None:
    page = show("""<crowd-form><crowd-radio-button name="scan" value="good" checked>Good</crowd-radio-button>
      <crowd-radio-button name="scan" value="bad">Bad</crowd-radio-button></crowd-form>""")
    page.get_by_text("Bad").click()
    assert answer() == {"scan": {"good": False, "bad": True}}


def test_a_slider_moves_by_keyboard_within_its_steps(show: Show, answer: Answer) -> None:
    page = show(
        '<crowd-form><crowd-slider name="s" min="0" max="10" step="2" value="4" pin></crowd-slider></crowd-form>'
    )
    page.get_by_role("slider").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert answer() == {"s": 8}


def test_an_editable_slider_takes_a_typed_number(show: Show, answer: Answer) -> None:
    page = show('<crowd-form><crowd-slider name="s" min="0" max="100" editable></crowd-slider></crowd-form>')
    page.get_by_role("spinbutton").fill("42")
    assert answer() == {"s": 42}


def test_a_required_slider_must_be_touched(show: Show, answer: Answer) -> None:
    page = show('<crowd-form><crowd-slider name="s" required></crowd-slider></crowd-form>')
    page.get_by_role("button", name="Submit").click()
    assert page.evaluate("answers") == []
    page.get_by_role("slider").press("End")
    assert answer() == {"s": 100}


def test_a_loading_or_disabled_button_does_nothing(show: Show) -> None:
    page = show("""<crowd-form><crowd-button id="a" form-action="submit" loading>A</crowd-button>
      <crowd-button id="b" form-action="submit" disabled>B</crowd-button></crowd-form>""")
    page.evaluate("document.getElementById('a').click(); document.getElementById('b').click()")
    page.wait_for_timeout(50)
    assert page.evaluate("answers") == []


def test_a_button_follows_only_ordinary_links(show: Show) -> None:
    page = show("""<crowd-form><crowd-button href="https://example.com/help" target="_blank">Help</crowd-button>
      <crowd-button href="javascript:window.hacked = true">Trick</crowd-button></crowd-form>""")
    assert page.get_by_role("link", name="Help").get_attribute("href") == "https://example.com/help"
    page.get_by_text("Trick").click()
    assert page.evaluate("window.hacked") is None
    assert page.get_by_role("link").count() == 1


def test_values_set_by_a_script_count_whenever_it_runs(show: Show, answer: Answer) -> None:
    page = show("""<crowd-form><crowd-input name="early" value="attribute"></crowd-input>
      <crowd-checkbox name="box">B</crowd-checkbox><crowd-text-area name="area"></crowd-text-area></crowd-form><script>
      document.querySelector('crowd-input').value = 'early';
      document.querySelector('crowd-checkbox').checked = true;
      document.querySelector('crowd-text-area').value = 'early too';
    </script>""")
    page.evaluate("""() => {
      const made = document.createElement('crowd-input');
      made.name = 'made';
      made.value = 'before it is shown';
      const box = document.createElement('crowd-checkbox');
      box.setAttribute('name', 'made_box');
      box.checked = true;
      document.querySelector('crowd-form').append(made, box);
      const area = document.querySelector('crowd-text-area');
      area.setAttribute('value', 'late');
    }""")
    assert answer() == {
        "early": "early",
        "box": {"on": True},
        "area": "late",
        "made": "before it is shown",
        "made_box": {"on": True},
    }
