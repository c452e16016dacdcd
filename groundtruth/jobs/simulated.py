"""Runs a labeling job on this machine with simulated workers: embedded S3, functions in processes of their own."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from groundtruth.errors import RequestError
from groundtruth.functions import LocalFunctions, read_functions
from groundtruth.jobs.categories import LabelCategories, read_label_categories
from groundtruth.jobs.labeling_job import LabelingJob
from groundtruth.jobs.outcome import JobOutcome
from groundtruth.jobs.request import EngineSettings, JobRequest
from groundtruth.jobs.sources import upload_sources
from groundtruth.manifest import read_manifest
from groundtruth.storage import EmbeddedS3, S3Location
from groundtruth.storage.embedded import CREDENTIALS
from groundtruth.workforce import Score, SimulatedWorkforce, TruthFile, WorkforceSettings, score

BUCKET = "groundtruth-local"
CATEGORIES = S3Location(BUCKET, "label-categories")
_GOLD = ".gold.jsonl"
_JOB_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")


@dataclass(frozen=True)
class SimulatedRun:
    """A job to run with simulated workers.

    manifest, truth: files; the truth of gold objects is looked for beside the manifest, where `groundtruth prepare --gold-truth` leaves it.
    source: the folder with the documents of the manifest. out: where S3 (`out/s3`) and the functions' logs (`out/logs`) go.
    workers: answers an object; team: how many people they are drawn from.
    """

    manifest: Path
    task_type: str
    truth: Path
    out: Path
    source: Path
    template_file: Path
    label_categories: Path
    job_name: str
    label_attribute: str
    workers: int = 3
    team: int = 8
    seed: int = 0
    max_concurrent_tasks: int = 1000
    workforce: WorkforceSettings = field(default_factory=WorkforceSettings)
    engine: EngineSettings = field(default_factory=EngineSettings)


@dataclass(frozen=True)
class SimulatedResult:
    """How a simulated job came out. `agreement` is the mean confidence of the labels, 0 to 1; None when there is none."""

    outcome: JobOutcome
    score: Score
    agreement: float | None
    statuses: Mapping[str, int]
    output_manifest: Path
    logs: Path


def functions_of_task(task_type: str) -> tuple[str, str]:
    """The logical ids of a task type's pre-annotation and consolidation functions in `template.yaml`."""
    name = "".join(part.capitalize() for part in task_type.split("-"))
    return f"{name}PreAnnotation", f"{name}Consolidation"


@contextmanager
def local_stack(
    out: Path, template_file: Path, task_type: str, categories: LabelCategories
) -> Iterator[tuple[EmbeddedS3, LocalFunctions]]:
    """The embedded S3 over `out/s3` with the label categories in it, and the functions of the template, which see both."""
    specs = read_functions(template_file)
    declared = {spec.logical_id for spec in specs}
    if missing := [name for name in functions_of_task(task_type) if name not in declared]:
        raise RequestError(
            f'{template_file}: no function {missing[0]}, so "{task_type}" is no task type of it. '
            f"It declares: {', '.join(sorted(declared)) or 'none'}."
        )
    with EmbeddedS3(out / "s3") as storage:
        storage.ensure_bucket(BUCKET)
        storage.put(CATEGORIES.joined(f"{task_type}.json"), categories.text)
        environment = CREDENTIALS | {
            "AWS_REGION": CREDENTIALS["AWS_DEFAULT_REGION"],
            "AWS_ENDPOINT_URL": storage.endpoint_url,
            "AWS_ENDPOINT_URL_S3": storage.endpoint_url,
            "LABEL_CATEGORIES_URI": f"{CATEGORIES}/",
        }
        with LocalFunctions(specs, environment, out / "logs") as functions:
            yield storage, functions


def run_simulated(run: SimulatedRun, on_start: Callable[[int], None], on_object: Callable[[], None]) -> SimulatedResult:
    """Run the job. on_start: told the number of data objects; on_object: told of each finished one.

    Raises InputError for what cannot be used, before any work where that can be known. A function that fails ends in an outcome of status `Failed`.
    """
    _check(run)
    categories = read_label_categories(run.label_categories)
    truth = TruthFile.read(run.truth)
    workforce = SimulatedWorkforce(run.task_type, truth, run.workforce, run.team, run.seed)
    tally = _Tally(run, truth, categories, on_object)
    with local_stack(run.out, run.template_file, run.task_type, categories) as (storage, functions):
        request = _request(run, categories)
        if storage.exists(S3Location(BUCKET, f"{run.job_name}/manifests/output/output.manifest")):
            raise RequestError(
                f'{run.out}: a job "{run.job_name}" has run there already. Choose another --job-name or --out.'
            )
        with run.manifest.open("rb") as file:
            on_start(upload_sources(read_manifest(file, str(run.manifest)), storage, run.source, str(run.manifest)))
        storage.put_file(request.manifest, run.manifest)
        gold = run.manifest.with_name(f"{run.manifest.stem}{_GOLD}")
        if gold.is_file():
            storage.put_file(CATEGORIES.joined(f"{run.job_name.lower()}{_GOLD}"), gold)
        outcome = LabelingJob(request, storage, functions, workforce, run.engine, tally.add).run()
    manifest = run.out / "s3" / outcome.output_manifest.bucket / outcome.output_manifest.key
    return SimulatedResult(outcome, tally.score, tally.agreement, tally.statuses, manifest, run.out / "logs")


def _check(run: SimulatedRun) -> None:
    for path, option in (
        (run.manifest, "the manifest"),
        (run.truth, "--truth"),
        (run.label_categories, "--label-categories"),
    ):
        if not path.is_file():
            raise RequestError(f"{option}: there is no file {path}.")
    if not _JOB_NAME.fullmatch(run.job_name):
        raise RequestError(
            f'--job-name: "{run.job_name}" is no job name: 1 to 63 letters, digits and single hyphens between them.'
        )
    if run.team < run.workers:
        raise RequestError(
            f"--team: {run.team} people cannot give {run.workers} answers an object. Raise --team or lower --workers."
        )


def _request(run: SimulatedRun, categories: LabelCategories) -> JobRequest:
    pre_annotation, consolidation = functions_of_task(run.task_type)
    return JobRequest(
        name=run.job_name,
        label_attribute=run.label_attribute,
        manifest=S3Location(BUCKET, f"manifests/{run.job_name}.manifest"),
        output=S3Location(BUCKET, ""),
        workers_per_object=run.workers,
        pre_annotation=pre_annotation,
        consolidation=consolidation,
        label_categories=categories.names,
        max_concurrent_tasks=run.max_concurrent_tasks,
    )


class _Tally:
    """Adds up the lines of an output manifest as they come."""

    def __init__(
        self, run: SimulatedRun, truth: TruthFile, categories: LabelCategories, on_object: Callable[[], None]
    ) -> None:
        self.score = Score()
        self.statuses: Counter[str] = Counter()
        self._confidence = 0.0
        self._labels = 0
        self._run = run
        self._truth = truth
        self._categories = categories
        self._on_object = on_object

    @property
    def agreement(self) -> float | None:
        return self._confidence / self._labels if self._labels else None

    def add(self, data_object: Mapping[str, object]) -> None:
        value = data_object.get(self._run.label_attribute)
        label = value if isinstance(value, dict) else None
        if label is not None:
            self.statuses[str(label.get("status", "none"))] += 1
            if isinstance(confidence := label.get("confidence"), int | float):
                self._confidence += confidence
                self._labels += 1
        if truth := self._truth.of(data_object):
            self.score += score(self._run.task_type, label, truth, self._categories.labels)
        self._on_object()
