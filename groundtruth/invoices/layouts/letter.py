"""A business letter with an address window, a block of facts at the right, and the sums in a box; details at the foot."""

import random

from groundtruth.invoices.canvas import GREY, INK, Canvas
from groundtruth.invoices.content import Document
from groundtruth.invoices.layouts import parts


def draw(document: Document, chance: random.Random) -> Canvas:
    """Lay the document out."""
    width, height = document.region.paper
    canvas = Canvas(width, height, chance.choice(("Helvetica", "Times")))
    left, right, issuer, words = 25.0, width - 20.0, document.issuer, document.words
    colour = chance.choice(parts.BRAND_COLOURS)
    parts.logo(canvas, right - 14, 12, 14, colour, chance)
    name_x = right - 18
    canvas.text(
        name_x, 22, issuer.name, size=14, style="B", align="right", colour=colour, field=parts.vendor_field(document)
    )
    canvas.text(left, 48, f"{issuer.site} · {issuer.street} · {issuer.city}", size=6.5, colour=GREY)
    canvas.line(left, 49.4, left + 80, 49.4, width=0.1, colour=GREY)
    parts.addressee(canvas, document, left, 56, size=10.5, caption=document.vendor_is_addressee)
    below = parts.entries_beside(canvas, document.head, width - 85, right, 52, size=9.5)
    canvas.line(width - 88, 47, width - 88, below - 2, width=0.3, colour=colour)
    canvas.text(left, max(below, 82) + 12, document.title, size=14, style="B")
    y = max(below, 82) + 21
    if not document.lines:
        for paragraph in words["letter"].split("|"):
            y = _paragraph(canvas, paragraph, left, right, y) + 4
        return _footer(canvas, document)
    if document.document_type == "invoice":
        canvas.text(left, y, words["intro"], size=10)
        y += 6
    bottom = parts.table(canvas, document, left, right, y, parts.TableLook(row=6.4, size=9.5))
    after = bottom
    if document.sums:
        rows = 6.4 * len(document.sums)
        canvas.box(width - 98, bottom + 5, 78, rows + 9, edge=INK)
        after = parts.sums(canvas, document, width - 95, right - 3, bottom + 12, size=10)
    parts.stamp(canvas, document, 66, bottom + 24, chance)
    parts.lines_of_text(canvas, left, after + 16, (*parts.terms(document), words["thanks"]), size=10)
    return _footer(canvas, document)


def _paragraph(canvas: Canvas, text: str, left: float, right: float, y: float) -> float:
    """Text broken into lines at spaces; returns the baseline after the last."""
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if canvas.text_width(longer, 11) > right - left:
            canvas.text(left, y, line, size=11)
            y, longer = y + 5.4, word
        line = longer
    canvas.text(left, y, line, size=11)
    return y + 5.4


def _footer(canvas: Canvas, document: Document) -> Canvas:
    issuer, words, y = document.issuer, document.words, canvas.height - 26
    canvas.line(25, y, canvas.width - 20, y, width=0.2, colour=GREY)
    blocks = (
        (issuer.site, issuer.street, issuer.city),
        (issuer.phone, issuer.mail, f"{words['tax_id']} {issuer.tax_id}"),
        (words["bank"], issuer.account, words["page"]),
    )
    for at, lines in enumerate(blocks):
        parts.lines_of_text(canvas, 25 + at * 58, y + 5, lines, size=7.5, colour=GREY)
    return canvas
