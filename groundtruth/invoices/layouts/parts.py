"""What layouts are made of: logo, address, head entries, table, sums, stamp."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from groundtruth.invoices.canvas import GREY, INK, WHITE, Canvas, Colour
from groundtruth.invoices.companies import Company
from groundtruth.invoices.content import STATEMENT, Document, Entry, Line

BRAND_COLOURS: tuple[Colour, ...] = (
    (24, 74, 126), (150, 32, 48), (22, 100, 84), (92, 60, 130), (176, 88, 20), (40, 52, 70), (0, 112, 150),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: which text of a line, its caption, and the end it is aligned to, in mm."""

    key: str
    caption: str
    x: float
    align: str = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLook:
    """How a table is dressed."""

    row: float = 6.2
    """Height of a row in mm."""
    size: float = 9
    head_fill: Colour | None = None
    head_colour: Colour = INK
    zebra: Colour | None = None
    rules: bool = False
    """A thin line below every row."""
    frame: bool = False
    """Lines around the table and between its columns."""


def logo(canvas: Canvas, x: float, y: float, size: float, colour: Colour, chance: random.Random) -> None:
    """A company's sign in a square of `size` mm at (x, y)."""
    kind = chance.randrange(4)
    light: Colour = tuple(channel + (255 - channel) * 3 // 5 for channel in colour)  # type: ignore[assignment]
    if kind == 0:
        canvas.disc(x + size * 0.4, y + size / 2, size * 0.4, colour)
        canvas.disc(x + size * 0.65, y + size / 2, size * 0.28, light)
    elif kind == 1:
        canvas.polygon(((x, y + size), (x + size / 2, y), (x + size, y + size)), colour)
        canvas.polygon(((x + size * 0.5, y + size), (x + size * 0.75, y + size / 2), (x + size, y + size)), light)
    elif kind == 2:
        for at, share in enumerate((0.45, 0.75, 1.0)):
            height = size * share
            canvas.box(x + at * size * 0.36, y + size - height, size * 0.26, height, fill=colour, edge=None)
    else:
        canvas.box(x, y, size, size, fill=colour, edge=None)
        canvas.disc(x + size / 2, y + size / 2, size * 0.3, WHITE)


def lines_of_text(
    canvas: Canvas,
    x: float,
    y: float,
    lines: Sequence[str],
    *,
    size: float = 9,
    colour: Colour = INK,
    align: str = "left",
) -> float:
    """Lines below each other; returns the baseline after the last."""
    for line in lines:
        canvas.text(x, y, line, size=size, colour=colour, align=align)
        y += size * 0.47
    return y


def addressee(
    canvas: Canvas, document: Document, x: float, y: float, *, size: float = 10, caption: bool = True
) -> float:
    """Who the document is for; in a purchase order that is the vendor. Returns the baseline after it."""
    to_vendor = document.vendor_is_addressee
    if caption:
        canvas.text(x, y, document.words["supplier" if to_vendor else "bill_to"], size=size - 2, colour=GREY)
        y += size * 0.5
    canvas.text(x, y, document.customer.name, size=size, style="B", field="vendor_name" if to_vendor else None)
    return lines_of_text(canvas, x, y + size * 0.5, document.customer.address, size=size)


def vendor_field(document: Document) -> str | None:
    """The field that the name in the letterhead is the value of."""
    return None if document.vendor_is_addressee else "vendor_name"


def contact(company: Company) -> tuple[str, ...]:
    """Address and ways to reach a company, a line each."""
    return (*company.address, company.phone, company.mail)


def entries_beside(
    canvas: Canvas, entries: Sequence[Entry], x: float, right: float, y: float, *, size: float = 9, colon: bool = False
) -> float:
    """Captions at `x`, texts right-aligned at `right`. Returns the baseline after the last."""
    for entry in entries:
        canvas.text(x, y, entry.caption + (":" if colon else ""), size=size, colour=GREY)
        canvas.text(right, y, entry.text, size=size, align="right", field=entry.field)
        y += size * 0.58
    return y


def entries_below(
    canvas: Canvas,
    entries: Sequence[Entry],
    x: float,
    y: float,
    *,
    size: float = 10,
    colour: Colour = INK,
    faint: Colour = GREY,
) -> float:
    """Each text below its caption, one under another. Returns the baseline after the last."""
    for entry in entries:
        canvas.text(x, y, entry.caption, size=size - 2.5, colour=faint)
        canvas.text(x, y + size * 0.47, entry.text, size=size, style="B", colour=colour, field=entry.field)
        y += size * 1.15
    return y


def columns_for(document: Document, left: float, right: float) -> tuple[Column, ...]:
    """The columns that this kind of document has, between `left` and `right` mm."""
    words, wide = document.words, right - left
    if document.document_type == STATEMENT:
        return (
            Column("item", words["reference"], left),
            Column("quantity", words["date.other"], left + wide * 0.32),
            Column("price", words["amount"], left + wide * 0.78, "right"),
            Column("amount", words["balance"], right, "right"),
        )
    item, quantity = Column("item", words["item"], left), words["quantity"]
    if not document.has_prices:
        return item, Column("quantity", quantity, right, "right")
    return (
        item,
        Column("quantity", quantity, left + wide * 0.62, "right"),
        Column("price", words["price"], left + wide * 0.81, "right"),
        Column("amount", words["amount"], right, "right"),
    )


def table(canvas: Canvas, document: Document, left: float, right: float, y: float, look: TableLook) -> float:
    """The lines of the document from the top edge `y` on; returns the bottom edge."""
    pad = 1.5
    columns = columns_for(document, left + pad, right - pad)
    base = look.row * 0.68
    top = y
    if look.head_fill:
        canvas.box(left, y, right - left, look.row + 0.6, fill=look.head_fill, edge=None)
    for column in columns:
        canvas.text(
            column.x,
            y + base,
            column.caption,
            size=look.size - 0.5,
            style="B",
            colour=look.head_colour,
            align=column.align,
        )
    y += look.row + 0.6
    if not look.head_fill:
        canvas.line(left, y, right, y, width=0.4)
    for at, line in enumerate(document.lines):
        if look.zebra and at % 2:
            canvas.box(left, y, right - left, look.row, fill=look.zebra, edge=None)
        for column in columns:
            canvas.text(column.x, y + base, _cell(line, column.key), size=look.size, align=column.align)
        y += look.row
        if look.rules:
            canvas.line(left, y, right, y, width=0.1, colour=GREY)
    if look.frame:
        _frame(canvas, columns, (left, top, right, y))
    elif not look.zebra and not look.rules:
        canvas.line(left, y, right, y, width=0.4)
    return y


def _cell(line: Line, key: str) -> str:
    return str(getattr(line, key))


def _frame(canvas: Canvas, columns: Sequence[Column], edges: tuple[float, float, float, float]) -> None:
    left, top, right, bottom = edges
    canvas.box(left, top, right - left, bottom - top)
    for before, column in pairwise(columns):
        between = before.x + 2.4 if column.align == "left" or before.align == "right" else None
        x = between if between is not None else column.x - 20
        canvas.line(x, top, x, bottom)


def sums(
    canvas: Canvas,
    document: Document,
    caption_x: float,
    right: float,
    y: float,
    *,
    size: float = 9.5,
    colour: Colour = INK,
    leader: bool = True,
) -> float:
    """Subtotal, tax and total with the currency beside it, amounts right-aligned. Returns the baseline after the total."""
    mark, total_size = document.currency, size + 1.5
    room = canvas.text_width(mark, total_size, "B") + 1.5 if mark and not document.currency_first else 0.0
    for entry in document.sums[:-1]:
        canvas.text(caption_x, y, entry.caption, size=size, colour=colour)
        canvas.text(right - room, y, entry.text, size=size, align="right", colour=colour, field=entry.field)
        y += size * 0.62
    for entry in document.sums[-1:]:
        if leader and len(document.sums) > 1:
            canvas.line(caption_x, y - size * 0.34, right, y - size * 0.34, width=0.3, colour=colour)
        y += size * 0.2
        canvas.text(caption_x, y, entry.caption, size=total_size, style="B", colour=colour)
        width = canvas.text(
            right - room, y, entry.text, size=total_size, style="B", align="right", colour=colour, field=entry.field
        )
        if mark:
            x = right - room - width - 1.5 if document.currency_first else right
            canvas.text(x, y, mark, size=total_size, style="B", align="right", colour=colour, field="currency")
        y += total_size * 0.6
    return y


def stamp(canvas: Canvas, document: Document, x: float, y: float, chance: random.Random) -> None:
    """Sometimes a stamp that the receiving office left; its date is nobody's field."""
    if chance.random() < 0.35:
        received = document.document_type != "invoice" or chance.random() < 0.5
        lines = (document.words["received"], document.day) if received else (document.words["paid"],)
        colour = chance.choice(((186, 40, 44), (44, 66, 160), (60, 120, 80)))
        canvas.stamp(x, y, lines, angle=chance.uniform(-14, 14), colour=colour)


def terms(document: Document) -> tuple[str, ...]:
    """What is said about paying: days to pay only where no due date is printed."""
    if document.document_type != "invoice":
        return ()
    has_due_date = any(entry.field == "due_date" for entry in document.head)
    return () if has_due_date else (document.words["terms"],)
