"""Makes the plan of a job: its request, its files, what is wrong with them, what it will take. Reads only."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groundtruth.check import Severity, request_findings
from groundtruth.check.account import Account
from groundtruth.check.report import Report
from groundtruth.check.run import Subjects
from groundtruth.check.run import check as run_checks
from groundtruth.errors import RequestError
from groundtruth.status import Connection, JobDescription, find_job
from groundtruth.status.job import job as the_job
from groundtruth.submit.asked import Asked, defaults_of, job_name
from groundtruth.submit.estimate import Estimate, estimate, past_time
from groundtruth.submit.materials import Materials, gather
from groundtruth.submit.places import Places, local_places, stack_places
from groundtruth.submit.request import Named, job_request
from groundtruth.submit.teams import Team, find_team

FEW_OBJECTS = 1_000
"""So many objects of a manifest are looked at without being asked."""

_NOT_LOCAL = frozenset({"function-name"})
"""Rules of AWS's that mean nothing to the local service."""


@dataclass(frozen=True)
class Plan:
    """A job that could be submitted. existing: the job of that name, when there is one: then nothing else has been looked at."""

    name: str
    existing: JobDescription | None
    request: dict[str, Any]
    team: Team
    materials: Materials | None = None
    report: Report | None = None
    estimate: Estimate | None = None

    @property
    def is_sound(self) -> bool:
        """Whether the checks found no error."""
        return self.report is not None and self.report.status == 0


def make_plan(
    asked: Asked,
    connection: Connection,
    folder: Path,
    on_phase: Callable[[str], None] = lambda _: None,
    *,
    dry: bool = False,
) -> Plan:
    """Look at everything. folder: for copies of what lies in S3. on_phase: told what is being done. dry: plan even when there is such a job.

    Raises RequestError for what cannot be asked for, StorageError and ServiceError when S3 or SageMaker will not answer.
    """
    name = _checked_name(asked)
    on_phase("looking for the work team, the stack and earlier jobs")
    existing = find_job(connection, name)
    if existing is not None and not dry:
        return Plan(name, existing, {}, Team(existing.workteam))
    team = find_team(connection, asked.workteam)
    account = Account(make_client=connection.client)
    places = _places(asked, connection, account, team)
    manifest = _manifest(asked, connection)
    on_phase("reading the manifest")
    materials = gather(asked, manifest, name, places, connection.storage, folder)
    named = Named(
        name,
        asked.label_attribute or asked.task_type,
        team.arn,
        materials.manifest.target,
        materials.template.target,
        materials.label_categories.target,
    )
    request = job_request(asked, named, places)
    on_phase("checking")
    report = _check(asked, request, materials, account, folder, is_local=connection.is_local)
    on_phase("looking at earlier jobs' times")
    guess = _estimate(asked, connection, places, team, report)
    return Plan(name, existing, request, team, materials, report, guess)


def _checked_name(asked: Asked) -> str:
    name = job_name(asked)
    for finding in request_findings("DescribeLabelingJob", {"LabelingJobName": name}):
        if finding.severity is Severity.ERROR:
            raise RequestError(f"--name: {finding.message} {finding.remedy}")
    return name


def _places(asked: Asked, connection: Connection, account: Account, team: Team) -> Places:
    if asked.stack is not None:
        return stack_places(account, asked.stack, asked.task_type)
    if not connection.is_local:
        raise RequestError(
            "Name the deployed stack with --stack, or the local service with --endpoint-url (or AWS_ENDPOINT_URL_SAGEMAKER)."
        )
    parts = team.arn.split(":")
    return local_places(parts[3] if len(parts) > 3 else connection.region, asked.task_type)


def _manifest(asked: Asked, connection: Connection) -> str:
    """The input manifest's file or URI; that of the job that this one is chained to is its output."""
    if asked.manifest is not None and asked.chain is not None:
        raise RequestError(
            "Give a MANIFEST or --chain, not both: a chained job's manifest is the earlier job's output."
        )
    if asked.manifest is not None:
        return asked.manifest
    if asked.chain is None:
        raise RequestError("Give a MANIFEST (a file or an s3:// URI), or the job to go on from with --chain.")
    earlier = the_job(connection, asked.chain)
    if earlier.output_manifest is None:
        raise RequestError(f"--chain: the job {earlier.name} has no output manifest yet ({earlier.standing}).")
    return str(earlier.output_manifest)


def _check(
    asked: Asked, request: dict[str, Any], materials: Materials, account: Account, folder: Path, *, is_local: bool
) -> Report:
    written = folder / "request.json"
    written.write_text(json.dumps(request, indent=2, ensure_ascii=False), encoding="utf-8")
    manifest, template, categories = materials.manifest, materials.template, materials.label_categories
    look = _has_few_lines(manifest.path) if asked.look_at_objects is None else asked.look_at_objects
    subjects = Subjects(
        manifests=(manifest.path,),
        templates=(template.path,),
        label_categories=(categories.path,),
        requests=(written,),
        task_type=asked.task_type,
        sam_template=asked.sam_template,
        stack=asked.stack,
        objects=look,
        account=account,
        names={part.path: part.source for part in materials.all} | {written: "request"},
        coming=frozenset(str(part.target) for part in materials.all),
        without=_NOT_LOCAL if is_local and asked.stack is None else frozenset(),
    )
    return run_checks(subjects)


def _has_few_lines(path: Path) -> bool:
    with path.open("rb") as lines:
        return all(number < FEW_OBJECTS for number, _ in enumerate(lines))


def _estimate(asked: Asked, connection: Connection, places: Places, team: Team, report: Report) -> Estimate:
    facts = next(entry.facts for entry in report.checked if entry.kind == "manifest")
    objects, labeled = facts["objects"], facts["labeled"]
    assert isinstance(objects, int)
    assert isinstance(labeled, int)
    time = past_time(connection, places.pre_annotation, defaults_of(asked.task_type).seconds)
    return estimate(
        objects - labeled,
        asked.workers,
        time,
        asked.prices,
        is_private=team.is_private,
        is_local=connection.is_local and asked.stack is None,
        people=asked.people,
    )
