"""Pages that were saved again are found, and other invoices of the same layout are not taken for them."""

import io
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from groundtruth.prepare.fingerprint import LARGEST_DIFFERENCE, SeenPages, fingerprint


def difference(a: np.ndarray, b: np.ndarray) -> int:
    first, second = (np.frombuffer(fingerprint(image), np.uint8).astype(int) for image in (a, b))
    return int(np.abs(first - second).max())


@pytest.mark.data
@pytest.mark.parametrize("name", ["AmazonWebServices", "QualityHosting", "coolblue1", "free_fiber"])
def test_a_real_invoice_saved_again_looks_the_same(name: str, data: Path):
    page = pypdfium2.PdfDocument(data / "invoices" / f"{name}.pdf")[0]
    image = page.render(scale=150 / 72, rev_byteorder=True).to_numpy()
    picture = Image.fromarray(image)
    jpeg = io.BytesIO()
    picture.save(jpeg, "JPEG", quality=60)
    smaller = picture.resize((round(picture.width * 0.7), round(picture.height * 0.7)))
    again = [np.asarray(Image.open(jpeg)), np.asarray(smaller), np.asarray(picture.convert("L"))]
    assert max(difference(image, other) for other in again) <= LARGEST_DIFFERENCE


@pytest.mark.data
def test_among_sixty_real_receipts_only_the_two_that_are_there_twice_look_alike(data: Path):
    """The data holds two receipts twice, byte for byte; the others are of a few shops, so many are much alike."""
    seen = SeenPages()
    found = set()
    for path in sorted((data / "receipts" / "images").iterdir()):
        with Image.open(path) as image:
            pixels = np.asarray(image.convert("L"))
        match = seen.find(fingerprint(pixels), image.height / image.width)
        if match is not None:
            found.add((path.stem, match))
        seen.add(path.stem, fingerprint(pixels), image.height / image.width)
    assert found == {("sroie-015", "sroie-012"), ("sroie-018", "sroie-016")}


def lined(*positions: int) -> np.ndarray:
    """A page with a line of ink at each position."""
    page = np.full((1754, 1240), 255, np.uint8)
    for position in positions:
        page[position : position + 18, 200:500] = 30
    return page


def test_one_more_line_of_text_is_another_page():
    seen = SeenPages()
    seen.add("first", fingerprint(lined(200, 400)), 1.4)
    assert seen.find(fingerprint(lined(200, 400)), 1.4) == "first"
    assert seen.find(fingerprint(lined(200, 400, 600)), 1.4) is None
    assert seen.find(fingerprint(lined(200, 400)), 1.3) is None  # of another shape


def test_the_first_of_several_is_named_however_many_there_are():
    seen = SeenPages()
    for number in range(40):
        seen.add(f"page {number}", fingerprint(lined(100 + 40 * number)), 1.4)
    assert [seen.find(fingerprint(lined(100 + 40 * number)), 1.4) for number in (0, 17, 39)] == [
        "page 0",
        "page 17",
        "page 39",
    ]


def test_the_brightness_of_each_cell_is_exact():
    image = np.arange(64 * 48, dtype=np.uint32).reshape(64, 48).astype(np.uint8)
    assert fingerprint(image) == image.tobytes()
    assert fingerprint(image.repeat(3, axis=0).repeat(5, axis=1)) == image.tobytes()
    assert fingerprint(np.full((7, 9, 3), 200, np.uint8)) == bytes([200]) * 64 * 48
