"""The page beside the form can be zoomed, moved and turned by mouse, wheel and keyboard."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.fixture
def open_viewer(open_task: Callable[..., Page], make_task: Callable[..., Any]) -> Callable[..., Page]:
    def open_viewer(task_type: str = "invoice-fields", **changes: Any) -> Page:
        page = open_task(make_task(task_type, **changes))
        page.wait_for_function(
            "document.querySelector('.viewer-zoom').textContent !== '100 %' || !document.images.length"
        )
        return page

    return open_viewer


def zoom(page: Page) -> int:
    return int(page.locator(".viewer-zoom").inner_text().rstrip(" %"))


def view(page: Page) -> dict[str, float]:
    """Where the image is on the screen."""
    box = page.locator(".viewer img").bounding_box()
    assert box is not None
    return box


def test_the_page_fits_the_width_at_first(open_viewer: Callable[..., Page]):
    page = open_viewer()
    scroller = page.locator(".viewer-scroll").bounding_box()
    assert scroller["width"] - 20 <= view(page)["width"] <= scroller["width"]
    assert page.get_by_role("button", name="Fit width").get_attribute("aria-pressed") == "true"


def test_a_document_type_shows_the_whole_page_at_first(open_viewer: Callable[..., Page]):
    page = open_viewer("document-type")
    scroller = page.locator(".viewer-scroll").bounding_box()
    assert view(page)["height"] == pytest.approx(scroller["height"], abs=2)


def test_buttons_zoom_fit_and_turn(open_viewer: Callable[..., Page]):
    page = open_viewer()
    first = zoom(page)
    page.get_by_role("button", name="Zoom in").click()
    assert zoom(page) == pytest.approx(first * 1.25, abs=1)
    page.get_by_role("button", name="Zoom out").click()
    assert zoom(page) == pytest.approx(first, abs=1)
    page.get_by_role("button", name="Whole page").click()
    assert view(page)["height"] <= page.locator(".viewer-scroll").bounding_box()["height"] + 1
    page.get_by_role("button", name="Turn").click()
    turned = view(page)
    assert turned["width"] > turned["height"]


def test_the_wheel_zooms_with_ctrl_around_the_pointer(open_viewer: Callable[..., Page]):
    page = open_viewer()
    before = view(page)
    page.mouse.move(300, 300)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    page.wait_for_timeout(50)
    after = view(page)
    assert after["width"] > before["width"]
    for side, size, at in (("x", "width", 300), ("y", "height", 300)):
        assert (at - after[side]) / after[size] == pytest.approx((at - before[side]) / before[size], abs=0.01)


def test_the_wheel_alone_scrolls_and_dragging_moves(open_viewer: Callable[..., Page]):
    page = open_viewer()
    page.mouse.move(300, 300)
    page.mouse.wheel(0, 120)
    page.wait_for_function("document.querySelector('.viewer-scroll').scrollTop > 60")
    before = view(page)
    page.mouse.down()
    page.mouse.move(300, 250)
    page.mouse.up()
    assert view(page)["y"] == pytest.approx(before["y"] - 50, abs=1)


def test_the_page_moves_while_a_field_keeps_the_focus(open_viewer: Callable[..., Page]):
    page = open_viewer()
    page.keyboard.type("Ac")
    before, first = view(page), zoom(page)
    page.keyboard.press("Alt+ArrowDown")
    assert view(page)["y"] < before["y"] - 50
    page.keyboard.press("Alt+Equal")
    assert zoom(page) > first
    page.keyboard.press("Alt+w")
    assert zoom(page) == first
    page.keyboard.type("me-+")
    assert page.locator("input[name=vendor_name]").input_value() == "Acme-+"
    assert zoom(page) == first


def test_keys_work_in_the_document(open_viewer: Callable[..., Page]):
    page = open_viewer()
    page.locator(".viewer-scroll").focus()
    first = zoom(page)
    page.keyboard.press("+")
    assert zoom(page) > first
    page.keyboard.press("p")
    assert page.get_by_role("button", name="Whole page").get_attribute("aria-pressed") == "true"
    page.keyboard.press("w")
    assert zoom(page) == first
    page.keyboard.press("r")
    assert view(page)["width"] > 0
    page.keyboard.press("r")
    page.keyboard.press("ArrowDown")
    page.wait_for_function("document.querySelector('.viewer-scroll').scrollTop > 0")


def test_text_grows_with_the_zoom(open_viewer: Callable[..., Page]):
    page = open_viewer(text="TOTAL 1,204.50")
    size = "e => parseFloat(getComputedStyle(e).fontSize)"
    before = page.locator(".viewer-text").evaluate(size)
    page.get_by_role("button", name="Zoom in").click()
    assert page.locator(".viewer-text").evaluate(size) == pytest.approx(before * 1.25)
    assert page.get_by_role("button", name="Turn").count() == 0


def test_the_focus_is_visible_in_the_document(open_viewer: Callable[..., Page]):
    page = open_viewer()
    page.keyboard.press("Shift+Tab")
    for _ in range(12):
        if page.evaluate("document.activeElement.className") == "viewer-scroll":
            break
        page.keyboard.press("Shift+Tab")
    style = page.evaluate("getComputedStyle(document.querySelector('.viewer-scroll')).outlineStyle")
    assert style == "solid"
