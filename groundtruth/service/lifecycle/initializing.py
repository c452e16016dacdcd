"""The first step of a job: its manifest, template and label categories are read, once."""

import itertools
import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, delete

from groundtruth.errors import ManifestError, TemplateError
from groundtruth.jobs.categories import parse_label_categories
from groundtruth.manifest import read_manifest
from groundtruth.service import journal
from groundtruth.service.lifecycle.means import Job, Means, set_status
from groundtruth.service.prepared import adding
from groundtruth.service.records import data_objects
from groundtruth.service.requests import s3_location
from groundtruth.service.status import IN_PROGRESS, INITIALIZING

MOST_OBJECTS = 100_000
"""Data objects of one job (developer guide, input-data-limits)."""

_ROWS_AT_ONCE = 2000
_ADD_OBJECT = adding(data_objects, "job_id", "number", "line", "state")


def initialize(means: Means, job: Job) -> None:
    """Enter every line of the manifest, and begin.

    Raises ManifestError or StorageError; what was entered before is entered anew by the next try.
    """
    task = job.asked["HumanTaskConfig"]
    template = _template(means, task["UiConfig"]["UiTemplateS3Uri"])
    categories = None
    if uri := job.asked.get("LabelCategoryConfigS3Uri"):
        categories = json.dumps(parse_label_categories(means.storage.get(s3_location(uri)), uri).names)
    forget_objects(means, job.id)
    objects = already_labeled = 0
    rows = _rows(means, job)
    while chunk := list(itertools.islice(rows, _ROWS_AT_ONCE)):
        objects += len(chunk)
        already_labeled += sum(row["state"] == "skipped" for row in chunk)
        if objects > MOST_OBJECTS:
            raise ManifestError(
                f"{job.request.manifest}: more than {MOST_OBJECTS:,} lines, which one job takes. Split the manifest."
            )
        means.database.write(lambda connection, chunk=chunk: _enter(connection, chunk))  # type: ignore[misc]
    counted = {"objects": objects, "already_labeled": already_labeled}

    def begin(connection: Connection) -> None:
        now = means.clock()
        details: dict[str, Any] = counted | {"template": template, "label_categories": categories}
        if set_status(connection, job.id, now, IN_PROGRESS, only_from=(INITIALIZING,), **details):
            already = f", {already_labeled:,} of them labeled before" if already_labeled else ""
            journal.note(connection, job.id, now, journal.INFO, f"The manifest has {objects:,} data objects{already}.")

    means.database.write(begin)


def forget_objects(means: Means, job_id: int) -> None:
    """Take out the lines that were entered."""
    mine = delete(data_objects).where(data_objects.c.job_id == job_id)
    means.database.write(lambda connection: connection.execute(mine) and None)


def _template(means: Means, uri: str) -> str:
    try:
        return means.storage.get(s3_location(uri)).decode("utf-8")
    except UnicodeDecodeError as error:
        raise TemplateError(f"{uri}: is not UTF-8 at byte {error.start}. Save the template as UTF-8.") from error


def _rows(means: Means, job: Job) -> Iterator[dict[str, Any]]:
    manifest = job.request.manifest
    text = b""

    def kept_lines() -> Iterator[bytes]:
        nonlocal text
        for line in means.storage.lines(manifest):
            text = line
            yield line

    for line in read_manifest(kept_lines(), str(manifest)):
        is_labeled = job.request.label_attribute in line.data_object
        state = "skipped" if is_labeled else "pending"
        yield {"job_id": job.id, "number": line.number - 1, "line": text.decode(), "state": state}


def _enter(connection: Connection, rows: list[dict[str, Any]]) -> None:
    _ADD_OBJECT.run_for_each(connection, rows)
