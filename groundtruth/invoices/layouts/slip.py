"""A till receipt: narrow paper, Courier, one line an item, the total in large type."""

import random

from groundtruth.invoices.canvas import Canvas
from groundtruth.invoices.content import Document
from groundtruth.invoices.layouts import parts

_WIDTH, _LEFT, _RIGHT = 80.0, 5.0, 75.0


def draw(document: Document, chance: random.Random) -> Canvas:
    """Lay the document out on paper as long as it needs."""
    issuer, words = document.issuer, document.words
    height = 112.0 + 8.4 * len(document.lines) + 5 * len(document.head)
    canvas = Canvas(_WIDTH, height, "Courier")
    middle = _WIDTH / 2
    size = canvas.fitting_size(issuer.name, 13, _RIGHT - _LEFT - 2, "B")
    canvas.text(middle, 14, issuer.name, size=size, style="B", align="centre", field=parts.vendor_field(document))
    y = parts.lines_of_text(canvas, middle, 20, (*issuer.address, issuer.phone), size=8.5, align="centre")
    y = parts.lines_of_text(canvas, middle, y, (f"{words['tax_id']} {issuer.tax_id}",), size=8, align="centre")
    canvas.text(middle, y + 4, document.title, size=10, style="B", align="centre")
    y = parts.entries_beside(canvas, document.head, _LEFT, _RIGHT, y + 12, size=8.5)
    canvas.dashes(_LEFT, _RIGHT, y - 1.5)
    y += 3.5
    for line in document.lines:
        canvas.text(_LEFT, y, line.item[:28], size=8.5)
        canvas.text(_LEFT + 3, y + 3.9, f"{line.quantity} x {line.price}", size=8)
        canvas.text(_RIGHT, y + 3.9, line.amount, size=8.5, align="right")
        y += 8.4
    canvas.dashes(_LEFT, _RIGHT, y - 2)
    y = parts.sums(canvas, document, _LEFT, _RIGHT, y + 3.5, size=9, leader=False)
    canvas.dashes(_LEFT, _RIGHT, y - 2)
    canvas.text(_LEFT, y + 3, words["card"], size=8.5)
    canvas.text(_RIGHT, y + 3, "**** 0000", size=8.5, align="right")
    canvas.text(middle, y + 11, words["thanks"], size=8, align="centre")
    canvas.bars(middle - 17, y + 15, 8, "".join(str(chance.randint(0, 9)) for _ in range(34)))
    return canvas
