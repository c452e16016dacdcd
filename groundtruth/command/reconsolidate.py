"""`groundtruth reconsolidate`: a finished job's labels made again from its workers' answers, with other settings."""

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from groundtruth.command.console import Bar, console, progress_bar
from groundtruth.command.project import categories_option, categories_path, template_option, template_path
from groundtruth.errors import RequestError
from groundtruth.jobs.categories import read_label_categories
from groundtruth.reconsolidate import (
    FOLDER,
    LocalTree,
    Outcome,
    RemoteTree,
    Run,
    job_tree,
    label_attribute,
    read_stack,
    reconsolidate_here,
    reconsolidate_on_aws,
)
from groundtruth.reconsolidate.parts import SOURCES

_EPILOG = """\b
Examples:
  groundtruth reconsolidate out/demo/s3/groundtruth-local/demo-invoice-fields --task invoice-fields --method weighted
  groundtruth reconsolidate s3://acme-invoices/output/q3-boxes --task invoice-boxes --box-iou 0.6 --on aws --stack invoice-labeling
"""
_MOST_WORKERS = 20
_NAMES = {
    "krippendorff_alpha": "alpha",
    "krippendorff_alpha_interval": "interval",
    "fleiss_kappa": "Fleiss",
    "cohen_kappa": "Cohen",
    "pair_agreement": "equal",
    "edit_agreement": "texts",
    "box_f1": "box F1",
    "box_iou": "box IoU",
}
_SHARE = click.FloatRange(0, 1)


@click.command(epilog=_EPILOG)
@click.argument("job_output")
@click.option(
    "--task", "task_type", required=True, metavar="TASK", help="document-type, invoice-boxes, invoice-fields."
)
@click.option("--method", type=click.Choice(["majority", "weighted"]), help="How votes are counted.")
@click.option(
    "--tie-policy",
    type=click.Choice(["worker_accuracy", "category_order", "unresolved"]),
    help="What settles a tie.",
)
@click.option("--minimum-confidence", type=_SHARE, help="A label with less has the status low_agreement.")
@click.option("--box-iou", type=click.FloatRange(0, 1, min_open=True), help="Least IoU of boxes that are merged.")
@click.option("--box-quorum", type=_SHARE, help="Least share of the workers in a merged box.")
@click.option(
    "--point-radius",
    type=click.FloatRange(0, 1, min_open=True),
    help="How far apart points are still one, as a share of the image's diagonal.",
)
@categories_option
@click.option("--label-attribute", "attribute", metavar="NAME", help="Which label. Default: the job's own.")
@click.option("--name", help="Of the new output, below reconsolidated/ beside the job. Default: the job's.")
@click.option(
    "--from",
    "source",
    type=click.Choice(SOURCES),
    default="auto",
    show_default=True,
    help="What is read: the job's consolidation requests, or its workers' responses; auto takes requests when there are some.",
)
@click.option(
    "--objects-at-once",
    type=click.IntRange(1, 1000),
    default=200,
    show_default=True,
    help="Objects that one call consolidates together.",
)
@click.option(
    "--agreement-iou",
    type=click.FloatRange(0, 1, min_open=True),
    default=0.5,
    show_default=True,
    help="Least IoU of two workers' boxes that agree.",
)
@click.option(
    "--on",
    "place",
    type=click.Choice(["here", "aws"]),
    default="here",
    show_default=True,
    help="Where it is done: by functions on this machine, or by the stack's state machine.",
)
@click.option(
    "--processes", type=click.IntRange(1), help="Functions that run here at a time. Default: one for each processor."
)
@click.option("--stack", metavar="NAME", help="With --on aws: the CloudFormation stack of template.yaml.")
@template_option
@click.option("--endpoint-url", metavar="URL", help="Where AWS is. Default: AWS.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def reconsolidate(
    job_output: str,
    task_type: str,
    method: str | None,
    tie_policy: str | None,
    minimum_confidence: float | None,
    box_iou: float | None,
    box_quorum: float | None,
    point_radius: float | None,
    label_categories: Path | None,
    attribute: str | None,
    name: str | None,
    source: str,
    objects_at_once: int,
    agreement_iou: float,
    place: str,
    processes: int | None,
    stack: str | None,
    template_file: Path | None,
    endpoint_url: str | None,
    as_json: bool,
) -> int:
    """Consolidate a finished job again, and say how far its workers agree.

    JOB_OUTPUT is the folder or s3:// URI of a job's output, or of the output.manifest in it. The new output.manifest, its labels and agreement.json go
    to reconsolidated/ beside the job, whose own files stay as they are. Settings that are left out are the template's or stack's. An interrupted
    command goes on where it was when it is run again. Exit status: 0 done, 1 a function failed or objects have no label, 2 unusable input.
    """
    tree = job_tree(job_output, endpoint_url)
    settings = {
        "CONSOLIDATION_METHOD": method,
        "TIE_POLICY": tie_policy,
        "MINIMUM_CONFIDENCE": minimum_confidence,
        "BOX_IOU": box_iou,
        "BOX_QUORUM": box_quorum,
        "POINT_RADIUS": point_radius,
    }
    run = Run(
        job_output=tree.address(),
        job_name=tree.name,
        task_type=task_type,
        label_attribute=label_attribute(tree, attribute),
        settings={variable: str(value) for variable, value in settings.items() if value is not None},
        label_categories=_categories(label_categories, template_file, task_type, place),
        source=source,
        objects_at_once=objects_at_once,
        iou=agreement_iou,
    )
    target_name = name or tree.name
    if "/" in target_name or target_name in {"", ".", ".."}:
        raise RequestError(f'--name: "{target_name}" is no name of a folder.')
    if place == "here":
        outcome = _here(tree, target_name, run, template_path(template_file), processes or os.process_cpu_count() or 1)
    else:
        outcome = _on_aws(tree, target_name, run, stack, endpoint_url)
    _tell(outcome, as_json)
    return 1 if outcome.failures or outcome.assembled.failed else 0


def _categories(given: Path | None, template_file: Path | None, task_type: str, place: str) -> Mapping[str, Any] | None:
    """The label category config; None leaves it to the function, which on AWS finds the job's own."""
    if place == "aws" and given is None:
        return None
    path = categories_path(given, template_path(template_file), task_type)
    config: Mapping[str, Any] = json.loads(read_label_categories(path).text)
    return config


def _here(tree: LocalTree | RemoteTree, name: str, run: Run, template_file: Path, processes: int) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="groundtruth-") as logs, progress_bar("Consolidating") as bar:
        return reconsolidate_here(
            tree,
            tree.beside(FOLDER, name),
            run,
            template_file,
            processes=processes,
            logs=Path(logs),
            on_start=bar.start,
            on_part=bar.step,
        )


def _on_aws(tree: object, name: str, run: Run, stack: str | None, endpoint_url: str | None) -> Outcome:
    if not isinstance(tree, RemoteTree):
        raise RequestError("--on aws takes a job's output in S3: s3://bucket/prefix/job.")
    if not stack:
        raise RequestError("--on aws needs --stack, the name of the CloudFormation stack of template.yaml.")
    with progress_bar("Consolidating on AWS") as bar:
        return reconsolidate_on_aws(
            tree,
            tree.beside(FOLDER, name),
            run,
            read_stack(stack, endpoint_url),
            endpoint_url=endpoint_url,
            on_start=bar.start,
            on_done=_steps(bar),
        )


def _steps(bar: Bar) -> Callable[[int], None]:
    """Moves the bar to how many parts are done."""
    at = 0

    def moved(done: int) -> None:
        nonlocal at
        while at < done:
            bar.step()
            at += 1

    return moved


def _tell(outcome: Outcome, as_json: bool) -> None:
    assembled, agreement = outcome.assembled, outcome.agreement
    statuses = ", ".join(f"{count:,} {status.replace('_', ' ')}" for status, count in assembled.statuses.items())
    console.print(
        escape(
            f"{assembled.lines:,} lines: {statuses or 'no labels'}; {assembled.failed:,} failed, {assembled.untouched:,} left as they were"
        ),
        soft_wrap=True,
    )
    for failure in outcome.failures[:10]:
        console.print(f"[yellow]{escape(failure.part.name)}:[/] {escape(failure.reason)}", soft_wrap=True)
    if agreement is not None and not as_json:
        for table in _tables(agreement):
            console.print(table)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "manifest": outcome.manifest,
                    "lines": assembled.lines,
                    "statuses": dict(assembled.statuses),
                    "failed": assembled.failed,
                    "untouched": assembled.untouched,
                    "failed_parts": [{"part": one.part.name, "reason": one.reason} for one in outcome.failures],
                    "agreement": agreement,
                },
                indent=2,
                ensure_ascii=False,
            )
        )
    else:
        click.echo(outcome.manifest)


def _tables(agreement: Mapping[str, Any]) -> list[Table]:
    """What agreement.json says of fields and workers."""
    iou = f" (boxes match from IoU {agreement['iou']:g})" if "iou" in agreement else ""
    fields = {**agreement["fields"], "the job": agreement["job"]}
    workers = dict(list(agreement["workers"].items())[:_MOST_WORKERS])
    more = len(agreement["workers"]) - len(workers)
    return [
        _table(f"Agreement by field{iou}", "field", fields),
        _table(
            "Agreement with the other workers" + (f" ({more} more in agreement.json)" if more else ""),
            "worker",
            workers,
        ),
    ]


def _table(title: str, first: str, rows: Mapping[str, Mapping[str, Any]]) -> Table:
    measures = [name for name in _NAMES if any(name in row for row in rows.values())]
    table = Table(title=title, title_justify="left", min_width=60)
    table.add_column(first, no_wrap=True)
    for name in measures:
        table.add_column(_NAMES[name], justify="right")
    for name, row in rows.items():
        cells = [row.get(measure, {}).get("value") for measure in measures]
        table.add_row(escape(name), *("-" if value is None else f"{value:.3f}" for value in cells))
    return table
