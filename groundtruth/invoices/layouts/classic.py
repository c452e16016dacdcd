"""An old-fashioned letterhead in Times: name left, contact right, ruled table, sums at the right."""

import random

from groundtruth.invoices.canvas import GREY, Canvas
from groundtruth.invoices.content import Document
from groundtruth.invoices.layouts import parts


def draw(document: Document, chance: random.Random) -> Canvas:
    """Lay the document out."""
    width, height = document.region.paper
    canvas, left, right = Canvas(width, height, "Times"), 22.0, width - 22.0
    issuer, colour = document.issuer, chance.choice(parts.BRAND_COLOURS)
    parts.logo(canvas, left, 16, 13, colour, chance)
    name_size = canvas.fitting_size(issuer.name, 18, right - left - 76, "B")
    canvas.text(left + 18, 25, issuer.name, size=name_size, style="B", field=parts.vendor_field(document))
    parts.lines_of_text(canvas, right, 19, parts.contact(issuer), size=8.5, colour=GREY, align="right")
    canvas.line(left, 35, right, 35, width=0.6, colour=colour)
    parts.addressee(canvas, document, left, 48)
    canvas.text(right, 52, document.title, size=20, align="right", style="B")
    below = parts.entries_beside(canvas, document.head, width - 88, right, 62, size=10, colon=True)
    look = parts.TableLook(row=chance.choice((6.0, 6.8)), size=10, rules=chance.random() < 0.5)
    bottom = parts.table(canvas, document, left, right, max(below + 8, 92), look)
    after = parts.sums(canvas, document, width - 92, right, bottom + 8, size=10.5)
    parts.stamp(canvas, document, 62, bottom + 24, chance)
    lines = (*parts.terms(document), document.words["thanks"])
    parts.lines_of_text(canvas, left, max(after + 16, bottom + 44), lines, size=10)
    canvas.line(left, height - 24, right, height - 24, colour=GREY)
    footer = f"{document.words['tax_id']} {issuer.tax_id}   ·   {document.words['bank']}: {issuer.account}"
    canvas.text(width / 2, height - 19, footer, size=8, colour=GREY, align="centre")
    return canvas
