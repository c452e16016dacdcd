"""Reads an input manifest line by line, and refuses what Ground Truth would not take (contract section 5)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from groundtruth.errors import ManifestError
from groundtruth.manifest.checking import check_line


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """One data object. `number` counts from 1; `dataset_object_id` is Ground Truth's id of it, counted from 0."""

    number: int
    data_object: dict[str, object]

    @property
    def dataset_object_id(self) -> str:
        """The zero-based line index, as Ground Truth gives it in practice."""
        return str(self.number - 1)

    @property
    def source_ref(self) -> str | None:
        """The object's S3 URI; None when the line holds its text in `source`."""
        value = self.data_object.get("source-ref")
        return value if isinstance(value, str) else None


def read_manifest(lines: Iterable[bytes], name: str) -> Iterator[ManifestLine]:
    """Parse and check the lines of the manifest called `name`, one at a time.

    Blank lines at the end are fine. Raises ManifestError naming the first bad line, what is wrong with it and the remedy.
    """
    blank: int | None = None
    number = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            blank = blank or number
            continue
        if blank is not None:
            raise ManifestError(f"{name}, line {blank}: the line is blank. Remove it: every line is one JSON object.")
        checked = check_line(line)
        for problem in checked.problems:
            raise ManifestError(f"{name}, line {number}: {problem.message} {problem.remedy}")
        assert checked.data_object is not None  # a line without problems has its object
        yield ManifestLine(number, checked.data_object)
    if number == 0 or blank == 1:
        raise ManifestError(f"{name}: the manifest is empty. Write one JSON object a line.")
