"""The last step of a job: its output manifest, and its last status."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, select

from groundtruth.jobs.output import manifest_line
from groundtruth.service import journal, places
from groundtruth.service.lifecycle.completing import output_line, write_intermediate
from groundtruth.service.lifecycle.means import Job, Means, set_status
from groundtruth.service.records import data_objects
from groundtruth.service.status import END_OF

_LINES_AT_ONCE = 1000
_DONE = ("labeled", "failed", "skipped")


def finish(means: Means, job: Job) -> None:
    """Write the output manifest and end the job. Raises StorageError."""
    if job.iteration:
        write_intermediate(means, job, job.iteration)
    if job.objects:
        with tempfile.NamedTemporaryFile(suffix=".manifest", delete_on_close=False) as spool:
            for line, result in _objects(means, job):
                spool.write(manifest_line(output_line(line, result)))
            spool.close()
            means.storage.put_file(job.tree(means).manifest, Path(spool.name))
    end = END_OF[job.status]

    def work(connection: Connection) -> None:
        now = means.clock()
        if set_status(connection, job.id, now, end, only_from=(job.status,), ended_at=now):
            places.withdraw(connection, job.id)
            journal.note(connection, job.id, now, journal.INFO, f"The job is {end.lower()}.")

    means.database.write(work)


def _objects(means: Means, job: Job) -> Iterator[tuple[str, str | None]]:
    """Lines and results of the objects that the output manifest has a line for, in the input's order."""
    is_wanted = data_objects.c.job_id == job.id
    if not means.settings.unfinished_lines_in_output:
        is_wanted &= data_objects.c.state.in_(_DONE)
    page = (
        select(data_objects.c.number, data_objects.c.line, data_objects.c.result)
        .where(is_wanted)
        .order_by(data_objects.c.number)
        .limit(_LINES_AT_ONCE)
    )
    last = -1
    while True:
        with means.database.reading() as connection:
            rows = connection.execute(page.where(data_objects.c.number > last)).all()
        if not rows:
            return
        yield from ((row.line, row.result) for row in rows)
        last = rows[-1].number
