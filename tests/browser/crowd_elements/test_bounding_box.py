"""Boxes drawn by mouse and by keyboard come out in natural pixels, whatever the screen does to the image."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

MARKUP = """<crowd-form><crowd-bounding-box name="boxes" src="{src}" header="Draw" labels="['Total', 'Due date', 'Vendor']" {more}>
<full-instructions header="How">All</full-instructions><short-instructions>Brief</short-instructions>
</crowd-bounding-box></crowd-form>"""


def on_screen(page: Page, x: float, y: float) -> tuple[float, float]:
    left, top = page.evaluate("(at) => onScreen(at)", [x, y])
    return left, top


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag from one point of the image to another."""
    page.mouse.move(*on_screen(page, *start))
    page.mouse.down()
    page.mouse.move(*on_screen(page, (start[0] + end[0]) / 2, (start[1] + end[1]) / 2))
    page.mouse.move(*on_screen(page, *end))
    page.mouse.up()


def click(page: Page, x: float, y: float) -> None:
    page.mouse.click(*on_screen(page, x, y))


def drawn(page: Page) -> list[dict[str, Any]]:
    boxes: list[dict[str, Any]] = page.evaluate("document.querySelector('crowd-bounding-box').value.boundingBoxes")
    return boxes


def box(label: str, left: int, top: int, width: int, height: int) -> dict[str, Any]:
    return {"label": label, "left": left, "top": top, "width": width, "height": height}


Show = Callable[..., Page]


@pytest.fixture
def boxes(show: Show) -> Page:
    return show(MARKUP.format(src="/page.png", more=""))


def test_a_drawn_box_is_answered_in_natural_pixels_of_a_scaled_image(boxes: Page, answer: Callable[[], Any]) -> None:
    drag(boxes, (911, 1402), (1060, 1439))
    assert answer() == {
        "boxes": {
            "boundingBoxes": [box("Total", 911, 1402, 149, 37)],
            "inputImageProperties": {"width": 1240, "height": 1754},
        }
    }


@pytest.mark.parametrize("seed", range(4))
def test_boxes_are_exact_at_any_zoom_and_pan(boxes: Page, seed: int) -> None:
    chance = random.Random(seed)
    boxes.keyboard.press(chance.choice("fw"))
    for _ in range(chance.randint(1, 4)):
        boxes.mouse.move(*on_screen(boxes, chance.randint(200, 900), chance.randint(200, 600)))
        boxes.mouse.wheel(0, chance.choice([-240, -120, 90]))
    boxes.wait_for_timeout(50)
    view = boxes.evaluate("document.querySelector('crowd-bounding-box').viewport.view")
    left, top = int(view["left"] + view["width"] * 0.3) + 1, int(view["top"] + view["height"] * 0.3) + 1
    right, bottom = int(view["left"] + view["width"] * 0.7), int(view["top"] + view["height"] * 0.6)
    drag(boxes, (right, bottom), (left, top))
    assert drawn(boxes) == [box("Total", left, top, right - left, bottom - top)]


@pytest.mark.parametrize("style", ["zoom: 1.5", "zoom: 0.8", "transform: scale(1.4); transform-origin: 0 0"])
def test_boxes_are_exact_when_css_enlarges_the_page(boxes: Page, style: str) -> None:
    boxes.evaluate("(style) => { document.body.style = style; }", style)
    boxes.wait_for_timeout(100)
    drag(boxes, (120, 200), (700, 460))
    assert drawn(boxes) == [box("Total", 120, 200, 580, 260)]


def test_boxes_are_exact_at_200_percent_on_a_laptop(boxes: Page) -> None:
    boxes.set_viewport_size({"width": 683, "height": 384})
    boxes.wait_for_timeout(100)
    drag(boxes, (120, 200), (700, 460))
    assert drawn(boxes) == [box("Total", 120, 200, 580, 260)]


@pytest.mark.parametrize(("orientation", "size"), [(1, (600, 400)), (3, (600, 400)), (6, (400, 600)), (8, (400, 600))])
def test_a_photo_is_measured_as_its_exif_orientation_turns_it(
    show: Show,
    site: Any,
    orientation: int,
    size: tuple[int, int],
    picture: Callable[..., bytes],
    answer: Callable[[], Any],
) -> None:
    site.put("/photo.jpg", picture(600, 400, orientation=orientation))
    page = show(MARKUP.format(src=f"/photo.jpg?{orientation}", more=""))
    drag(page, (30, 310), (130, 390))
    width, height = size
    assert answer()["boxes"] == {
        "boundingBoxes": [box("Total", 30, 310, 100, 80)],
        "inputImageProperties": {"width": width, "height": height},
    }


def test_a_box_dragged_beyond_the_image_ends_at_its_edge(show: Show) -> None:
    page = show(MARKUP.format(src="/small.png", more=""))
    page.keyboard.press("-")
    page.keyboard.press("-")
    drag(page, (350, 250), (450, 340))
    drag(page, (50, 40), (-40, -30))
    assert drawn(page) == [box("Total", 350, 250, 50, 50), box("Total", 0, 0, 50, 40)]


@pytest.mark.parametrize(
    ("handle", "expected"),
    [
        ((100, 100), (120, 130, 280, 170)),
        ((250, 100), (100, 130, 300, 170)),
        ((400, 100), (100, 130, 320, 170)),
        ((400, 200), (100, 100, 320, 200)),
        ((400, 300), (100, 100, 320, 230)),
        ((250, 300), (100, 100, 300, 230)),
        ((100, 300), (120, 100, 280, 230)),
        ((100, 200), (120, 100, 280, 200)),
    ],
)
def test_each_of_eight_handles_moves_its_edges(boxes: Page, handle: tuple[int, int], expected: tuple[int, ...]) -> None:
    drag(boxes, (100, 100), (400, 300))
    drag(boxes, handle, (handle[0] + 20, handle[1] + 30))
    assert drawn(boxes) == [box("Total", *expected)]


def test_a_selected_box_moves_with_the_mouse_and_stays_in_the_image(boxes: Page) -> None:
    drag(boxes, (100, 100), (400, 300))
    drag(boxes, (200, 180), (300, 280))
    assert drawn(boxes) == [box("Total", 200, 200, 300, 200)]
    drag(boxes, (300, 250), (-500, 250))
    assert drawn(boxes) == [box("Total", 0, 200, 300, 200)]


def test_a_box_inside_another_is_drawn_and_chosen_by_a_click(boxes: Page) -> None:
    drag(boxes, (100, 600), (1100, 1200))
    boxes.keyboard.press("Escape")
    boxes.keyboard.press("2")
    drag(boxes, (200, 800), (500, 900))
    boxes.keyboard.press("Escape")
    click(boxes, 300, 850)
    boxes.keyboard.press("Delete")
    assert drawn(boxes) == [box("Total", 100, 600, 1000, 600)]


def test_a_number_key_labels_the_next_box_and_not_the_one_just_drawn(boxes: Page) -> None:
    boxes.keyboard.press("3")
    drag(boxes, (100, 100), (300, 200))
    boxes.keyboard.press("2")
    drag(boxes, (100, 400), (300, 500))
    assert [made["label"] for made in drawn(boxes)] == ["Vendor", "Due date"]
    click(boxes, 200, 150)
    boxes.keyboard.press("1")
    assert [made["label"] for made in drawn(boxes)] == ["Total", "Due date"]


def test_undo_and_redo_go_through_every_change(boxes: Page) -> None:
    drag(boxes, (100, 100), (300, 200))
    drag(boxes, (100, 400), (300, 500))
    boxes.keyboard.press("Delete")
    two = [box("Total", 100, 100, 200, 100), box("Total", 100, 400, 200, 100)]
    assert drawn(boxes) == two[:1]
    boxes.keyboard.press("Control+z")
    assert drawn(boxes) == two
    boxes.keyboard.press("Control+z")
    boxes.keyboard.press("Control+z")
    assert drawn(boxes) == []
    boxes.get_by_label("Redo (Ctrl+Shift+Z)").click()
    boxes.keyboard.press("Control+Shift+Z")
    assert drawn(boxes) == two


def test_everything_can_be_done_by_keyboard(boxes: Page) -> None:
    boxes.keyboard.press("2")
    boxes.keyboard.press("n")
    (start,) = drawn(boxes)
    boxes.keyboard.press("ArrowRight")
    boxes.keyboard.press("Control+ArrowDown")
    boxes.keyboard.press("Shift+ArrowRight")
    boxes.keyboard.press("Alt+ArrowUp")
    (made,) = drawn(boxes)
    assert made == box("Due date", start["left"] + 1, start["top"] + 9, start["width"] + 1, start["height"] + 1)
    boxes.keyboard.press("n")
    boxes.keyboard.press("3")
    boxes.keyboard.press("Shift+Tab")
    boxes.keyboard.press("1")
    assert [each["label"] for each in drawn(boxes)] == ["Total", "Vendor"]
    boxes.keyboard.press("Delete")
    assert [each["label"] for each in drawn(boxes)] == ["Vendor"]


def test_arrow_keys_held_down_undo_as_one_step(boxes: Page) -> None:
    drag(boxes, (100, 100), (300, 200))
    for _ in range(5):
        boxes.keyboard.press("ArrowLeft")
    assert drawn(boxes) == [box("Total", 95, 100, 200, 100)]
    boxes.keyboard.press("Control+z")
    assert drawn(boxes) == [box("Total", 100, 100, 200, 100)]


def test_an_empty_page_needs_nothing_to_label_to_be_submitted(boxes: Page, answer: Callable[[], Any]) -> None:
    boxes.get_by_role("button", name="Submit").click()
    assert "Nothing to label" in boxes.locator("crowd-form .problems").inner_text()
    assert boxes.evaluate("window.answers") == []
    boxes.get_by_label("Nothing to label").check()
    assert answer()["boxes"]["boundingBoxes"] == []


def test_escape_gives_up_a_box_that_is_being_drawn(boxes: Page) -> None:
    boxes.mouse.move(*on_screen(boxes, 100, 100))
    boxes.mouse.down()
    boxes.mouse.move(*on_screen(boxes, 300, 300))
    boxes.keyboard.press("Escape")
    boxes.mouse.up()
    assert drawn(boxes) == []


@pytest.mark.parametrize("how", ["space", "middle", "button"])
def test_panning_draws_nothing(boxes: Page, how: str) -> None:
    boxes.keyboard.press("w")
    before = on_screen(boxes, 0, 0)
    boxes.mouse.move(600, 400)
    if how == "space":
        boxes.keyboard.down("Space")
    if how == "button":
        boxes.get_by_label("Pan: drag moves the image (or hold Space)").click()
        boxes.mouse.move(600, 400)
    boxes.mouse.down(button="middle" if how == "middle" else "left")
    boxes.mouse.move(600, 350)
    boxes.mouse.move(600, 300)
    boxes.mouse.up(button="middle" if how == "middle" else "left")
    if how == "space":
        boxes.keyboard.up("Space")
    assert on_screen(boxes, 0, 0) == pytest.approx((before[0], before[1] - 100), abs=0.01)
    assert drawn(boxes) == []


INITIAL = """initial-value="[{label: 'Total', left: 911, top: 1402, width: 149, height: 37}, // a prediction
  {label: 'Gone', left: -20.4, top: 10.6, width: 100, height: 20},]" """


def test_an_initial_value_is_shown_and_says_whether_it_was_changed(show: Show, answer: Callable[[], Any]) -> None:
    page = show(MARKUP.format(src="/page.png", more=INITIAL))
    # Kept inside the image, in whole pixels; a label that the task no longer offers stays until a worker changes it.
    assert drawn(page) == [box("Total", 911, 1402, 149, 37), box("Gone", 0, 11, 80, 20)]
    assert answer()["boxes"]["initialValueModified"] is False


def test_a_changed_initial_value_is_marked_until_it_is_undone(show: Show) -> None:
    page = show(MARKUP.format(src="/page.png", more=INITIAL))
    modified = "document.querySelector('crowd-bounding-box').value.initialValueModified"
    assert page.evaluate(modified) is False
    click(page, 980, 1420)
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(modified) is True
    page.keyboard.press("ArrowRight")
    assert page.evaluate(modified) is False


@pytest.mark.parametrize("none", ["null", "", " "])
def test_no_initial_value_is_none(show: Show, none: str) -> None:
    page = show(MARKUP.format(src="/small.png", more=f'initial-value="{none}"'))
    drag(page, (10, 10), (50, 50))
    assert page.evaluate("Object.keys(document.querySelector('crowd-bounding-box').value)") == [
        "boundingBoxes",
        "inputImageProperties",
    ]
    assert page.locator(".trouble").inner_text() == ""


@pytest.mark.parametrize(
    ("src", "message"),
    [
        ("/missing.png", "could not be loaded"),
        ("s3://bucket/page.png", "grant_read_access"),
        ("", "src is empty"),
    ],
)
def test_an_image_that_does_not_load_says_so_and_blocks_submission(show: Show, src: str, message: str) -> None:
    page = show(MARKUP.format(src=src, more=""), wait_for_image=False)
    page.locator(".notice.failed").wait_for()
    assert message in page.locator(".notice").inner_text()
    page.get_by_role("button", name="Submit").click()
    assert message in page.locator("crowd-form .problems").inner_text()
    assert page.evaluate("window.answers") == []


def test_the_secret_of_a_signed_address_is_not_shown(show: Show) -> None:
    page = show(MARKUP.format(src="/missing.png?X-Amz-Signature=secret", more=""), wait_for_image=False)
    page.locator(".notice.failed").wait_for()
    assert "secret" not in page.locator(".notice").inner_text()


def test_unreadable_labels_are_named_to_the_author(show: Show) -> None:
    page = show(
        MARKUP.replace("['Total', 'Due date', 'Vendor']", "[Total, 'Due date']").format(src="/page.png", more="")
    )
    assert "labels" in page.locator(".trouble").inner_text()
    assert "text needs quotes" in page.locator(".trouble").inner_text()


def test_keys_typed_into_a_text_field_are_no_shortcuts(show: Show) -> None:
    page = show(
        '<crowd-form><crowd-input name="n" label="Note"></crowd-input>'
        + MARKUP.format(src="/page.png", more="").removeprefix("<crowd-form>")
    )
    page.get_by_label("Note").click()
    page.keyboard.type("n2 wf")
    assert page.evaluate("document.querySelector('crowd-input').value") == "n2 wf"
    assert drawn(page) == []


def test_scripts_may_set_labels_and_the_image_as_properties(show: Show) -> None:
    page = show(
        """<crowd-form><crowd-bounding-box name="boxes" header="Draw"></crowd-bounding-box></crowd-form>
        <script>const box = document.querySelector('crowd-bounding-box');
        box.labels = ['A', 'B']; box.src = '/small.png';</script>"""
    )
    page.wait_for_function("document.querySelector('crowd-bounding-box').isReady")
    page.keyboard.press("2")
    drag(page, (10, 20), (110, 60))
    assert drawn(page) == [box("B", 10, 20, 100, 40)]


def test_two_fingers_zoom_and_draw_nothing(boxes: Page) -> None:
    before = boxes.evaluate("document.querySelector('crowd-bounding-box').viewport.scale")
    touch = """([id, type, x, y]) => {
      const { element } = document.querySelector('crowd-bounding-box').viewport;
      element.setPointerCapture = () => {};
      element.dispatchEvent(new PointerEvent(type, {pointerId: id, pointerType: 'touch', clientX: x, clientY: y, bubbles: true, button: 0}));
    }"""
    steps: list[list[Any]] = [
        [1, "pointerdown", 600, 400], [2, "pointerdown", 700, 400], [1, "pointermove", 550, 400],
        [2, "pointermove", 750, 400], [1, "pointerup", 550, 400], [2, "pointerup", 750, 400],
    ]  # fmt: skip
    for step in steps:
        boxes.evaluate(touch, step)
    after = boxes.evaluate("document.querySelector('crowd-bounding-box').viewport.scale")
    assert after == pytest.approx(before * 2)
    assert drawn(boxes) == []


def test_a_box_drawn_close_to_another_leaves_that_alone(boxes: Page) -> None:
    drag(boxes, (100, 100), (300, 130))
    drag(boxes, (100, 150), (300, 180))
    drag(boxes, (305, 130), (500, 155))
    boxes.keyboard.press("Escape")
    drag(boxes, (298, 128), (600, 300))
    assert drawn(boxes) == [
        box("Total", 100, 100, 200, 30),
        box("Total", 100, 150, 200, 30),
        box("Total", 305, 130, 195, 25),
        box("Total", 298, 128, 302, 172),
    ]


def test_a_small_box_can_be_moved_by_its_middle(boxes: Page) -> None:
    drag(boxes, (400, 400), (450, 430))
    boxes.keyboard.press("Escape")
    click(boxes, 425, 415)
    drag(boxes, (425, 415), (525, 615))
    assert drawn(boxes) == [box("Total", 500, 600, 50, 30)]
