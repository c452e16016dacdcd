"""A form of boxes, as accounting programs print: every caption and every value in a cell of its own."""

import random

from groundtruth.invoices.canvas import GREY, Canvas
from groundtruth.invoices.content import Document, Entry
from groundtruth.invoices.layouts import parts


def draw(document: Document, chance: random.Random) -> Canvas:
    """Lay the document out."""
    width, height = document.region.paper
    canvas = Canvas(width, height, chance.choice(("Helvetica", "Courier")))
    left, right, issuer = 15.0, width - 15.0, document.issuer
    name_size = canvas.fitting_size(issuer.name, 14, 96, "B")
    canvas.text(left, 22, issuer.name, size=name_size, style="B", field=parts.vendor_field(document))
    parts.lines_of_text(canvas, left, 28, parts.contact(issuer), size=8.5)
    title_size = canvas.fitting_size(document.title, 20, 78, "B", "Helvetica")
    canvas.text(right, 24, document.title, size=title_size, style="B", align="right", font="Helvetica")
    _cells(canvas, document.head[:2], right - 90, right, 30)
    middle = (left + right) / 2
    for x, caption, is_ship_to in ((left, "bill_to", False), (middle + 3, "ship_to", True)):
        canvas.box(x, 56, middle - left - 3, 30)
        if not is_ship_to:
            parts.addressee(canvas, document, x + 3, 62, size=9.5)
            continue
        canvas.text(x + 3, 62, document.words[caption], size=7.5, colour=GREY)
        receiver = document.issuer if document.vendor_is_addressee else document.customer
        parts.lines_of_text(canvas, x + 3, 68, (receiver.name, *receiver.address), size=9.5)
    y = 92.0
    if document.head[2:]:
        _cells(canvas, document.head[2:], left, right, y)
        y += 20
    look = parts.TableLook(row=6.6, size=8.5, head_fill=(222, 224, 228), frame=True)
    bottom = parts.table(canvas, document, left, right, y, look)
    after = bottom
    if document.sums:
        canvas.box(right - 84, bottom + 4, 84, 6.3 * len(document.sums) + 9)
        after = parts.sums(canvas, document, right - 81, right - 3, bottom + 11, size=9.5, leader=False)
    parts.stamp(canvas, document, 52, bottom + 22, chance)
    lines = (*parts.terms(document), document.words["thanks"], f"{document.words['bank']}: {issuer.account}")
    parts.lines_of_text(canvas, left, max(after, bottom + 30) + 12, lines, size=8.5)
    canvas.text(right, height - 12, document.words["page"], size=7.5, colour=GREY, align="right")
    canvas.bars(left, height - 20, 9, "".join(str(chance.randint(0, 9)) for _ in range(28)))
    return canvas


def _cells(canvas: Canvas, entries: tuple[Entry, ...], left: float, right: float, y: float) -> None:
    """A row of cells: captions on top, values below."""
    step = (right - left) / len(entries)
    for at, entry in enumerate(entries):
        x = left + at * step
        canvas.box(x, y, step, 6, fill=(222, 224, 228))
        canvas.box(x, y + 6, step, 8)
        canvas.text(x + step / 2, y + 4.2, entry.caption, size=7.5, align="centre")
        canvas.text(x + step / 2, y + 11.4, entry.text, size=9, align="centre", field=entry.field)
