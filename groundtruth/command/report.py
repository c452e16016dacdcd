"""`groundtruth report`: a job's output manifest as a page that people look at."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import click
from rich.markup import escape

from groundtruth.command.console import console, progress_bar
from groundtruth.command.project import template_path
from groundtruth.errors import GroundTruthError, RequestError, StorageError
from groundtruth.export.lines import opened
from groundtruth.export.sources import Sources
from groundtruth.jobs.categories import read_label_categories
from groundtruth.report import Report, ReportSettings, read_report, render_report
from groundtruth.report.images import (
    LONGEST_SIGNATURE_HOURS,
    Address,
    beside_manifest,
    in_folder,
    inlined,
    linked_files,
    no_images,
    signed_links,
)
from groundtruth.report.responses import JobFolder, job_folder, responses_folder
from groundtruth.report.statistics import figures
from groundtruth.storage import RemoteS3
from groundtruth.workforce import TruthFile

TASKS = ("document-type", "invoice-boxes", "invoice-fields")
_MOST_INLINED = 1_000
_EPILOG = """\b
Examples:
  groundtruth report out/demo/s3/groundtruth-local/demo-invoice-boxes/manifests/output/output.manifest -o report.html
  groundtruth report s3://acme-invoices/out/q3-boxes/manifests/output/output.manifest -o report.html --truth truth.jsonl
"""


@click.command(epilog=_EPILOG)
@click.argument("output_manifest")
@click.option("-o", "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The HTML file.")
@click.option("--label-attribute", metavar="NAME", help="Which label. Default: the job's own.")
@click.option(
    "--truth", type=click.Path(path_type=Path, dir_okay=False), help="What is on the documents: adds accuracy."
)
@click.option(
    "--label-categories",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The job's label category config. Default: the project's when it fits the labels.",
)
@click.option(
    "--source",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder with the page images. Default: beside the manifest, or S3.",
)
@click.option(
    "--images",
    type=click.Choice(["link", "inline", "none"]),
    default="link",
    show_default=True,
    help=f"Link to the page images, put them into the page (at most {_MOST_INLINED:,}), or leave them out.",
)
@click.option(
    "--inline-pixels",
    type=click.IntRange(100, 4000),
    default=1000,
    show_default=True,
    help="Longest side of an inlined image.",
)
@click.option(
    "--sign-hours",
    type=click.IntRange(1, LONGEST_SIGNATURE_HOURS),
    default=12,
    show_default=True,
    help="How long links into S3 work.",
)
@click.option("--sample", type=click.IntRange(0), default=50, show_default=True, help="Documents to check by eye.")
@click.option("--seed", type=int, default=0, show_default=True, help="Another number draws another sample.")
@click.option(
    "--responses",
    metavar="FOLDER",
    help="The job's folder with annotations/worker-response, here or s3://. Default: the one the manifest lies in.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option("--endpoint-url", metavar="URL", help="Where S3 is. Default: AWS.")
def report(
    output_manifest: str,
    out: Path,
    label_attribute: str | None,
    truth: Path | None,
    label_categories: Path | None,
    source: Path | None,
    images: str,
    inline_pixels: int,
    sign_hours: int,
    sample: int,
    seed: int,
    responses: str | None,
    as_json: bool,
    endpoint_url: str | None,
) -> int:
    """Write a page about OUTPUT_MANIFEST, a file or an s3:// URI: its documents, workers, agreement, times, a sample to judge.

    Workers' answers are read from the job's folder that the manifest lies in. The page is one file that works offline; page images are linked
    to and loaded as they are looked at. Exit status: 0 done, 2 for unusable input.
    """
    address = _addresses(output_manifest, out, source, images, inline_pixels, sign_hours, endpoint_url)
    notes: tuple[str, ...] = ()
    if images == "link" and source is None and output_manifest.startswith("s3://"):
        notes = (f"The links to page images work for {sign_hours} hours from when the report was made.",)
    settings = ReportSettings(
        attribute=label_attribute,
        labels=read_label_categories(label_categories).labels if label_categories else (),
        usual_labels=usual_labels(),
        truth=TruthFile.read(truth) if truth else None,
        address=address,
        sample=sample,
        seed=seed,
        created=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        notes=notes,
    )
    folder = answers_folder(output_manifest, responses, endpoint_url)
    with progress_bar("Reading") as bar, opened(output_manifest, RemoteS3(endpoint_url)) as file:
        made = read_report(file, output_manifest, folder, settings, on_document=bar.step)
    try:
        out.write_text(render_report(made), encoding="utf-8")
    except OSError as error:
        raise RequestError(f"{out}: the report cannot be written ({error.strerror}).") from error
    _tell(made, out, as_json)
    return 0


def answers_folder(manifest: str, responses: str | None, endpoint_url: str | None) -> JobFolder | None:
    """The job's tree that the answers are in: the one named, else the one that the manifest lies in; None when it lies in none."""
    if responses is not None:
        return responses_folder(responses, endpoint_url)
    return job_folder(manifest, endpoint_url)


def usual_labels() -> list[Sequence[Mapping[str, Any]]]:
    """The label category configs beside the SAM template here, or the toolkit's own; none when they cannot be read."""
    configs: list[Sequence[Mapping[str, Any]]] = []
    for task in TASKS:
        try:
            folder = template_path(None).parent / "label_categories"
            configs.append(read_label_categories(folder / f"{task}.json").labels)
        except GroundTruthError:
            continue
    return configs


def _addresses(
    manifest: str, out: Path, source: Path | None, images: str, pixels: int, hours: int, endpoint_url: str | None
) -> Address:
    is_remote = manifest.startswith("s3://") and source is None
    if images == "none":
        return no_images
    if images == "link" and is_remote:
        return signed_links(boto3.client("s3", endpoint_url=endpoint_url), hours)
    storage = RemoteS3(endpoint_url)
    sources = Sources(storage, source)
    find = in_folder(sources) if source is not None else beside_manifest(Path(manifest))
    if images == "link":
        return linked_files(find, out)

    def read(uri: str) -> bytes | None:
        try:
            path = None if is_remote else find(uri)
            return sources.read(uri) if is_remote else path.read_bytes() if path else None
        except (StorageError, OSError):
            return None

    return _at_most(inlined(read, pixels))


def _at_most(address: Address) -> Address:
    """The same addresses until there are too many for one file."""
    count = 0

    def counted(uri: str) -> str:
        nonlocal count
        count += 1
        if count > _MOST_INLINED:
            raise RequestError(
                f"--images inline: more than {_MOST_INLINED:,} page images make a file that no browser opens. Use --images link."
            )
        return address(uri)

    return counted


def _tell(made: Report, out: Path, as_json: bool) -> None:
    counted = figures(made)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "report": str(out),
                    "job": made.job,
                    "label_attribute": made.attribute,
                    "documents": len(made.documents),
                    "answers": counted.answers,
                    "statuses": dict(counted.statuses),
                    "confidence": counted.confidence,
                    "agreement": counted.agreement,
                    "accuracy": counted.accuracy,
                    "calibration_error": counted.reliability.error if counted.reliability else None,
                    "workers": [
                        {
                            "worker": one.worker,
                            "answers": one.answers,
                            "median_seconds": one.median_seconds,
                            "disagreement": one.disagreement,
                            "accuracy": one.accuracy,
                        }
                        for one in counted.workers
                    ],
                    "notes": list(made.notes),
                },
                indent=2,
            )
        )
    statuses = ", ".join(f"{count:,} {status.replace('_', ' ')}" for status, count in counted.statuses.items())
    console.print(
        escape(f"{made.job}: {len(made.documents):,} documents ({statuses}), {counted.answers:,} answers"),
        soft_wrap=True,
    )
    for note in made.notes:
        console.print(f"[yellow]Note:[/] {escape(note)}", soft_wrap=True)
    if not as_json:
        click.echo(out)
