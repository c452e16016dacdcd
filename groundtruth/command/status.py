"""`groundtruth status`: how a labeling job stands."""

import json
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import click
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from groundtruth.command.console import console, progress_bar
from groundtruth.status import Failure, JobStatus, StatusReader, connect
from groundtruth.status.files import MOST_FILES
from groundtruth.status.job import region_of

_EPILOG = """\b
Examples:
  groundtruth status invoices-q3-boxes
  groundtruth status invoices-q3-boxes --watch
  groundtruth status invoices-q3-boxes --json
"""
_INTERRUPTED = 130
_BAR = 30
_LISTED = 10
_REASONS = 5
_OF_A_REASON = 3
_PATIENCE = 4
"""A look that takes long is followed by a pause so many times as long, so that watching never keeps a job's S3 busy."""
_STYLES = {"Completed": "bold green", "Failed": "bold red", "Stopped": "bold yellow", "Stopping": "yellow"}


@click.command(epilog=_EPILOG)
@click.argument("job")
@click.option("--watch", is_flag=True, help="Keep looking until the job ends.")
@click.option(
    "--interval",
    default=10.0,
    show_default=True,
    type=click.FloatRange(min=0.1),
    help="Seconds between two looks of --watch.",
)
@click.option(
    "--most-files",
    default=MOST_FILES,
    show_default=True,
    type=click.IntRange(min=0),
    help="Files of answers to read; of more, some spread over all.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON; with --watch, a line for each look.")
@click.option("--endpoint-url", metavar="URL", help="Where SageMaker is. Default: what the usual AWS settings say.")
def status(job: str, watch: bool, interval: float, most_files: int, as_json: bool, endpoint_url: str | None) -> int:
    """Show how far JOB (a labeling job's name or ARN) is, its pace, its workers', when to expect the end, and which objects failed and why.

    Works on AWS and on the local service. Exit status: 0 when the job goes on or is done, 1 when it failed or ended with objects that have no
    label, 2 when there is no such job.
    """
    reader = StatusReader(connect(endpoint_url, region_of(job)), job, most_files)
    with progress_bar("answers") as bar:
        first = reader.read(bar.start, bar.step)
    looks = _looks(reader, first, interval) if watch else iter([first])
    if as_json:
        return _print(looks, indent=None if watch else 2)
    out = Console(highlight=False)
    if watch and out.is_terminal:
        return _show_live(out, looks, first)
    last = first
    for last in looks:
        if watch:
            out.print(_line(last), soft_wrap=True, markup=False)
    if not watch:
        out.print(_page(last))
    return last.exit_status


def _looks(reader: StatusReader, first: JobStatus, interval: float) -> Iterator[JobStatus]:
    """Look after look, until the job has ended."""
    found, taken = first, 0.0
    while True:
        yield found
        if found.job.has_ended:
            return
        time.sleep(max(interval, _PATIENCE * taken))
        begin = time.monotonic()
        found = reader.read()
        taken = time.monotonic() - begin


def _print(looks: Iterator[JobStatus], indent: int | None) -> int:
    exit_status = 0
    for found in looks:
        click.echo(json.dumps(found.as_json(), indent=indent, ensure_ascii=False))
        sys.stdout.flush()
        exit_status = found.exit_status
    return exit_status


def _show_live(out: Console, looks: Iterator[JobStatus], first: JobStatus) -> int:
    """One picture that changes; what was seen last stays on the terminal, also after Ctrl-C."""
    last = first
    try:
        with Live(_page(first), console=out, auto_refresh=False, vertical_overflow="crop") as live:
            for last in looks:
                live.update(_page(last), refresh=True)
    except KeyboardInterrupt:
        console.print("The job goes on; only watching has stopped.")
        return _INTERRUPTED
    return last.exit_status


def _line(found: JobStatus) -> str:
    """A look in one line, for logs."""
    job = found.job
    return f"{found.at:%Y-%m-%d %H:%M:%S}Z {job.status}: {_counts(found)}, {found.answers:,} answers"


def _counts(found: JobStatus) -> str:
    job = found.job
    failed = f", {job.failed:,} failed" if job.failed else ""
    return f"{job.total_labeled:,} of {job.objects:,} objects labeled{failed}"


def _page(found: JobStatus) -> RenderableType:
    """Everything there is to see of one look."""
    job = found.job
    parts: list[RenderableType] = [_head(found), _figures(found)]
    if job.failure_reason:
        parts.append(Text(f"The job failed: {job.failure_reason}", style="red"))
    if found.workers:
        parts += [Text(), _workers(found)]
    if found.failures:
        parts += [Text(), _failures(found)]
    parts += [Text(note, style="yellow") for note in found.notes]
    if job.output_manifest is not None:
        parts += [Text(), Text(f"Labels: {job.output_manifest}", overflow="fold")]
    return Group(*parts)


def _head(found: JobStatus) -> RenderableType:
    job = found.job
    line = Text.assemble((job.name, "bold"), "  ", (job.status, _STYLES.get(job.status, "bold cyan")))
    finished = job.total_labeled + job.failed
    bar = Table.grid(padding=(0, 1))
    share = f"{finished / job.objects:.0%}" if job.objects else "-"
    counts = Text(_counts(found), no_wrap=True)
    bar.add_row(ProgressBar(total=max(job.objects, 1), completed=finished, width=_BAR), share, counts)
    return Group(line, bar)


def _figures(found: JobStatus) -> RenderableType:
    pace, job = found.pace, found.job
    table = Table.grid(padding=(0, 2))
    wanted = job.workers_per_object
    written = f"{found.answers:,}" if found.answers else "none written yet"
    table.add_row("answers", f"{written}, {wanted:,} an object wanted")
    if pace.objects is not None:
        table.add_row("pace", _pace(pace.objects, pace.answers))
        if pace.recent_objects is not None:
            table.add_row("last hour", _pace(pace.recent_objects, pace.recent_answers))
    if pace.expected_end is not None:
        table.add_row("expected end", f"{_moment(pace.expected_end)} ({_span(pace.expected_end, found.at)})")
    if found.statuses:
        counted = sorted(found.statuses.items(), key=lambda entry: -entry[1])
        table.add_row("labels", ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counted))
    end = job.modified if job.has_ended else found.at
    table.add_row(
        "created", f"{_moment(job.created)}, {'took' if job.has_ended else 'for'} {_duration(end, job.created)}"
    )
    return table


def _pace(objects: float | None, answers: float | None) -> str:
    return f"{_rate(objects)} objects, {_rate(answers)} answers an hour"


def _rate(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def _workers(found: JobStatus) -> Table:
    table = Table(
        "worker", "answers", "median seconds", "last answer, UTC", box=None, header_style="dim", pad_edge=False
    )
    for column in (1, 2):
        table.columns[column].justify = "right"
    for worker in found.workers[:_LISTED]:
        seconds = "-" if worker.seconds is None else f"{worker.seconds:,.1f}"
        last = "-" if worker.last is None else f"{worker.last:%Y-%m-%d %H:%M}"
        table.add_row(Text(worker.worker, overflow="fold"), f"{worker.answers:,}", seconds, last)
    if len(found.workers) > _LISTED:
        table.add_row(f"and {len(found.workers) - _LISTED:,} more (--json lists all)", "", "", "")
    return table


def _failures(found: JobStatus) -> RenderableType:
    """Objects without a label by their reason, the commonest first."""
    by_reason: dict[str, list[Failure]] = {}
    for failure in found.failures:
        by_reason.setdefault(failure.reason, []).append(failure)
    lines = [Text("without a label", style="dim")]
    ranked = sorted(by_reason.items(), key=lambda entry: -len(entry[1]))
    for reason, failures in ranked[:_REASONS]:
        lines.append(Text(f"{len(failures):,} x {reason}"))
        for failure in failures[:_OF_A_REASON]:
            place = f" (line {failure.line:,})" if failure.line else ""
            lines.append(Text(f"    {failure.source}{place}", overflow="fold"))
        if len(failures) > _OF_A_REASON:
            lines.append(Text(f"    and {len(failures) - _OF_A_REASON:,} more (--json lists them)"))
    if len(ranked) > _REASONS:
        lines.append(Text(f"and {len(ranked) - _REASONS:,} more reasons (--json lists them)"))
    return Group(*lines)


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _span(later: datetime, now: datetime) -> str:
    return f"in {_duration(later, now)}"


def _duration(later: datetime, earlier: datetime) -> str:
    seconds: Any = max(0, round((later - earlier).total_seconds()))
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min" if minutes else f"{seconds} s"
