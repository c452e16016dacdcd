"""Textract-shaped exports, read back by amazon-textract-response-parser."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from trp.trp2_expense import TAnalyzeExpenseDocumentSchema

from groundtruth.export import Summary
from tests.export.conftest import EXPECTED, PAGES, boxes_label, field, line, metadata

Run = Callable[..., Summary]
TYPES = {"vendor_name": "VENDOR_NAME", "invoice_date": "INVOICE_RECEIPT_DATE", "total_amount": "TOTAL"}


def loaded(path: Path) -> list[Any]:
    document = TAnalyzeExpenseDocumentSchema().load(json.loads(path.read_text()))
    (expense,) = document.expenses_documents
    return list(expense.summaryfields)


def test_the_response_parser_reads_every_box(run: Run, tmp_path: Path) -> None:
    run("textract", *PAGES)
    assert {path.stem for path in (tmp_path / "out/all").iterdir()} == set(EXPECTED)
    for stem, boxes in EXPECTED.items():
        found = loaded(tmp_path / f"out/all/{stem}.json")
        assert [entry.ftype.text for entry in found] == [TYPES[box[0]] for box in boxes]
        for entry, (_, left, top, width, height) in zip(found, boxes, strict=True):
            box = entry.valuedetection.geometry.bounding_box
            got = (box.left * 1000, box.top * 800, box.width * 1000, box.height * 800)
            assert got == pytest.approx((left, top, width, height))


def test_boxes_and_values_of_the_same_label_are_one_field(run: Run, tmp_path: Path) -> None:
    fields = {"total_amount": field("99,00 €", confidence=0.7), "iban": field("DE02 1203"), "due_date": field(None)}
    label = {"fields": fields, "confidence": 1, "workers": 3, "status": "agreed"}
    page = line("x.png", boxes_label((2, 10, 20, 30, 40)), values=label, **{"values-metadata": metadata()})
    run("textract", page, label_attributes=("boxes", "values"))
    total, iban = loaded(tmp_path / "out/all/x.json")
    assert (total.ftype.text, total.valuedetection.text) == ("TOTAL", "99,00 €")
    assert total.valuedetection.confidence == pytest.approx(70)
    assert total.valuedetection.geometry is not None
    assert (iban.ftype.text, iban.valuedetection.text, iban.valuedetection.geometry) == ("IBAN", "DE02 1203", None)


def test_the_text_of_a_box_is_that_of_the_words_in_it(run: Run, tmp_path: Path) -> None:
    words = [
        {"text": "Acme", "left": 15, "top": 25, "width": 40, "height": 20},
        {"text": "Ltd", "left": 60, "top": 25, "width": 40, "height": 20},
        {"text": "Page", "left": 900, "top": 700, "width": 40, "height": 20},
    ]
    run("textract", line("x.png", boxes_label((0, 10, 20, 300, 40)), words=words))
    (name,) = loaded(tmp_path / "out/all/x.json")
    assert name.valuedetection.text == "Acme Ltd"


def test_a_field_has_no_keys_that_real_responses_lack(run: Run, tmp_path: Path, real_responses: list[Path]) -> None:
    real: set[str] = set()
    for path in real_responses:
        for expense in json.loads(path.read_text())["ExpenseDocuments"]:
            for entry in expense["SummaryFields"]:
                real |= paths(entry)
    run("textract", *PAGES)
    ours = json.loads((tmp_path / "out/all/a.json").read_text())["ExpenseDocuments"][0]
    assert set().union(*map(paths, ours["SummaryFields"])) <= real


def paths(value: Any, before: str = "") -> set[str]:
    if isinstance(value, dict):
        return {before}.union(*(paths(inner, f"{before}/{key}") for key, inner in value.items()))
    if isinstance(value, list):
        return {before}.union(*(paths(inner, f"{before}[]") for inner in value))
    return {before}
