"""What the PNG writer writes, any reader reads back pixel by pixel."""

import io

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from groundtruth.prepare.png import Scanlines, png

shapes = st.one_of(
    st.tuples(st.integers(1, 20), st.integers(1, 20)),
    st.tuples(st.integers(1, 20), st.integers(1, 20), st.just(3)),
)


def read_back(image: np.ndarray) -> Image.Image:
    file = io.BytesIO(b"".join(png(Scanlines.of(image), 150)))
    found = Image.open(file)
    found.verify()  # the checksums
    file.seek(0)
    return Image.open(file)


@given(arrays.arrays(np.uint8, shapes))
def test_any_image_comes_back(image: np.ndarray):
    mode = "RGB" if image.ndim == 3 else "L"
    assert np.array_equal(np.asarray(read_back(image).convert(mode)), image)


def test_photographs_of_many_rows_come_back_and_are_filtered():
    across, down = np.meshgrid(np.arange(300), np.arange(700))
    image = np.stack([across % 256, down % 256, (across + down) % 256], axis=2).astype(np.uint8)
    image += np.random.default_rng(1).integers(0, 6, image.shape, np.uint8)
    assert np.array_equal(np.asarray(read_back(image)), image)


def test_a_page_without_colour_is_saved_as_grey():
    page = np.full((600, 400, 3), 255, np.uint8)
    page[100:120, 50:200] = 17
    assert read_back(page).mode == "L"
    page[599, 399, 0] = 254
    assert read_back(page).mode == "RGB"


def test_a_part_of_a_larger_image_is_saved_without_what_is_around_it():
    page = np.random.default_rng(2).integers(0, 255, (50, 40, 3), np.uint8)
    assert np.array_equal(np.asarray(read_back(page[5:45, 3:30])), page[5:45, 3:30])
