"""Polygons, polylines, lines and key points: their answers after real clicks and keys."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

Show = Callable[..., Page]
Answer = Callable[[], Any]
Draw = Callable[..., None]
SIZE = {"width": 400, "height": 300}


def markup(tag: str, more: str = "") -> str:
    return f"""<crowd-form><{tag} name="a" src="/small.png" header="Mark" labels="['Stamp', 'Signature']" {more}>
      <short-instructions>Brief</short-instructions></{tag}></crowd-form>"""


def point(page: Page, x: float, y: float) -> tuple[float, float]:
    left, top = page.evaluate("(at) => onScreen(at)", [x, y])
    return left, top


def clicks(page: Page, *points: tuple[int, int]) -> None:
    for each in points:
        page.mouse.click(*point(page, *each))


def drag(page: Page, start: tuple[int, int], end: tuple[int, int]) -> None:
    page.mouse.move(*point(page, *start))
    page.mouse.down()
    page.mouse.move(*point(page, *end), steps=3)
    page.mouse.up()


def vertices(*points: tuple[int, int]) -> list[dict[str, int]]:
    return [{"x": x, "y": y} for x, y in points]


def test_a_polygon_closes_on_its_first_vertex(show: Show, answer: Answer) -> None:
    page = show(markup("crowd-polygon"))
    page.keyboard.press("2")
    clicks(page, (50, 60), (200, 60), (200, 200), (50, 60))
    polygon = {"label": "Signature", "vertices": vertices((50, 60), (200, 60), (200, 200))}
    assert answer() == {"a": {"polygons": [polygon], "inputImageProperties": SIZE}}


def test_a_polygon_is_finished_by_enter_and_backspace_takes_a_vertex_back(show: Show, answer: Answer) -> None:
    page = show(markup("crowd-polygon"))
    clicks(page, (50, 60), (200, 60), (300, 250))
    page.keyboard.press("Backspace")
    clicks(page, (200, 200))
    page.keyboard.press("Enter")
    assert answer()["a"]["polygons"][0]["vertices"] == vertices((50, 60), (200, 60), (200, 200))


def test_an_unfinished_polygon_blocks_submission(show: Show) -> None:
    page = show(markup("crowd-polygon"))
    clicks(page, (50, 60), (200, 60))
    page.get_by_role("button", name="Submit").click()
    assert "finish the polygon" in page.locator("crowd-form .problems").inner_text()
    assert page.evaluate("answers") == []


def test_a_vertex_of_a_polygon_is_dragged_and_one_is_pulled_out_of_an_edge(show: Show, answer: Answer) -> None:
    page = show(markup("crowd-polygon"))
    clicks(page, (50, 60), (200, 60), (200, 200), (50, 60))
    drag(page, (200, 200), (220, 240))
    drag(page, (125, 60), (125, 20))
    assert answer()["a"]["polygons"][0]["vertices"] == vertices((50, 60), (125, 20), (200, 60), (220, 240))


def test_a_polygon_is_made_and_shaped_by_keyboard(show: Show) -> None:
    page = show(markup("crowd-polygon"))
    page.keyboard.press("n")
    value = "document.querySelector('crowd-polygon').value.polygons[0].vertices"
    start = page.evaluate(value)
    for key in [".", "ArrowRight", "Control+ArrowDown", ".", "a"]:
        page.keyboard.press(key)
    shaped = page.evaluate(value)
    assert len(start) == 4
    assert shaped[0] == {"x": start[0]["x"] + 1, "y": start[0]["y"] + 10}
    assert len(shaped) == 5
    page.keyboard.press("Delete")
    assert len(page.evaluate(value)) == 4
    page.keyboard.press("Escape")
    page.keyboard.press("Delete")
    assert page.evaluate("document.querySelector('crowd-polygon').value.polygons") == []


def test_a_polyline_is_finished_by_a_double_click(show: Show, answer: Answer) -> None:
    page = show(markup("crowd-polyline"))
    clicks(page, (50, 60), (200, 60))
    page.mouse.dblclick(*point(page, 300, 250))
    polyline = {"label": "Stamp", "vertices": vertices((50, 60), (200, 60), (300, 250))}
    assert answer() == {"a": {"polylines": [polyline], "inputImageProperties": SIZE}}


@pytest.mark.parametrize("how", ["clicks", "drag"])
def test_a_line_has_two_ends(show: Show, answer: Answer, how: str) -> None:
    page = show(markup("crowd-line"))
    if how == "clicks":
        clicks(page, (50, 60), (200, 160))
    else:
        drag(page, (50, 60), (200, 160))
    line = {"label": "Stamp", "vertices": vertices((50, 60), (200, 160))}
    assert answer() == {"a": {"lines": [line], "inputImageProperties": SIZE}}


def test_key_points_are_set_and_moved(show: Show, answer: Answer) -> None:
    page = show(markup("crowd-keypoint"))
    clicks(page, (50, 60))
    page.keyboard.press("2")
    clicks(page, (300, 100))
    drag(page, (50, 60), (80, 90))
    expected = [{"label": "Stamp", "x": 80, "y": 90}, {"label": "Signature", "x": 300, "y": 100}]
    assert answer() == {"a": {"keypoints": expected, "inputImageProperties": SIZE}}


INITIAL = [
    ("crowd-polygon", "polygons", "[{label: 'Stamp', vertices: [{x: 1, y: 2}, {x: 30, y: 4}, {x: 5, y: 60}]}]"),
    ("crowd-keypoint", "keypoints", "[{label: 'Stamp', x: 7, y: 8}]"),
    ("crowd-line", "lines", "{lines: [{label: 'Stamp', vertices: [{x: 1, y: 2}, {x: 30, y: 4}]}]}"),
    (
        "crowd-polyline",
        "polylines",
        "{polylines: [{label: 'Stamp', vertices: [{x: 1, y: 2}, {x: 30, y: 4}, {x: 9, y: 9}]}]}",
    ),
]


@pytest.mark.parametrize(("tag", "key", "value"), INITIAL)
def test_an_initial_value_comes_back_unchanged(show: Show, answer: Answer, tag: str, key: str, value: str) -> None:
    page = show(markup(tag, f'initial-value="{value}"'))
    result = answer()["a"]
    initial = page.evaluate(f"({value})")
    assert result[key] == (initial if isinstance(initial, list) else initial[key])
    assert result["initialValueModified"] is False


def test_an_initial_value_of_another_shape_is_named_to_the_author(show: Show) -> None:
    page = show(markup("crowd-polygon", "initial-value=\"[{label: 'Stamp', left: 1}]\""))
    page.wait_for_function("document.querySelector('crowd-polygon').shell.element.innerText.includes('cannot be used')")


def test_lines_take_the_colours_of_the_template(show: Show) -> None:
    page = show(markup("crowd-line", "label-colors=\"['#ff00aa', 'teal']\""))
    colors = page.evaluate("Array.from(document.querySelector('crowd-line').colors.values())")
    assert colors == ["#ff00aa", "#008080"]
