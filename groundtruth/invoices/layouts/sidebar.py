"""Two columns: a coloured one at the side with numbers, dates and bank details, and the table beside it."""

import random

from groundtruth.invoices.canvas import GREY, INK, Canvas, Colour
from groundtruth.invoices.content import Document
from groundtruth.invoices.layouts import parts

_SIDE = 58.0


def draw(document: Document, chance: random.Random) -> Canvas:
    """Lay the document out."""
    width, height = document.region.paper
    canvas, issuer = Canvas(width, height, "Helvetica"), document.issuer
    colour = chance.choice(parts.BRAND_COLOURS)
    pale: Colour = (232, 236, 240)
    is_right = chance.random() < 0.4
    side = width - _SIDE if is_right else 0.0
    left, right = (16.0, width - _SIDE - 8) if is_right else (_SIDE + 8, width - 16)
    canvas.box(side, 0, _SIDE, height, fill=pale, edge=None)
    canvas.box(side, 0, _SIDE, 4, fill=colour, edge=None)
    parts.logo(canvas, side + 8, 16, 16, colour, chance)
    below = parts.entries_below(canvas, document.head, side + 8, 52, size=10, colour=INK)
    canvas.line(side + 8, below, side + _SIDE - 8, below, width=0.3, colour=colour)
    contact = (*parts.contact(issuer), issuer.site)
    longest = max(contact, key=lambda line: canvas.text_width(line, 7.5))
    contact_size = canvas.fitting_size(longest, 7.5, _SIDE - 13)
    parts.lines_of_text(canvas, side + 8, below + 8, contact, size=contact_size, colour=GREY)
    canvas.text(side + 8, height - 34, document.words["bank"], size=7.5, style="B", colour=GREY)
    account = (issuer.account[:14].strip(), issuer.account[14:].strip(), f"{document.words['tax_id']} {issuer.tax_id}")
    parts.lines_of_text(canvas, side + 8, height - 29, account, size=7.5, colour=GREY)
    canvas.text(left, 25, issuer.name, size=15, style="B", colour=colour, field=parts.vendor_field(document))
    canvas.text(left, 44, document.title, size=24)
    parts.addressee(canvas, document, left, 58, size=9.5)
    look = parts.TableLook(row=8.0, size=8, rules=True)
    bottom = parts.table(canvas, document, left, right, 88, look)
    after = parts.sums(canvas, document, right - 66, right - 1.5, bottom + 9, size=9)
    parts.stamp(canvas, document, left + 30, after + 18, chance)
    lines = (*parts.terms(document), document.words["thanks"])
    parts.lines_of_text(canvas, left, max(after + 40, height - 30), lines, size=8.5, colour=GREY)
    return canvas
