"""Draws a folder of invented business documents whose every value and place is known.

    folder/pdf/invoice-000.pdf      the document
    folder/images/invoice-000.png   its page at 150 dots per inch, as sent or as scanned
    folder/truth.jsonl              what it says (docs/architecture.md, "Truth files")

The same seed draws the same documents, to the pixel; more of them begin with the same ones.
"""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from groundtruth.errors import InputError, RequestError
from groundtruth.invoices import content, scanning
from groundtruth.invoices.canvas import Canvas
from groundtruth.invoices.layouts import LAYOUTS, layout_for
from groundtruth.invoices.scanning import ValueBox

FIELDS = (
    "vendor_name",
    "invoice_number",
    "invoice_date",
    "due_date",
    "purchase_order",
    "currency",
    "subtotal",
    "tax_amount",
    "total_amount",
)
"""The fields whose values and places are known."""

_MIX = {
    content.INVOICE: 13,
    content.CREDIT_NOTE: 2,
    content.RECEIPT: 3,
    content.PURCHASE_ORDER: 2,
    content.DELIVERY_NOTE: 1,
    content.STATEMENT: 1,
    content.OTHER: 1,
    content.NOT_READABLE: 1,
}
"""How many of each kind are in every 24 documents, as a purchasing office's post has them."""


@dataclass(frozen=True, slots=True)
class DrawnInvoice:
    """One document that was drawn."""

    pdf: Path
    image: Path
    layout: str
    """Name in `groundtruth.invoices.layouts.LAYOUTS`."""
    document_type: str
    width: int
    """Of the image, in pixels."""
    height: int
    boxes: tuple[ValueBox, ...]
    """Where the values are printed, at most one box a field."""
    fields: Mapping[str, str | None]
    """Every field of `FIELDS`; None when it is not on the document."""

    def truth(self) -> dict[str, object]:
        """The document's line in the truth file."""
        return {
            "image": f"images/{self.image.name}",
            "width": self.width,
            "height": self.height,
            "document_type": self.document_type,
            "boxes": scanning.boxes_of(self.boxes),
            "fields": dict(self.fields),
        }


def draw_invoices(
    folder: Path, count: int, seed: int, on_drawn: Callable[[Path], None] | None = None
) -> tuple[DrawnInvoice, ...]:
    """Draw `count` documents into `folder`, which is made if needed.

    on_drawn is called with each image as soon as it is written. Files of the same names are replaced. Raises
    RequestError when count is less than 1, and InputError when the folder cannot be written.
    """
    if count < 1:
        raise RequestError(f"{count} invoices cannot be drawn: ask for 1 or more.")
    drawn: list[DrawnInvoice] = []
    try:
        for name in ("pdf", "images"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for number, (document_type, turn) in enumerate(_kinds(count, seed)):
            drawn.append(_draw(folder, number, document_type, turn, _stream(seed, number)))
            if on_drawn:
                on_drawn(drawn[-1].image)
        lines = "".join(json.dumps(invoice.truth(), ensure_ascii=False) + "\n" for invoice in drawn)
        (folder / "truth.jsonl").write_text(lines, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{error.filename or folder}: the invoices cannot be written ({error.strerror}).") from error
    return tuple(drawn)


def write_manifest(folder: Path, bucket_uri: str) -> Path:
    """Write folder/invoices.manifest for the drawn invoices, with the images below `bucket_uri`, and return its path.

    bucket_uri: `s3://bucket` or `s3://bucket/prefix`; the images' place there is `<bucket_uri>/images/`. Lines carry
    `source-ref`, `document`, `page` and, where one is known, `vendor`. Raises InputError without a truth file in the
    folder.
    """
    if not bucket_uri.startswith("s3://") or not bucket_uri.removeprefix("s3://").strip("/"):
        raise RequestError(f"{bucket_uri!r} is no place in S3. Write s3://bucket or s3://bucket/prefix.")
    try:
        truth = (folder / "truth.jsonl").read_text(encoding="utf-8")
        lines = [_manifest_line(json.loads(line), bucket_uri.rstrip("/")) for line in truth.splitlines()]
        manifest = folder / "invoices.manifest"
        manifest.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    except OSError as error:
        raise InputError(f"{error.filename}: {error.strerror}. Draw the invoices first (draw_invoices).") from error
    return manifest


def _manifest_line(truth: Mapping[str, object], prefix: str) -> dict[str, object]:
    image = str(truth["image"])
    fields = truth["fields"]
    vendor = fields.get("vendor_name") if isinstance(fields, Mapping) else None
    line: dict[str, object] = {"source-ref": f"{prefix}/{image}", "document": Path(image).stem, "page": 1}
    return line | ({"vendor": vendor} if vendor else {})


def _stream(seed: int, *parts: object) -> random.Random:
    return random.Random("/".join(map(str, (seed, *parts))))  # noqa: S311  drawing guards no secret


def _kinds(count: int, seed: int) -> list[tuple[str, int]]:
    """The kind of each document, and how many full pages of any kind came before it."""
    kinds: list[tuple[str, int]] = []
    while len(kinds) < count:
        block = [kind for kind, times in _MIX.items() for _ in range(times)]
        _stream(seed, "mix", len(kinds)).shuffle(block)
        kinds += [(kind, len(kinds) + at) for at, kind in enumerate(block)]
    return kinds[:count]


def _draw(folder: Path, number: int, document_type: str, turn: int, chance: random.Random) -> DrawnInvoice:
    is_readable = document_type != content.NOT_READABLE
    # What nobody can read was an invoice once.
    document = content.compose(document_type if is_readable else content.INVOICE, chance)
    layout = layout_for(document_type, turn, chance)
    canvas = LAYOUTS[layout](document, chance)
    pdf = canvas.pdf()
    page = scanning.render(pdf)
    image = scanning.scan(page, chance) if is_readable else scanning.ruin(page, chance)
    name = f"invoice-{number:03d}"
    pdf_path, image_path = folder / "pdf" / f"{name}.pdf", folder / "images" / f"{name}.png"
    pdf_path.write_bytes(pdf if is_readable else scanning.as_pdf(image))
    image.save(image_path, compress_level=3, dpi=(scanning.DOTS_PER_INCH, scanning.DOTS_PER_INCH))
    return DrawnInvoice(
        pdf=pdf_path,
        image=image_path,
        layout=layout,
        document_type=document_type,
        width=image.width,
        height=image.height,
        boxes=scanning.locate(page, canvas) if is_readable else (),
        fields=_fields(canvas) if is_readable else dict.fromkeys(FIELDS),
    )


def _fields(canvas: Canvas) -> dict[str, str | None]:
    printed = {value.field: value.text for value in canvas.printed}
    return {field: printed.get(field) for field in FIELDS}
