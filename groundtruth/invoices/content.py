"""What a document says, before it is laid out: parties, numbers, days, lines that add up, all printed in one region's
style.
"""

import datetime
import random
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from groundtruth.invoices.companies import PRODUCTS_KNOWN, Company, choose_products, invent_company
from groundtruth.invoices.regions import REGIONS, Region, write_amount, write_code, write_date, write_quantity
from groundtruth.invoices.wording import choose_wording

INVOICE, CREDIT_NOTE, RECEIPT = "invoice", "credit_note", "receipt"
PURCHASE_ORDER, DELIVERY_NOTE, STATEMENT, OTHER = "purchase_order", "delivery_note", "statement", "other"
NOT_READABLE = "not_readable"

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table, as printed."""

    item: str
    quantity: str
    price: str
    amount: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A caption with its text; `field` when that text is the value of a field."""

    caption: str
    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """Everything that a layout prints."""

    document_type: str
    region: Region
    words: dict[str, str]
    """Captions by key of `groundtruth.invoices.wording`."""
    issuer: Company
    customer: Company
    head: tuple[Entry, ...]
    """Numbers and dates of the document's head."""
    lines: tuple[Line, ...]
    sums: tuple[Entry, ...]
    """Subtotal, tax and total, as far as the document has them; the total is last."""
    currency: str | None
    """How the currency is printed beside the total."""
    currency_first: bool
    has_prices: bool
    day: str
    """The document's day as printed, for stamps."""

    @property
    def title(self) -> str:
        """What the document calls itself."""
        return self.words[f"title.{OTHER if self.document_type == NOT_READABLE else self.document_type}"]

    @property
    def vendor_is_addressee(self) -> bool:
        """True for a purchase order: the buyer writes, the vendor receives."""
        return self.document_type == PURCHASE_ORDER


def compose(document_type: str, chance: random.Random) -> Document:
    """Invent a document. Its lines add up to the subtotal, and subtotal and tax to the total, to the cent."""
    region = chance.choice(REGIONS)
    words = {key: region.spelled(text) for key, text in choose_wording(region.language, chance).items()}
    issuer, customer = invent_company(region, chance), invent_company(region, chance)
    while customer.name.split()[0] == issuer.name.split()[0]:
        customer = invent_company(region, chance)
    day = datetime.date(2026, 1, 1) + datetime.timedelta(days=chance.randint(0, 300))
    form = chance.choice(region.dates)
    has_sums = document_type in (INVOICE, CREDIT_NOTE, RECEIPT, PURCHASE_ORDER)
    lines, subtotal = _lines(document_type, region, chance)
    if document_type == STATEMENT:
        lines, subtotal = _open_items(region, day, form, chance)
    use_sign = chance.random() < 0.5
    return Document(
        document_type=document_type,
        region=region,
        words=words,
        issuer=issuer,
        customer=customer,
        head=_head(document_type, region, words, day, form, chance),
        lines=() if document_type == OTHER else lines,
        sums=_sums(document_type, region, words, subtotal, chance) if has_sums or document_type == STATEMENT else (),
        currency=(region.sign if use_sign else region.currency) if has_sums else None,
        currency_first=region.sign_first if use_sign else chance.random() < 0.6,
        has_prices=document_type != DELIVERY_NOTE,
        day=write_date(day + datetime.timedelta(days=chance.randint(2, 9)), region.dates[0], region.language),
    )


def _lines(document_type: str, region: Region, chance: random.Random) -> tuple[tuple[Line, ...], Decimal]:
    most = 5 if document_type == RECEIPT else chance.choice((4, 7, PRODUCTS_KNOWN))
    count = chance.randint(most // 2, most)
    sign = -1 if document_type == CREDIT_NOTE and chance.random() < 0.6 else 1
    lines, subtotal = [], Decimal(0)
    for product in choose_products(region, count, chance):
        quantity = Decimal(chance.choice(("1", "1", "2") if document_type == RECEIPT else product.quantities))
        price = int(product.price * chance.uniform(70, 150)) * _CENT
        amount = (sign * quantity * price).quantize(_CENT, ROUND_HALF_UP)
        subtotal += amount
        numbers = region.numbers
        lines.append(
            Line(
                region.spelled(product.name),
                write_quantity(quantity, numbers),
                write_amount(price, numbers),
                write_amount(amount, numbers),
            )
        )
    return tuple(lines), subtotal


def _open_items(
    region: Region, day: datetime.date, form: str, chance: random.Random
) -> tuple[tuple[Line, ...], Decimal]:
    """A statement's lines: document, day, amount billed, amount still open."""
    lines, balance = [], Decimal(0)
    for age in sorted(chance.sample(range(5, 120), chance.randint(3, 8)), reverse=True):
        billed = Decimal(chance.randint(2000, 240000)) * _CENT
        still_open = billed if chance.random() < 0.7 else (billed / 2).quantize(_CENT, ROUND_HALF_UP)
        balance += still_open
        billed_on = write_date(day - datetime.timedelta(days=age), form, region.language)
        amounts = (write_amount(billed, region.numbers), write_amount(still_open, region.numbers))
        lines.append(Line(write_code("RE-20##-####", chance), billed_on, *amounts))
    return tuple(lines), balance


def _sums(
    document_type: str, region: Region, words: dict[str, str], subtotal: Decimal, chance: random.Random
) -> tuple[Entry, ...]:
    if document_type == STATEMENT:
        # A balance of earlier invoices is not the total of this document, so it is no field.
        return (Entry(words["open"], write_amount(subtotal, region.numbers)),)
    rate = Decimal(chance.choice(region.tax_rates))
    tax = (subtotal * rate / 100).quantize(_CENT, ROUND_HALF_UP)
    percent = f"{words['tax']} {write_quantity(rate, region.numbers)} %"
    return (
        Entry(words["subtotal"], write_amount(subtotal, region.numbers), "subtotal"),
        Entry(percent, write_amount(tax, region.numbers), "tax_amount"),
        Entry(
            words.get(f"total.{document_type}", words["total"]),
            write_amount(subtotal + tax, region.numbers),
            "total_amount",
        ),
    )


_NUMBERS = {
    INVOICE: ("INV-#####", "20260####", "RE-2026-####", "F26/####", "#######"),
    CREDIT_NOTE: ("CN-####", "GS-2026-###", "A26/###"),
    RECEIPT: ("00####", "####-##", "######"),
    DELIVERY_NOTE: ("DN-#####", "LS-26####"),
    STATEMENT: ("D1####",),
    OTHER: ("@@/2026",),
}
_ORDER_NUMBERS = ("PO-#####", "45000#####", "B-2026/###", "4501-####")


def _head(
    document_type: str, region: Region, words: dict[str, str], day: datetime.date, form: str, chance: random.Random
) -> tuple[Entry, ...]:
    """Numbers and dates; the order varies, and what is optional is sometimes missing."""
    billing = document_type in (INVOICE, CREDIT_NOTE, RECEIPT)
    order = write_code(chance.choice(_ORDER_NUMBERS), chance)
    entries = []
    if document_type in _NUMBERS:
        number = write_code(chance.choice(_NUMBERS[document_type]), chance)
        entries.append(Entry(words[f"number.{document_type}"], number, "invoice_number" if billing else None))
    caption = words["date.invoice" if document_type == INVOICE else "date.other"]
    entries.append(Entry(caption, write_date(day, form, region.language), "invoice_date" if billing else None))
    if document_type == PURCHASE_ORDER:
        entries.insert(0, Entry(words["order.own"], order, "purchase_order"))
    if document_type == INVOICE and chance.random() < 0.75:
        due = day + datetime.timedelta(days=chance.choice((10, 14, 30, 45, 60)))
        entries.append(Entry(words["due"], write_date(due, form, region.language), "due_date"))
    if document_type in (INVOICE, CREDIT_NOTE, DELIVERY_NOTE) and chance.random() < 0.6:
        entries.append(Entry(words["order"], order, "purchase_order"))
    if document_type == CREDIT_NOTE:
        entries.append(Entry(words["original"], write_code("INV-#####", chance)))
    if document_type in (INVOICE, CREDIT_NOTE, DELIVERY_NOTE) and chance.random() < 0.5:
        entries.append(Entry(words["customer"], write_code("K#####", chance)))
    if document_type in (INVOICE, DELIVERY_NOTE) and chance.random() < 0.35:
        delivered = day - datetime.timedelta(days=chance.randint(1, 12))
        entries.append(Entry(words["delivered"], write_date(delivered, form, region.language)))
    return tuple(entries)
