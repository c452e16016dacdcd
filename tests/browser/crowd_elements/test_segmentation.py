"""Masks painted by mouse and by keyboard: the PNG has the image's size and exactly the labels' colours."""

import base64
import io
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

Show = Callable[..., Page]
Answer = Callable[[], Any]
SIZE = {"width": 400, "height": 300}


def markup(kind: str, more: str = "") -> str:
    return f"""<crowd-form><crowd-{kind}-segmentation name="a" src="/small.png" labels="['Stamp', 'Table']" {more}>
      </crowd-{kind}-segmentation></crowd-form>"""


def point(page: Page, x: float, y: float) -> tuple[float, float]:
    left, top = page.evaluate("(at) => onScreen(at)", [x, y])
    return left, top


def drag(page: Page, *points: tuple[int, int]) -> None:
    page.mouse.move(*point(page, *points[0]))
    page.mouse.down()
    for each in points[1:]:
        page.mouse.move(*point(page, *each))
    page.mouse.up()


def polygon(page: Page, *points: tuple[int, int]) -> None:
    page.keyboard.press("p")
    for each in points:
        page.mouse.click(*point(page, *each))
    page.keyboard.press("Enter")


def pixels(answer: dict[str, Any]) -> Image.Image:
    image = Image.open(io.BytesIO(base64.b64decode(answer["labeledImage"]["pngImageData"])))
    assert image.size == (400, 300)
    return image.convert("RGBA")


def colors(image: Image.Image) -> Counter[str]:
    data = image.tobytes()
    counts = Counter(data[at : at + 4] for at in range(0, len(data), 4))
    return Counter({"none" if each[3] == 0 else f"#{each[:3].hex()}": count for each, count in counts.items()})


def test_a_polygon_fills_exactly_its_pixels(show: Show, answer: Answer) -> None:
    page = show(markup("semantic"))
    polygon(page, (50, 40), (250, 40), (250, 140), (50, 140))
    page.keyboard.press("2")
    polygon(page, (300, 200), (310, 200), (310, 210), (300, 210))
    result = answer()["a"]
    stamp, table = (result["labelMappings"][label]["color"] for label in ("Stamp", "Table"))
    assert result["inputImageProperties"] == SIZE
    assert colors(pixels(result)) == {stamp: 200 * 100, table: 100, "none": 400 * 300 - 20100}
    assert pixels(result).getpixel((50, 40))[3] == 255
    assert pixels(result).getpixel((49, 40))[3] == 0


def test_the_brush_paints_without_blurred_edges_and_the_eraser_takes_away(show: Show, answer: Answer) -> None:
    page = show(markup("semantic"))
    drag(page, (100, 100), (200, 100))
    page.keyboard.press("e")
    drag(page, (200, 60), (200, 140))
    result = answer()["a"]
    assert set(colors(pixels(result))) == {result["labelMappings"]["Stamp"]["color"], "none"}
    assert pixels(result).getpixel((150, 100))[3] == 255
    assert pixels(result).getpixel((195, 100))[3] == 0


def test_fill_paints_the_area_inside_an_outline(show: Show, answer: Answer) -> None:
    page = show(markup("semantic"))
    drag(page, (100, 100), (200, 100), (200, 200), (100, 200), (100, 100))
    page.keyboard.press("g")
    page.mouse.click(*point(page, 150, 150))
    image = pixels(answer()["a"])
    assert image.getpixel((150, 150))[3] == 255
    assert image.getpixel((300, 250))[3] == 0


def test_each_thing_is_an_instance_of_its_own_colour(show: Show, answer: Answer) -> None:
    page = show(markup("instance"))
    polygon(page, (10, 10), (60, 10), (60, 60), (10, 60))
    polygon(page, (60, 10), (70, 10), (70, 60), (60, 60))
    page.keyboard.press("n")
    polygon(page, (100, 10), (110, 10), (110, 20), (100, 20))
    page.keyboard.press("2")
    polygon(page, (200, 10), (210, 10), (210, 30), (200, 30))
    result = answer()["a"]
    first, second, third = result["instances"]
    assert [each["label"] for each in result["instances"]] == ["Stamp", "Stamp", "Table"]
    counts = colors(pixels(result))
    assert [counts[each["color"]] for each in (first, second, third)] == [3000, 100, 200]


def test_an_instance_can_be_deleted_and_brought_back(show: Show) -> None:
    page = show(markup("instance"))
    polygon(page, (10, 10), (60, 10), (60, 60), (10, 60))
    page.get_by_label("Delete instance 1, Stamp").click()
    value = "document.querySelector('crowd-instance-segmentation').value.instances.length"
    assert page.evaluate(value) == 0
    page.keyboard.press("Control+z")
    assert page.evaluate(value) == 1
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+Shift+Z")
    assert page.evaluate(value) == 1


def test_it_is_painted_by_keyboard(show: Show, answer: Answer) -> None:
    page = show(markup("semantic"))
    page.keyboard.press("2")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+ArrowDown")
    result = answer()["a"]
    assert set(colors(pixels(result))) == {result["labelMappings"]["Table"]["color"], "none"}


def test_an_unpainted_image_needs_nothing_to_label(show: Show, answer: Answer) -> None:
    page = show(markup("semantic"))
    page.get_by_role("button", name="Submit").click()
    assert "Nothing to label" in page.locator("crowd-form .problems").inner_text()
    page.get_by_label("Nothing to label").check()
    assert set(colors(pixels(answer()["a"]))) == {"none"}


def earlier(site: Any) -> str:
    """A picture with a red square of 50 by 20 pixels, at an address."""
    image = Image.new("RGBA", (400, 300))
    image.paste((255, 0, 0, 255), (10, 10, 60, 30))
    file = io.BytesIO()
    image.save(file, "PNG")
    address: str = site.put("/earlier.png", file.getvalue())
    return address


@pytest.mark.parametrize(
    ("kind", "regions"),
    [
        ("semantic", "labelMappings: {Stamp: {color: '#ff0000'}}"),
        ("instance", "instances: [{color: '#ff0000', label: 'Stamp'}]"),
    ],
)
def test_an_initial_value_is_painted_and_changes_are_noticed(
    show: Show, site: Any, answer: Answer, kind: str, regions: str
) -> None:
    page = show(markup(kind, f"initial-value=\"{{src: '{earlier(site)}', {regions}}}\""))
    value = f"document.querySelector('crowd-{kind}-segmentation').value"
    page.wait_for_function(f"{value}?.initialValueModified === false")
    assert colors(pixels(page.evaluate(value)))["#ff0000"] == 1000
    drag(page, (200, 200), (250, 200))
    result = answer()["a"]
    assert result["initialValueModified"] is True
    assert colors(pixels(result))["#ff0000"] >= 1000


def test_a_draft_of_a_mask_comes_back_pixel_for_pixel(show: Show) -> None:
    page = show(markup("instance"))
    polygon(page, (10, 10), (60, 10), (60, 60), (10, 60))
    before = page.evaluate("document.querySelector('crowd-instance-segmentation').draft")
    page = show(markup("instance"))
    page.evaluate("(draft) => document.querySelector('crowd-instance-segmentation').restore(draft)", before)
    page.wait_for_function("document.querySelector('crowd-instance-segmentation').value?.instances.length === 1")
    after = page.evaluate("document.querySelector('crowd-instance-segmentation').value")
    assert after["instances"] == before["instances"]
    assert colors(pixels(after)) == colors(pixels(before))
