"""`groundtruth run`: a labeling job with simulated workers."""

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from groundtruth.command.console import console, progress_bar
from groundtruth.command.project import categories_option, categories_path, template_option, template_path
from groundtruth.jobs.simulated import SimulatedResult, SimulatedRun, run_simulated
from groundtruth.workforce import WorkforceSettings

_EPILOG = """\b
Example:
  groundtruth run invoices.manifest --task invoice-boxes --truth truth.jsonl --workers 5 --out out/boxes
"""


@click.command(epilog=_EPILOG)
@click.argument("manifest", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--task", "task_type", required=True, metavar="TASK", help="document-type, invoice-boxes, invoice-fields."
)
@click.option(
    "--truth", required=True, type=click.Path(path_type=Path, dir_okay=False), help="What is on the documents."
)
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder for the result.")
@click.option("--workers", default=3, show_default=True, type=click.IntRange(1, 9), help="Answers an object.")
@click.option(
    "--team", type=click.IntRange(1), help="Simulated workers in all. Default: 8, or --workers if that is more."
)
@click.option(
    "--source",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder with the documents. Default: the manifest's.",
)
@click.option("--job-name", help="Default: from the manifest's name and the task.")
@click.option("--label-attribute", help="Default: the task.")
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same answers.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="How workers err, e.g. --set accuracy=0.8 (repeatable).",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@template_option
@categories_option
def run(**options: Any) -> int:
    """Run a labeling job over MANIFEST with simulated workers, as Ground Truth would run it.

    Leaves the tree of files that Ground Truth leaves, and prints the path of output.manifest.
    """
    as_json = options.pop("as_json")
    request = simulated_run(**options)
    with progress_bar(request.task_type) as bar:
        result = run_simulated(request, bar.start, bar.step)
    if as_json:
        click.echo(json.dumps(summary(request, result)))
    else:
        console.print(results_table([(request, result)]))
        click.echo(result.output_manifest)
    return report_outcome(result)


def simulated_run(
    *,
    manifest: Path,
    task_type: str,
    truth: Path,
    out: Path,
    workers: int,
    team: int | None = None,
    source: Path | None = None,
    job_name: str | None = None,
    label_attribute: str | None = None,
    seed: int = 0,
    settings: tuple[str, ...] = (),
    template_file: Path | None = None,
    label_categories: Path | None = None,
) -> SimulatedRun:
    """The run that the options ask for, with what they leave out filled in."""
    template = template_path(template_file)
    default_name = re.sub(r"[^A-Za-z0-9]+", "-", f"{manifest.stem}-{task_type}").strip("-")[-63:].strip("-")
    return SimulatedRun(
        manifest=manifest,
        task_type=task_type,
        truth=truth,
        out=out,
        source=source or manifest.parent,
        template_file=template,
        label_categories=categories_path(label_categories, template, task_type),
        job_name=job_name or default_name,
        label_attribute=label_attribute or task_type,
        workers=workers,
        team=team or max(workers, 8),
        seed=seed,
        workforce=workforce_settings(settings),
    )


def workforce_settings(assignments: tuple[str, ...]) -> WorkforceSettings:
    """Settings from `name=value` texts. Raises click.BadParameter naming the ones there are."""
    known = {field.name: field for field in dataclasses.fields(WorkforceSettings)}
    values: dict[str, float] = {}
    for assignment in assignments:
        name, _, value = assignment.partition("=")
        if name not in known:
            raise click.BadParameter(f'no setting "{name}". There are: {", ".join(known)}.', param_hint="--set")
        try:
            values[name] = float(value)
        except ValueError as error:
            raise click.BadParameter(f'"{assignment}": the value is not a number.', param_hint="--set") from error
    return WorkforceSettings(**values)


def results_table(results: list[tuple[SimulatedRun, SimulatedResult]]) -> Table:
    """One row a job."""
    table = Table("task", title_justify="left")
    for column in ("objects", "answers", "labels", "agreement", "accuracy", "seconds"):
        table.add_column(column, justify="right")
    for request, result in results:
        counters = result.outcome.counters
        table.add_row(
            request.task_type,
            f"{counters.objects:,}",
            f"{counters.answers:,}",
            f"{counters.human_labeled:,}",
            _fraction(result.agreement),
            _fraction(result.score.accuracy),
            f"{result.outcome.elapsed:.1f}",
        )
    return table


def summary(request: SimulatedRun, result: SimulatedResult) -> dict[str, object]:
    """The result for scripts."""
    outcome = result.outcome
    return {
        "job": request.job_name,
        "task": request.task_type,
        "status": outcome.status,
        **dataclasses.asdict(outcome.counters),
        "statuses": dict(result.statuses),
        "agreement": result.agreement,
        "accuracy": result.score.accuracy,
        "elapsed": outcome.elapsed,
        "warnings": list(outcome.warnings),
        "failure_reason": outcome.failure_reason,
        "output_manifest": str(result.output_manifest),
    }


def report_outcome(result: SimulatedResult) -> int:
    """Say what went wrong, if anything; the exit status."""
    outcome = result.outcome
    for warning in outcome.warnings:
        console.print(f"[yellow]Warning:[/] {escape(warning)}", soft_wrap=True)
    if outcome.counters.failed:
        console.print(f"{outcome.counters.failed} object(s) have no label; their lines say why.", soft_wrap=True)
    if outcome.status == "Completed":
        return 0
    console.print(f"[bold red]The job failed:[/] {escape(outcome.failure_reason)}", soft_wrap=True)
    console.print(
        f"The functions' logs are in {result.logs}; finished lines are in {result.output_manifest}.", soft_wrap=True
    )
    return 1


def _fraction(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
