"""A modern page: a band of colour across the top with the name in white, a striped table, the total in a coloured box."""

import random

from groundtruth.invoices.canvas import GREY, INK, WHITE, Canvas
from groundtruth.invoices.content import Document
from groundtruth.invoices.layouts import parts


def draw(document: Document, chance: random.Random) -> Canvas:
    """Lay the document out."""
    width, height = document.region.paper
    canvas, left, right = Canvas(width, height, "Helvetica"), 18.0, width - 18.0
    issuer, colour = document.issuer, chance.choice(parts.BRAND_COLOURS)
    canvas.box(0, 0, width, 34, fill=colour, edge=None)
    title = document.title.upper()
    name_size = canvas.fitting_size(issuer.name, 17, (right - left) * 0.5, "B")
    canvas.text(left, 18, issuer.name, size=name_size, style="B", colour=WHITE, field=parts.vendor_field(document))
    canvas.text(left, 26, f"{issuer.street}, {issuer.city}", size=8.5, colour=WHITE)
    title_size = canvas.fitting_size(title, 22, (right - left) * 0.45)
    canvas.text(right, 21, title, size=title_size, colour=WHITE, align="right")
    step = (right - left) / max(len(document.head), 3)
    for at, entry in enumerate(document.head):
        x = left + at * step
        canvas.text(x, 47, entry.caption, size=7.5, colour=GREY)
        canvas.text(x, 52.5, entry.text, size=10 if len(document.head) < 5 else 8.5, style="B", field=entry.field)
    canvas.line(left, 58, right, 58, width=0.3, colour=GREY)
    parts.addressee(canvas, document, left, 68)
    look = parts.TableLook(row=7.2, head_fill=colour, head_colour=WHITE, zebra=(240, 243, 247))
    bottom = parts.table(canvas, document, left, right, 96, look)
    if document.sums:
        rows = 7.0 * len(document.sums)
        canvas.box(width - 96, bottom + 6, 78, rows + 9, fill=(240, 243, 247), edge=None)
        parts.sums(canvas, document, width - 91, right - 5, bottom + 14, colour=INK)
    parts.stamp(canvas, document, 56, bottom + 26, chance)
    parts.lines_of_text(canvas, left, bottom + 48, (*parts.terms(document), document.words["thanks"]), size=9)
    canvas.box(0, height - 16, width, 16, fill=(240, 243, 247), edge=None)
    footer = "    ".join(
        (issuer.site, issuer.mail, issuer.phone, f"{document.words['tax_id']} {issuer.tax_id}", issuer.account)
    )
    canvas.text(width / 2, height - 7, footer, size=7, colour=GREY, align="centre")
    return canvas
