"""`groundtruth export`: an output manifest as training data."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import click
from rich.markup import escape

from groundtruth.command.console import Bar, console, progress_bar
from groundtruth.errors import RequestError
from groundtruth.export import FORMATS, STATUSES, ExportSettings, ImageMode, Summary, parse_shares
from groundtruth.export import export as export_labels
from groundtruth.export.splits import DEFAULT_KEYS
from groundtruth.export.summary import Finding
from groundtruth.jobs.categories import read_label_categories
from groundtruth.storage import RemoteS3

_EPILOG = """\b
Examples:
  groundtruth export output.manifest --to coco -o training
  groundtruth export s3://acme-invoices/q3/output.manifest --to yolo -o training --images copy --split 0.8,0.1,0.1 --split-by document,vendor
"""

_REMEDIES = {
    "status tie": "Export ties too with --status agreed,low_agreement,tie.",
    "gold": "Export gold pages too with --gold.",
    "no words": "Put the page's words into the manifest (--words-key), or add a label of field values with --label-attribute.",
    "no image size": "Add the images: --images copy, or --source FOLDER.",
}


def _comma_separated(_context: click.Context, parameter: click.Parameter, value: str | None) -> tuple[str, ...]:
    names = tuple(name.strip() for name in (value or "").split(","))
    if value is not None and not all(names):
        raise click.BadParameter("names, separated by commas, are wanted here", param=parameter)
    return names if value is not None else ()


def _statuses(context: click.Context, parameter: click.Parameter, value: str) -> frozenset[str]:
    statuses = frozenset(_comma_separated(context, parameter, value))
    if unknown := statuses - set(STATUSES):
        raise click.BadParameter(f"{', '.join(sorted(unknown))}: not one of {', '.join(STATUSES)}", param=parameter)
    return statuses


@click.command(epilog=_EPILOG)
@click.argument("output_manifest")
@click.option("--to", "format_", required=True, type=click.Choice(list(FORMATS)), help="The format.")
@click.option("-o", "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="The folder.")
@click.option(
    "--label-attribute",
    "label_attributes",
    multiple=True,
    metavar="NAME",
    help="Which label; again for each that is to be exported with it (boxes and fields). Default: the only one there is.",
)
@click.option("--split", metavar="SHARES", help="Shares of train, validation and test: 0.8,0.1,0.1.")
@click.option(
    "--split-by",
    default=",".join(DEFAULT_KEYS),
    show_default=True,
    metavar="KEYS",
    callback=_comma_separated,
    help="Keys of the manifest's lines: pages that share a value stay on one side.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Another number gives another split.")
@click.option(
    "--minimum-confidence",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    help="Leave out pages whose label is less sure.",
)
@click.option(
    "--status",
    "statuses",
    default="agreed,low_agreement",
    show_default=True,
    metavar="STATUSES",
    callback=_statuses,
    help=f"Export labels of these statuses: {', '.join(STATUSES)}.",
)
@click.option("--gold", "with_gold", is_flag=True, help="Export gold pages too: lines where the gold key is true.")
@click.option("--gold-key", default="gold", show_default=True, help="The key that marks a gold line.")
@click.option("--words-key", default="words", show_default=True, help="The key of a page's words (funsd, textract).")
@click.option(
    "--images",
    type=click.Choice([mode.value for mode in ImageMode]),
    default=ImageMode.NONE.value,
    show_default=True,
    help="Copy the page images, from S3 or --source; link to those of --source; or neither.",
)
@click.option(
    "--source",
    type=click.Path(path_type=Path, file_okay=False),
    help="A folder with what the bucket holds, read instead of S3.",
)
@click.option(
    "--label-categories",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A label category config: the classes and their order. Default: those of the labels.",
)
@click.option("--overwrite", is_flag=True, help="Replace an export of other settings that lies in the folder.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@click.option("--endpoint-url", metavar="URL", help="Where S3 is. Default: AWS.")
def export(
    output_manifest: str,
    format_: str,
    out: Path,
    label_attributes: tuple[str, ...],
    split: str | None,
    split_by: tuple[str, ...],
    seed: int,
    minimum_confidence: float,
    statuses: frozenset[str],
    with_gold: bool,
    gold_key: str,
    words_key: str,
    images: str,
    source: Path | None,
    label_categories: Path | None,
    overwrite: bool,
    as_json: bool,
    endpoint_url: str | None,
) -> int:
    """Write the labels of OUTPUT_MANIFEST, a file or an s3:// URI, as training data.

    What is left out is counted here and listed in left-out.jsonl. Started again with the same settings it keeps the images that are there. Exit
    status: 0 done, 1 when no page could be exported, 2 for unusable input.
    """
    settings = ExportSettings(
        to=format_,
        label_attributes=label_attributes,
        split=parse_shares(split) if split else None,
        split_by=split_by,
        seed=seed,
        minimum_confidence=minimum_confidence,
        statuses=statuses,
        with_gold=with_gold,
        gold_key=gold_key,
        words_key=words_key,
        images=ImageMode(images),
        source=source,
        label_categories=read_label_categories(label_categories).names if label_categories else (),
    )
    if not split and split_by != DEFAULT_KEYS:
        raise RequestError("--split-by: says what stays together in a split. Add --split 0.8,0.1,0.1.")
    with progress_bar("Exporting") as bar:
        summary = export_labels(
            output_manifest, out, settings, RemoteS3(endpoint_url), overwrite=overwrite, progress=_percent(bar)
        )
    if as_json:
        click.echo(json.dumps(summary.as_json(), indent=2))
    _tell(summary, out)
    return 0 if summary.pages else 1


def _percent(bar: Bar) -> Callable[[int, int], None]:
    """Progress in steps of a hundredth."""
    bar.start(100)
    shown = 0

    def progress(done: int, lines: int) -> None:
        nonlocal shown
        while shown < done * 100 // max(lines, 1):
            bar.step()
            shown += 1

    return progress


def _tell(summary: Summary, out: Path) -> None:
    def say(text: str) -> None:
        console.print(escape(text), soft_wrap=True)

    say(f"{summary.format}: {summary.pages:,} of {summary.lines:,} pages in {out}")
    for name, part in summary.parts.items():
        if len(summary.parts) > 1:
            say(f"  {name}: {part.pages:,} pages, {part.boxes:,} boxes, {part.groups:,} groups")
    for title, counts in (
        ("Boxes", summary.classes),
        ("Document types", summary.document_types),
        ("Fields", summary.fields),
    ):
        if counts:
            say(f"{title}: " + ", ".join(f"{name} {count:,}" for name, count in counts.items()))
    _tell_findings("Pages left out", summary.left_out)
    _tell_findings("Left out of pages", summary.left_out_details)
    _tell_findings("Changed", summary.changed)
    for key, count in summary.missing_keys.items():
        say(f'Without "{key}", so kept together by their document only: {count:,} lines.')
    if summary.renamed:
        say(f"With a mark in their files' names, since other pages have the same name: {summary.renamed:,} pages.")
    if summary.left_out or summary.left_out_details or summary.changed:
        say(f"Each is listed in {out / 'left-out.jsonl'}.")


def _tell_findings(title: str, findings: Mapping[str, Finding]) -> None:
    for reason, finding in findings.items():
        lines = ", ".join(map(str, finding.lines[:10])) + (", ..." if finding.count > len(finding.lines[:10]) else "")
        remedy = f" {_REMEDIES[reason]}" if reason in _REMEDIES else ""
        console.print(escape(f"{title}: {finding.count:,} {reason} (line {lines}).{remedy}"), soft_wrap=True)
