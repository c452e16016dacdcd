"""Tables for spreadsheets: one of pages with a column for every field, one of boxes, and one of field values with their normal forms.

A cell that a spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@`, a tab or a line end, and is no plain number) begins with an
apostrophe, and so does one that has apostrophes before such a beginning: taking one apostrophe away from these gives the text back.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from typing import IO, Any

from groundtruth.export.formats.base import Format, Page, Target
from groundtruth.export.model import Field, Kind

_FORMULA = re.compile(r"[\s']*[=+\-@\uff1d\uff0b\uff0d\uff20]|'*[\t\r\n]")
_NUMBER = re.compile(r"[+-]?[\d.,]*\d")
_ROW_END = "\r\n"
_ROWS_AT_ONCE = 1000
_PAGE = ("part", "source_ref", "document", "page", "vendor")


def safe_cell(value: Any) -> Any:
    """The value as a cell that no spreadsheet runs."""
    if value is None:
        return ""
    if isinstance(value, str) and not value[:1].isalnum() and _FORMULA.match(value) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value


class _Rows:
    """Takes what `csv.writer` makes of a row, which it hands on in one piece."""

    def __init__(self) -> None:
        self._last = ""
        self._csv = csv.writer(self)

    def write(self, row: str) -> None:
        self._last = row

    def text(self, cells: Iterable[Any]) -> str:
        """Two or more cells as they stand in a table, without the row's end. (A row of one empty cell alone would have quotes.)"""
        self._csv.writerow(map(safe_cell, cells))
        return self._last.removesuffix(_ROW_END)


class _Table:
    def __init__(self, file: IO[bytes], header: str) -> None:
        self._file = file
        self._rows = [header]

    def add(self, rows: Iterable[str]) -> None:
        """Rows, each without its end."""
        self._rows += rows
        if len(self._rows) >= _ROWS_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        if self._rows:
            self._file.write((_ROW_END.join(self._rows) + _ROW_END).encode("utf-8", "replace"))
            self._rows.clear()


class _Writer:
    def __init__(self, target: Target) -> None:
        self._target = target
        self._fields = target.field_names
        self._rows = _Rows()
        self._labels: dict[str, str] = {}
        self._tables: list[_Table] = []
        columns = ("width", "height", "document_type", "confidence", "status", *self._field_columns())
        self._pages = self._table("pages", columns)
        if Kind.BOXES in target.kinds:
            self._boxes = self._table("boxes", ("label", "left", "top", "width", "height", "confidence"))
        if Kind.FIELDS in target.kinds:
            self._values = self._table("fields", ("field", "value", "normalized", "absent", "confidence", "status"))

    def _table(self, name: str, columns: Sequence[str]) -> _Table:
        table = _Table(self._target.folder.stream(f"{name}.csv"), self._rows.text((*_PAGE, *columns)))
        self._tables.append(table)
        return table

    def _field_columns(self) -> list[str]:
        """Field names, marked where the table has such a column already."""
        taken = {*_PAGE, "width", "height", "document_type", "confidence", "status"}
        return [f"{name} (field)" if name in taken else name for name in self._fields]

    def write(self, page: Page) -> None:
        document = page.document
        size, found = document.size, document.document_type
        texts = (page.part, document.source_ref or document.text, document.document, document.page, document.vendor)
        start = self._rows.text(texts)  # the same in all of the page's rows
        values = {field.name: field.value for field in document.fields} if self._fields else {}
        rest = (
            *((size.width, size.height) if size else ("", "")),
            found.name if found else "",
            document.confidence,
            document.status,
            *[values.get(name) for name in self._fields],
        )
        self._pages.add((f"{start},{self._rows.text(rest)}",))
        if document.boxes:
            self._boxes.add([f"{start},{self._box_cells(*box)}" for box in document.boxes])
        if document.fields:
            self._values.add([f"{start},{self._field_cells(field)}" for field in document.fields])

    def _box_cells(
        self, label: str, left: float, top: float, width: float, height: float, confidence: float | None
    ) -> str:
        cell = self._labels.get(label)
        if cell is None:
            cell = self._labels[label] = self._rows.text((label, "")).removesuffix(",")
        return f"{cell},{left},{top},{width},{height},{'' if confidence is None else confidence}"

    def _field_cells(self, field: Field) -> str:
        absent = "yes" if field.is_absent else ""
        return self._rows.text((field.name, field.value, field.normalized, absent, field.confidence, field.status))

    def close(self) -> None:
        for table in self._tables:
            table.flush()


CSV = Format("csv", frozenset(Kind), _Writer, wants_field_names=True)
