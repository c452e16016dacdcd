"""`groundtruth demo`: the everyday commands over drawn invoices, or over documents of your own with their truth.

Every step is one of the commands that a person types, on a local service whose workers are simulated.
"""

import json
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from groundtruth.command.console import console, progress_bar
from groundtruth.command.demo_people import TEAM, DemoPeople
from groundtruth.command.demo_service import DemoService, demo_service
from groundtruth.command.project import categories_path, template_path
from groundtruth.errors import RequestError, ServiceError
from groundtruth.invoices import draw_invoices
from groundtruth.jobs.simulated import BUCKET
from groundtruth.service.jobs import LabelingJobs
from groundtruth.workforce import SimulatedWorkforce, TruthFile, WorkforceSettings

EXPORTS = {"document-type": "csv", "invoice-boxes": "coco", "invoice-fields": "csv"}
"""The tasks, and what the labels of each are exported to."""
_DOCUMENTS = "s3://groundtruth-demo/documents"
_PAUSE = 0.05
_PATIENCE = 600
"""Seconds without an answer after which a job is given up."""

_EPILOG = """\b
Examples:
  groundtruth demo --out out/demo
  groundtruth demo --out out/receipts --documents receipts/ --document-type receipt \\
      --label-categories label_categories/receipts
"""


@click.command(epilog=_EPILOG)
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder for everything it leaves."
)
@click.option("--count", default=24, show_default=True, type=click.IntRange(1), help="Invoices to draw.")
@click.option("--workers", default=5, show_default=True, type=click.IntRange(1, 9), help="Answers an object.")
@click.option("--seed", default=7, show_default=True, help="The same seed gives the same invoices and answers.")
@click.option(
    "--documents",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder with images and truth.jsonl, instead of drawing.",
)
@click.option("--document-type", help="The type of all --documents, where their truth does not say it.")
@click.option(
    "--label-categories",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder with a config per task. Default: label_categories/.",
)
def demo(
    out: Path,
    count: int,
    workers: int,
    seed: int,
    documents: Path | None,
    document_type: str | None,
    label_categories: Path | None,
) -> int:
    """Take documents from a folder to labels, reports and training data by prepare, submit, status, report and export.

    A document type, a boxes and a fields job run on a local service; simulated workers answer, with the mistakes that people make. OUT is the
    service's data folder: `groundtruth serve --data OUT` shows the jobs in the portal. Exit status: 0 done, 1 when a job failed.
    """
    if (out / "s3").exists():
        raise RequestError(f"{out}: a demo has run there already. Choose another --out, or remove the folder.")
    out.mkdir(parents=True, exist_ok=True)
    source = _drawn(out / "invoices", count, seed) if documents is None else documents
    truths = _truths(source, document_type)
    template = template_path(None)
    # A job's report is made while people work on the next one.
    with demo_service(out, template) as service, ThreadPoolExecutor(1) as meanwhile:
        truth = _prepare(service, out, source, truths)
        results = []
        for task_type in EXPORTS:
            categories = (
                categories_path(label_categories / f"{task_type}.json", template, task_type)
                if label_categories
                else None
            )
            job = _Job(service, out, task_type, categories, workers)
            job.submit()
            workforce = SimulatedWorkforce(task_type, TruthFile.read(truth), WorkforceSettings(), workers, seed)
            job.label(DemoPeople(service.stack, workers), workforce)
            results.append(meanwhile.submit(job.results, truth))
        return _tell(out, [result.result() for result in results])


def _drawn(folder: Path, count: int, seed: int) -> Path:
    with progress_bar("drawing invoices") as bar:
        bar.start(count)
        draw_invoices(folder, count, seed, lambda _: bar.step())
    return folder


def _prepare(service: DemoService, out: Path, source: Path, truths: Mapping[str, dict[str, Any]]) -> Path:
    """Page images and a manifest; the truth file about those pages. truths: by the name of an image's file."""
    images = source / "images" if (source / "images").is_dir() else source
    manifest = out / "invoices.manifest"
    options = ("--create-bucket", "--exact-duplicates", "keep", "--manifest", manifest)
    service.run("prepare", images, _DOCUMENTS, *options)
    path = out / "truth.jsonl"
    with manifest.open(encoding="utf-8") as lines, path.open("w", encoding="utf-8") as written:
        for line in map(json.loads, lines):
            truth = truths.get(Path(line["document"]).name)
            if truth is None:
                raise RequestError(
                    f"{source / 'truth.jsonl'}: no line for {line['document']}. Add one, or remove the image."
                )
            entry = truth | {"image": line["source-ref"].rpartition("/")[2]}
            written.write(json.dumps(entry, ensure_ascii=False) + "\n")
    return path


def _truths(source: Path, document_type: str | None) -> dict[str, dict[str, Any]]:
    """What is known of each image, by its file's name."""
    path = source / "truth.jsonl"
    if not path.is_file():
        raise RequestError(f"--documents: {source} has no truth.jsonl.")
    found: dict[str, dict[str, Any]] = {}
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                entry = json.loads(line)
                name = Path(entry["image"]).name
            except (ValueError, KeyError, TypeError) as error:
                raise RequestError(f'{path}, line {number}: no JSON object with an "image".') from error
            found[name] = ({"document_type": document_type} if document_type else {}) | entry
    return found


@dataclass(frozen=True)
class _Results:
    """What came of a job. status, figures: what `groundtruth status` and `report` print. seconds: it took. report, labels, training: where."""

    task_type: str
    status: dict[str, Any]
    figures: dict[str, Any]
    seconds: float
    report: Path
    labels: Path
    training: Path


class _Job:
    """One of the demo's jobs."""

    def __init__(self, service: DemoService, out: Path, task_type: str, categories: Path | None, workers: int) -> None:
        """categories: None for the task's own."""
        self._service = service
        self._out = out
        self._task_type = task_type
        self._categories = ("--label-categories", categories) if categories else ()
        self._workers = workers
        self._name = f"demo-{task_type}"
        self._started = self._last = time.monotonic()

    def submit(self) -> None:
        """Check and create the job."""
        options: list[object] = ["--name", self._name, "--workteam", TEAM, "--workers-per-object", self._workers]
        options += [*self._categories, "--output", f"s3://{BUCKET}/", "--yes"]
        manifest = self._out / "invoices.manifest"
        self._service.run("submit", manifest, "--task", self._task_type, *options)

    def label(self, people: DemoPeople, workforce: SimulatedWorkforce) -> None:
        """People answer until the job has ended. Raises ServiceError when it fails or stands still."""
        with (self._out / "invoices.manifest").open(encoding="utf-8") as lines:
            objects = sum(1 for _ in lines)
        with progress_bar(f"{self._task_type}: answers") as bar:
            bar.start(objects * self._workers)
            for status in self._looks():
                if people.work(self._name, workforce, bar.step):
                    self._last = time.monotonic()
                elif status not in {"Initializing", "InProgress"}:
                    break
        if self._service.failures:
            raise ServiceError(
                f"The job failed. {self._service.failures[0]} The functions' logs are in {self._out / 'logs'}."
            )

    def _looks(self) -> Iterator[str]:
        """The job's status, again and again."""
        jobs = LabelingJobs(self._service.stack.database)
        self._last = time.monotonic()
        while time.monotonic() - self._last < _PATIENCE:
            yield jobs.describe(self._name)["LabelingJobStatus"]
            time.sleep(_PAUSE)
        raise ServiceError(f"The job {self._name} stands still. The functions' logs are in {self._out / 'logs'}.")

    def results(self, truth: Path) -> _Results:
        """Status, report and export."""
        folder = self._out / self._task_type
        folder.mkdir(exist_ok=True)
        labels = self._out / "s3" / BUCKET / self._name / "manifests/output/output.manifest"
        report, training = folder / "report.html", folder / EXPORTS[self._task_type]
        status = json.loads(self._service.run("status", self._name, "--json", most_status=1))
        named = ("--truth", truth, *self._categories)
        figures = json.loads(self._service.run("report", labels, "-o", report, *named, "--json"))
        to = EXPORTS[self._task_type]
        self._service.run("export", labels, "--to", to, "-o", training, most_status=1)
        return _Results(self._task_type, status, figures, self._last - self._started, report, labels, training)


def _tell(out: Path, results: list[_Results]) -> int:
    """The table, what is where, and the exit status."""
    console.print(_table(results))
    for result in results:
        click.echo(result.report)
        click.echo(result.labels)
    console.print(f"Training data is in {', '.join(str(result.training) for result in results)}.", soft_wrap=True)
    console.print(f"The jobs in the portal: groundtruth serve --data {out}", soft_wrap=True)
    failed = sum(result.status["failed"] for result in results)
    if failed:
        console.print(f"{failed} object(s) have no label; their lines say why.")
    return 1 if failed else 0


def _table(results: list[_Results]) -> Table:
    """One row a job."""
    table = Table("task", title_justify="left")
    for column in ("objects", "answers", "labels", "agreement", "accuracy", "seconds"):
        table.add_column(column, justify="right")
    for result in results:
        table.add_row(
            result.task_type,
            *(f"{result.status[figure]:,}" for figure in ("objects", "answers", "labeled")),
            *(_fraction(result.figures[figure]) for figure in ("confidence", "accuracy")),
            f"{result.seconds:.1f}",
        )
    return table


def _fraction(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
