"""Every layout prints every kind of document without writing over itself or off the page."""

import random
from itertools import combinations

import pypdfium2
import pypdfium2.raw as pdfium
import pytest

from groundtruth.invoices.content import compose
from groundtruth.invoices.layouts import LAYOUTS

PAGES = ["invoice", "credit_note", "purchase_order", "delivery_note", "statement"]
CASES = [(layout, kind) for layout in LAYOUTS if layout != "slip" for kind in PAGES]
CASES += [("letter", "other"), ("slip", "receipt"), ("classic", "receipt"), ("grid", "receipt")]


def upright_texts(pdf: bytes):
    """The bounds (left, bottom, right, top) and the page size; stamps are turned and may lie over other writing."""
    page = pypdfium2.PdfDocument(pdf)[0]
    bounds = []
    for thing in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
        matrix = thing.get_matrix()
        if abs(matrix.b) < 1e-4:
            bounds.append(thing.get_bounds())
    return bounds, page.get_size()


@pytest.mark.parametrize(("layout", "kind"), CASES)
def test_no_writing_overlaps_or_leaves_the_page(layout, kind):
    for seed in range(25):
        chance = random.Random(f"{layout} {kind} {seed}")
        canvas = LAYOUTS[layout](compose(kind, chance), chance)
        bounds, (width, height) = upright_texts(canvas.pdf())
        assert len(bounds) > 10
        for left, bottom, right, top in bounds:
            assert left > 5
            assert right < width - 5
            assert bottom > 5
            assert top < height - 5
        for one, other in combinations(bounds, 2):
            shared_width = min(one[2], other[2]) - max(one[0], other[0])
            shared_height = min(one[3], other[3]) - max(one[1], other[1])
            assert shared_width <= 0.5 or shared_height <= 0.5, (layout, kind, seed, one, other)


@pytest.mark.parametrize(("layout", "kind"), CASES)
def test_each_field_is_printed_at_most_once_as_a_value(layout, kind):
    for seed in range(10):
        chance = random.Random(seed)
        canvas = LAYOUTS[layout](compose(kind, chance), chance)
        fields = [value.field for value in canvas.printed]
        assert len(fields) == len(set(fields))
        assert "vendor_name" in fields
