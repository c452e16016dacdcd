"""A truth box holds the writing of its value, all of it and nothing else, measured in the PDF by another way than it was made."""

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from groundtruth.invoices.scanning import DOTS_PER_INCH

SCALE = DOTS_PER_INCH / 72


def grey(image):
    return np.asarray(image.convert("L"), dtype=float)


def readable(drawn):
    return [invoice for invoice in drawn if invoice.document_type != "not_readable"]


def test_the_pdf_says_the_value_inside_the_box(drawn):
    checked = 0
    for invoice in readable(drawn):
        page = pypdfium2.PdfDocument(invoice.pdf)[0]
        text, height = page.get_textpage(), page.get_height()
        for box in invoice.boxes:
            inside = text.get_text_bounded(
                left=box.left / SCALE - 1,
                bottom=height - (box.top + box.height) / SCALE - 1,
                right=(box.left + box.width) / SCALE + 1,
                top=height - box.top / SCALE + 1,
            )
            assert inside.split() == (invoice.fields[box.label] or "").split(), (invoice.image.name, box)
            checked += 1
    assert checked > 250


def test_the_box_is_as_wide_and_high_as_the_fonts_outlines(drawn):
    for invoice in readable(drawn):
        page = pypdfium2.PdfDocument(invoice.pdf)[0]
        text, height = page.get_textpage(), page.get_height()
        for box in invoice.boxes:
            edges = np.array(outline(text, height, box))
            drawn_edges = np.array([box.left, box.top, box.left + box.width, box.top + box.height])
            assert np.abs(edges - drawn_edges).max() <= 2.5, (invoice.image.name, box, edges)


def outline(text, height, box):
    """Left, top, right, bottom in pixels of the characters whose middle is in the box, from their outlines in the font."""
    characters = []
    for at in range(text.count_chars()):
        left, bottom, right, top = text.get_charbox(at)
        x, y = (left + right) / 2 * SCALE, (height - (top + bottom) / 2) * SCALE
        is_space = not text.get_text_range(at, 1).strip()
        if not is_space and box.left <= x <= box.left + box.width and box.top <= y <= box.top + box.height:
            characters.append((left * SCALE, (height - top) * SCALE, right * SCALE, (height - bottom) * SCALE))
    lefts, tops, rights, bottoms = zip(*characters, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def test_ink_touches_all_four_edges_and_stops_there(drawn):
    for invoice in readable(drawn):
        image = grey(pypdfium2.PdfDocument(invoice.pdf)[0].render(scale=SCALE).to_pil())
        for box in invoice.boxes:
            room = image[box.top - 3 : box.top + box.height + 3, box.left - 3 : box.left + box.width + 3]
            strength = np.abs(room - np.median(room))
            ink = strength > 0.5 * strength.max()
            rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
            # Half of full strength is reached within two pixels of the edge: outlines are anti-aliased.
            assert rows[0] in (3, 4, 5), (invoice.image.name, box)
            assert columns[0] in (3, 4, 5), (invoice.image.name, box)
            assert room.shape[0] - 1 - rows[-1] in (3, 4, 5), (invoice.image.name, box)
            assert room.shape[1] - 1 - columns[-1] in (3, 4, 5), (invoice.image.name, box)


def test_scanning_moves_nothing(drawn):
    """Whoever renders the PDFs at 150 dots per inch gets pictures of the same size, to which the same boxes belong."""
    scanned = 0
    for invoice in readable(drawn):
        page = pypdfium2.PdfDocument(invoice.pdf)[0].render(scale=SCALE).to_pil()
        picture = Image.open(invoice.image)
        assert page.size == picture.size
        if picture.mode == "RGB":
            assert page.convert("RGB").tobytes() == picture.tobytes()
            continue
        scanned += 1
        sent, arrived = grey(page), grey(picture)
        for box in invoice.boxes:
            area = np.s_[box.top - 3 : box.top + box.height + 3, box.left - 3 : box.left + box.width + 3]
            alike = np.corrcoef(sent[area].ravel(), arrived[area].ravel())[0, 1]
            assert alike > 0.95, (invoice.image.name, box)
    assert scanned > 10


@pytest.mark.parametrize("label", ["subtotal", "invoice_date", "vendor_name"])
def test_boxes_do_not_overlap_each_other(drawn, label):
    for invoice in readable(drawn):
        boxes = {box.label: box for box in invoice.boxes}
        one = boxes.pop(label, None)
        for other in boxes.values() if one else ():
            apart = (
                one.left + one.width <= other.left
                or other.left + other.width <= one.left
                or one.top + one.height <= other.top
                or other.top + other.height <= one.top
            )
            assert apart, (invoice.image.name, one, other)
