"""CSV exports: every value comes back, and none runs as a formula."""

import csv
from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from groundtruth.export import Summary
from groundtruth.export.formats.csv_tables import safe_cell
from tests.export.conftest import EXPECTED, PAGES, boxes_label, field, line, metadata

Run = Callable[..., Summary]


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_box_is_a_row(run: Run, tmp_path: Path) -> None:
    run("csv", *PAGES)
    found: dict[str, list[tuple[str, float, float, float, float]]] = {
        Path(r["source_ref"]).stem: [] for r in table(tmp_path / "out/pages.csv")
    }
    for row in table(tmp_path / "out/boxes.csv"):
        left, top, width, height = (float(row[side]) for side in ("left", "top", "width", "height"))
        found[Path(row["source_ref"]).stem].append((row["label"], left, top, width, height))
    assert found == EXPECTED
    assert not (tmp_path / "out/fields.csv").exists()


def test_every_field_is_a_column_of_its_page_and_a_row_of_its_own(run: Run, tmp_path: Path) -> None:
    fields = {"total_amount": field("-1.204,50", normalized="-1204.50"), "page": field("=1+1"), "iban": field(None)}
    first = {"fields": fields, "confidence": 0.9, "status": "agreed"}
    second = {"fields": {"due_date": field("1. März")}, "confidence": 0.9, "status": "low_agreement"}
    manifest = [line(f"{n}.png", values=v, **{"values-metadata": metadata()}) for n, v in enumerate((first, second))]
    run("csv", *manifest)
    one, two = table(tmp_path / "out/pages.csv")
    assert (one["total_amount"], one["page (field)"], one["iban"], one["due_date"]) == ("-1.204,50", "'=1+1", "", "")
    assert (two["due_date"], two["status"], two["page"]) == ("1. März", "low_agreement", "1")
    rows = table(tmp_path / "out/fields.csv")
    assert (rows[0]["field"], rows[0]["value"], rows[0]["normalized"]) == ("total_amount", "-1.204,50", "-1204.50")
    assert len(rows) == 4


def test_labels_and_keys_cannot_bring_formulas(run: Run, tmp_path: Path) -> None:
    label = boxes_label((0, 1, 1, 9, 9))
    label["class-map"] = {"0": "@SUM(A1)"}
    run("csv", line("x.png", label, vendor="+cmd|' /C calc'!A0", document="\t=1"))
    (row,) = table(tmp_path / "out/boxes.csv")
    assert (row["label"], row["vendor"], row["document"]) == ("'@SUM(A1)", "'+cmd|' /C calc'!A0", "'\t=1")


@given(st.text(alphabet="=+-@'\t\r\n 1.,aé\uff1d") | st.text())
def test_no_text_begins_a_formula_and_all_come_back(text: str) -> None:
    cell = safe_cell(text)
    begins = cell.lstrip()[:1]
    assert begins not in {"=", "@", "\uff1d"}
    assert begins not in {"+", "-"} or set(cell[1:]) <= set("0123456789.,")
    is_marked = cell.startswith("'") and safe_cell(cell) != cell
    assert (cell[1:] if is_marked else cell) == text
