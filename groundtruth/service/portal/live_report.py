"""The report of a job as it stands, for its owner: the page that `groundtruth report` writes, of what is in the database now."""

import io
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, select
from starlette.responses import HTMLResponse, Response

from groundtruth.errors import NoSuchTaskError, TemplateError
from groundtruth.jobs.messages import worker_response
from groundtruth.report import Report, ReportSettings, read_report, render_report
from groundtruth.report.render import content_policy
from groundtruth.report.responses import RESPONSES
from groundtruth.service.database import Database
from groundtruth.service.lifecycle.completing import output_line
from groundtruth.service.lifecycle.means import moment
from groundtruth.service.portal.pages import Visit
from groundtruth.service.records import answers, data_objects, jobs

MOST_DOCUMENTS = 2_000
"""More would take the service from its workers for too long; `groundtruth report` takes any number."""

_DONE = ("labeled", "failed", "skipped")
_AT_ONCE = 500


class LiveReport:
    """Makes the page, one at a time. sign: see `portal_app`. most: documents of one page, the first ones."""

    def __init__(
        self,
        database: Database,
        sign: Callable[[str], str],
        clock: Callable[[], float],
        most: int = MOST_DOCUMENTS,
    ) -> None:
        self._database = database
        self._sign = sign
        self._clock = clock
        self._most = most
        self._turn = threading.Lock()

    def page(self, visit: Visit) -> Response:
        """The report of one job. Raises NoSuchTaskError when there is no such job, or nothing of it is labeled."""
        visit.visitor.check_owner()
        with self._turn:
            page = render_report(self._report(visit.request.path_params["job"]))
        policy = f"{content_policy()}; frame-ancestors 'none'"
        return HTMLResponse(page, headers={"Content-Security-Policy": policy})

    def _report(self, name: str) -> Report:
        job = self._job(name)
        objects = self._objects(job.id)
        attribute = json.loads(job.request)["LabelAttributeName"]
        lines = [output_line(row.line, row.result) for row in objects]
        if not any(attribute in line for line in lines):
            raise NoSuchTaskError(f'Nothing of "{job.name}" is labeled yet. Come back when its first labels are done.')
        settings = ReportSettings(
            attribute=attribute,
            labels=_labels(job.label_categories),
            address=self._address,
            created=f"{datetime.fromtimestamp(self._clock(), UTC):%Y-%m-%d %H:%M} UTC",
            notes=self._notes(len(objects), job.objects),
        )
        spool = io.BytesIO(b"".join(json.dumps(line).encode() + b"\n" for line in lines))
        return read_report(spool, job.name, _Answers(self._database, job, objects), settings)

    def _job(self, name: str) -> Row[Any]:
        with self._database.reading() as connection:
            job = connection.execute(select(jobs).where(jobs.c.unique_name == name.lower())).one_or_none()
        if job is None:
            raise NoSuchTaskError(f'There is no job "{name}".')
        return job

    def _objects(self, job_id: int) -> Sequence[Any]:
        query = select(data_objects.c.number, data_objects.c.line, data_objects.c.result).where(
            data_objects.c.job_id == job_id, data_objects.c.state.in_(_DONE)
        )
        with self._database.reading() as connection:
            return connection.execute(query.order_by(data_objects.c.number).limit(self._most)).all()

    def _address(self, uri: str) -> str:
        try:
            return self._sign(uri)
        except TemplateError:
            return ""

    def _notes(self, shown: int, objects: int) -> tuple[str, ...]:
        if shown == self._most and objects > shown:
            return (
                f"The first {shown:,} of {objects:,} objects. For all of them: groundtruth report OUTPUT_MANIFEST.",
            )
        return (f"{shown:,} of {objects:,} objects, as they stood when the page was loaded.",)


class _Answers:
    """The answers in the database as a job's tree has them (`groundtruth.report.responses.JobFolder`)."""

    def __init__(self, database: Database, job: Row[Any], objects: Sequence[Any]) -> None:
        self.name = job.name
        self._database = database
        self._job_id = job.id
        self._numbers = [row.number for row in objects]

    def files(self, below: str) -> Iterator[tuple[str, bytes]]:
        """The path and the bytes of each object's answers, named by the object's place among those that are shown."""
        if below != RESPONSES:
            return
        for start in range(0, len(self._numbers), _AT_ONCE):
            numbers = self._numbers[start : start + _AT_ONCE]
            given: dict[int, list[dict[str, object]]] = {}
            for row in self._given(numbers):
                given.setdefault(row.number, []).append(_entry(row))
            for place, number in enumerate(numbers, start):
                if number in given:
                    yield f"{below}/live/{place}/answers.json", json.dumps({"answers": given[number]}).encode()

    def _given(self, numbers: Sequence[int]) -> Sequence[Row[Any]]:
        query = select(answers).where(answers.c.job_id == self._job_id, answers.c.number.in_(numbers))
        with self._database.reading() as connection:
            return connection.execute(query).all()


def _entry(row: Row[Any]) -> dict[str, object]:
    content = json.loads(row.content)
    return worker_response(row.worker_id, content, moment(row.accepted_at), moment(row.submitted_at), row.seconds)


def _labels(config: str | None) -> list[dict[str, Any]]:
    """The entries of the job's label category config; none when it has no usable one."""
    try:
        found = json.loads(config or "{}")
    except ValueError:
        return []
    entries = found.get("labels") if isinstance(found, dict) else None
    listed = entries if isinstance(entries, list) else []
    return [entry for entry in listed if isinstance(entry, dict) and isinstance(entry.get("label"), str)]
