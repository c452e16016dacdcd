"""A drawn folder is varied, complete, and the same for the same seed."""

import json
from collections import Counter

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from groundtruth.errors import InputError, RequestError
from groundtruth.invoices import FIELDS, draw_invoices, write_manifest
from groundtruth.invoices.layouts import LAYOUTS
from groundtruth.workforce import TruthFile
from groundtruth.workforce.values import amount

from .conftest import SEED

DOCUMENT_TYPES = {
    "invoice",
    "credit_note",
    "receipt",
    "purchase_order",
    "delivery_note",
    "statement",
    "other",
    "not_readable",
}


def test_the_files_are_where_they_are_promised(folder, drawn):
    assert [invoice.image for invoice in drawn] == [folder / "images" / f"invoice-{n:03d}.png" for n in range(48)]
    for invoice in drawn:
        assert invoice.pdf == folder / "pdf" / f"{invoice.image.stem}.pdf"
        assert len(pypdfium2.PdfDocument(invoice.pdf)) == 1
        with Image.open(invoice.image) as image:
            assert image.size == (invoice.width, invoice.height)
            assert image.format == "PNG"


def test_the_same_seed_draws_the_same_to_the_pixel_and_more_begin_with_the_same(tmp_path, folder, drawn):
    again = draw_invoices(tmp_path, 6, SEED)
    assert [invoice.truth() for invoice in again] == [invoice.truth() for invoice in drawn[:6]]
    for one, other in zip(again, drawn, strict=False):
        assert one.image.read_bytes() == other.image.read_bytes()
        assert one.pdf.read_bytes() == other.pdf.read_bytes()


def test_another_seed_draws_something_else(tmp_path, drawn):
    assert [i.truth() for i in draw_invoices(tmp_path, 3, SEED + 1)] != [i.truth() for i in drawn[:3]]


def test_unreadable_documents_have_the_same_bytes_too(tmp_path, drawn):
    number = next(at for at, invoice in enumerate(drawn) if invoice.document_type == "not_readable")
    again = draw_invoices(tmp_path, number + 1, SEED)[number]
    assert again.image.read_bytes() == drawn[number].image.read_bytes()
    assert again.pdf.read_bytes() == drawn[number].pdf.read_bytes()


def test_any_two_dozen_hold_every_kind_of_document(drawn):
    assert {invoice.document_type for invoice in drawn[:24]} == DOCUMENT_TYPES
    assert Counter(invoice.document_type for invoice in drawn[:24])["invoice"] == 13


def test_layouts_styles_and_papers_vary(drawn):
    assert {invoice.layout for invoice in drawn} == set(LAYOUTS)
    assert len({(invoice.width, invoice.height) for invoice in drawn if invoice.layout != "slip"}) == 2
    totals = [invoice.fields["total_amount"] or "" for invoice in drawn]
    styles = {"".join(sign for sign in total if not sign.isdigit() and sign != "-") for total in totals}
    assert {",.", ".,"} <= styles
    assert {" ,", "'."} & styles
    currencies = {invoice.fields["currency"] for invoice in drawn} - {None}
    assert len(currencies) >= 5
    dates = {
        "".join(
            "9" if sign.isdigit() else "a" if sign.isalpha() else sign for sign in invoice.fields["invoice_date"] or ""
        )
        for invoice in drawn
    }
    assert len(dates) >= 6


def test_fields_are_sometimes_missing(drawn):
    invoices = [invoice for invoice in drawn if invoice.document_type == "invoice"]
    for field in ("due_date", "purchase_order"):
        assert 0 < sum(invoice.fields[field] is None for invoice in invoices) < len(invoices)
    assert all(invoice.fields["invoice_number"] and invoice.fields["total_amount"] for invoice in invoices)


def test_subtotal_and_tax_make_the_total(drawn):
    checked = 0
    for invoice in drawn:
        if invoice.fields["total_amount"]:
            subtotal, tax, total = (amount(invoice.fields[f] or "") for f in ("subtotal", "tax_amount", "total_amount"))
            assert subtotal + tax == total
            checked += 1
    assert checked > 30


def test_every_field_that_is_there_has_one_box_and_no_other_has(drawn):
    for invoice in drawn:
        assert tuple(invoice.fields) == FIELDS
        there = [field for field, value in invoice.fields.items() if value]
        assert sorted(box.label for box in invoice.boxes) == sorted(there)


def test_the_currency_stands_beside_the_total(drawn):
    for invoice in drawn:
        boxes = {box.label: box for box in invoice.boxes}
        assert ("currency" in boxes) == ("total_amount" in boxes)
        if "currency" not in boxes:
            continue
        currency, total = boxes["currency"], boxes["total_amount"]
        first, second = sorted((currency, total), key=lambda box: box.left)
        assert 2 <= second.left - (first.left + first.width) <= 24
        assert currency.top < total.top + total.height
        assert total.top < currency.top + currency.height


def test_nothing_is_known_of_what_nobody_can_read(drawn):
    for invoice in (invoice for invoice in drawn if invoice.document_type == "not_readable"):
        assert invoice.boxes == ()
        assert set(invoice.fields.values()) == {None}
        assert pypdfium2.PdfDocument(invoice.pdf)[0].get_textpage().get_text_range().strip() == ""
        grey = np.asarray(Image.open(invoice.image).convert("L"), dtype=float)
        # No edge as sharp as a letter's is left.
        assert np.abs(np.diff(grey, axis=1)).max() <= 16


def test_scans_stay_readable(drawn):
    """The writing of every value is clearly darker or lighter than what is around it, scanned or not."""
    for invoice in drawn:
        grey = np.asarray(Image.open(invoice.image).convert("L"), dtype=float)
        for box in invoice.boxes:
            pixels = grey[box.top : box.top + box.height, box.left : box.left + box.width]
            assert pixels.max() - pixels.min() > 90, (invoice.image.name, box.label)


def test_the_truth_file_and_the_manifest_belong_together(folder, drawn):
    manifest = write_manifest(folder, "s3://demo-bucket/in/")
    truth = TruthFile.read(folder / "truth.jsonl")
    lines = [json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines()]
    assert len(lines) == len(truth) == 48
    for line, invoice in zip(lines, drawn, strict=True):
        assert line["source-ref"] == f"s3://demo-bucket/in/images/{invoice.image.name}"
        assert (line["document"], line["page"]) == (invoice.image.stem, 1)
        assert line.get("vendor") == invoice.fields["vendor_name"]
        found = truth.of(line)
        assert found is not None
        assert (found.document_type, found.width, found.height) == (
            invoice.document_type,
            invoice.width,
            invoice.height,
        )
        assert dict(found.fields) == dict(invoice.fields)
        assert [(b.label, b.left, b.top, b.width, b.height) for b in found.boxes] == [
            (b.label, b.left, b.top, b.width, b.height) for b in invoice.boxes
        ]


def test_each_image_is_announced_when_it_is_there(tmp_path):
    seen = []
    draw_invoices(tmp_path, 3, 1, on_drawn=lambda image: seen.append((image.name, image.exists())))
    assert seen == [("invoice-000.png", True), ("invoice-001.png", True), ("invoice-002.png", True)]


def test_what_cannot_be_done_is_said(tmp_path):
    with pytest.raises(RequestError, match="0 invoices cannot be drawn"):
        draw_invoices(tmp_path, 0, 1)
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        draw_invoices(tmp_path / "file", 1, 1)
    with pytest.raises(InputError, match=r"truth\.jsonl: No such file.*Draw the invoices first"):
        write_manifest(tmp_path, "s3://bucket")
    for place in ("bucket/prefix", "s3://", "https://bucket"):
        with pytest.raises(RequestError, match="no place in S3"):
            write_manifest(tmp_path, place)
