"""Tables for spreadsheets: one of pages with a column for every field, one of boxes, and one of field values with their normal forms.

A cell that a spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@`, a tab or a line end, and is no plain number) begins with an
apostrophe, and so does one that has apostrophes before such a beginning: taking one apostrophe away from these gives the text back.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import IO, Any

from groundtruth.export.formats.base import Format, Page, Target
from groundtruth.export.model import Kind

_FORMULA = re.compile(r"[\s']*[=+\-@\uff1d\uff0b\uff0d\uff20]|'*[\t\r\n]")
_NUMBER = re.compile(r"[+-]?[\d.,]*\d")
_PAGE = ("part", "source_ref", "document", "page", "vendor")


def safe_cell(value: Any) -> Any:
    """The value as a cell that no spreadsheet runs."""
    if value is None:
        return ""
    if isinstance(value, str) and not value[:1].isalnum() and _FORMULA.match(value) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value


class _Table:
    def __init__(self, file: IO[bytes], columns: Iterable[str]) -> None:
        self._file = file
        self._buffer = io.StringIO()
        self._csv = csv.writer(self._buffer)
        self.safe_row([safe_cell(column) for column in columns])

    def safe_row(self, cells: Sequence[Any]) -> None:
        """One row of numbers and of texts that are safe already."""
        self._csv.writerow(cells)
        if self._buffer.tell() > 1 << 16:
            self.flush()

    def flush(self) -> None:
        self._file.write(self._buffer.getvalue().encode("utf-8", "replace"))
        self._buffer.seek(0)
        self._buffer.truncate()


class _Writer:
    def __init__(self, target: Target) -> None:
        self._target = target
        self._fields = target.field_names
        columns = (*_PAGE, "width", "height", "document_type", "confidence", "status", *self._field_columns())
        self._pages = _Table(target.folder.stream("pages.csv"), columns)
        self._tables = [self._pages]
        if Kind.BOXES in target.kinds:
            self._boxes = self._table("boxes", ("label", "left", "top", "width", "height", "confidence"))
        if Kind.FIELDS in target.kinds:
            self._values = self._table("fields", ("field", "value", "normalized", "absent", "confidence", "status"))

    def _table(self, name: str, columns: Sequence[str]) -> _Table:
        table = _Table(self._target.folder.stream(f"{name}.csv"), (*_PAGE, *columns))
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
        start = [safe_cell(text) for text in texts]
        values = {field.name: field.value for field in document.fields} if self._fields else {}
        self._pages.safe_row(
            (
                *start,
                *((size.width, size.height) if size else ("", "")),
                safe_cell(found.name) if found else "",
                document.confidence,
                safe_cell(document.status),
                *[safe_cell(values.get(name)) for name in self._fields],
            )
        )
        for box in document.boxes:
            self._boxes.safe_row((*start, safe_cell(box.label), *box[1:]))
        for field in document.fields:
            absent = "yes" if field.is_absent else ""
            told = (field.name, field.value, field.normalized, absent, field.confidence, field.status)
            self._values.safe_row((*start, *map(safe_cell, told)))

    def close(self) -> None:
        for table in self._tables:
            table.flush()


CSV = Format("csv", frozenset(Kind), _Writer, wants_field_names=True)
