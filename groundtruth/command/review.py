"""`groundtruth review`: objects that need another look, for an expert, and the expert's decisions back into the manifest."""

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import click
from rich.markup import escape

from groundtruth.command.console import console
from groundtruth.command.report import answers_folder, usual_labels
from groundtruth.errors import RequestError
from groundtruth.export.lines import opened
from groundtruth.jobs.categories import read_label_categories
from groundtruth.report import Report, ReportSettings, read_report
from groundtruth.review import (
    MergeSummary,
    ReviewSettings,
    ReviewSummary,
    make_review,
    merge_review,
    parse_sum,
    read_decisions,
    review_categories,
)
from groundtruth.review.decisions import NO_DECISIONS
from groundtruth.storage import RemoteS3

_EPILOG = """\b
Examples:
  groundtruth review output.manifest -o review.manifest --decisions q3-fields.decisions.json
  groundtruth review output.manifest --merge review/output.manifest -o final.manifest
"""
_CODES = {"sum": "do not add up", "confidence": "below the confidence", "rejected": "rejected", "failed": "failed"}


@click.command(epilog=_EPILOG)
@click.argument("output_manifest")
@click.option("-o", "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The new manifest.")
@click.option("--merge", metavar="MANIFEST", help="The review job's output: write the final manifest instead.")
@click.option("--review-attribute", metavar="NAME", help="With --merge: the review job's label. Default: the new one.")
@click.option("--label-attribute", metavar="NAME", help="Which label to review. Default: the job's own.")
@click.option(
    "--label-categories",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The job's label category config. Default: the project's when it fits the labels.",
)
@click.option(
    "--decisions",
    type=click.Path(path_type=Path, dir_okay=False),
    help="What a report saved: rejected is reviewed, accepted is not.",
)
@click.option(
    "--minimum-confidence",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    help="Review labels below it too.",
)
@click.option(
    "--sum",
    "sums",
    multiple=True,
    metavar="A+B=C",
    default=("subtotal+tax_amount=total_amount",),
    show_default=True,
    help="Fields that must add up, to the cent (repeatable); an empty text checks none.",
)
@click.option(
    "--responses",
    metavar="FOLDER",
    help="The job's folder with annotations/worker-response, here or s3://. Default: the one the manifest lies in.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@click.option("--endpoint-url", metavar="URL", help="Where S3 is. Default: AWS.")
def review(
    output_manifest: str,
    out: Path,
    merge: str | None,
    review_attribute: str | None,
    label_attribute: str | None,
    label_categories: Path | None,
    decisions: Path | None,
    minimum_confidence: float,
    sums: tuple[str, ...],
    responses: str | None,
    as_json: bool,
    endpoint_url: str | None,
) -> int:
    """Collect what needs another look in OUTPUT_MANIFEST, a file or an s3:// URI, for a job with the invoice-review template.

    That is what is no agreed label, does not add up, was rejected in the report, or is below --minimum-confidence. Writes the review job's manifest
    and, beside it, its label category config. With --merge, writes OUTPUT_MANIFEST with the review's decisions in it. Exit status: 0 done, 2 for unusable
    input.
    """
    if merge is not None:
        merged = _merge(output_manifest, merge, review_attribute, out, endpoint_url)
        _tell_merged(merged, out, as_json)
        return 0
    settings = ReviewSettings(
        decisions=read_decisions(decisions) if decisions else NO_DECISIONS,
        minimum_confidence=minimum_confidence,
        sums=tuple(parse_sum(text) for text in sums if text),
    )
    labels = read_label_categories(label_categories).labels if label_categories else ()
    reading = ReportSettings(attribute=label_attribute, labels=labels, usual_labels=usual_labels(), sample=0)
    with opened(output_manifest, RemoteS3(endpoint_url)) as file:
        report = read_report(file, output_manifest, answers_folder(output_manifest, responses, endpoint_url), reading)
        with _written(out, (output_manifest,)) as lines:
            summary = make_review(file, output_manifest, report, settings, lines)
    config = out.with_name(f"{out.stem}.label-categories.json")
    _write_config(config, review_categories(_config(label_categories, report), report.attribute))
    _tell_review(summary, report, out, config, as_json)
    return 0


def _merge(manifest: str, review_manifest: str, attribute: str | None, out: Path, endpoint: str | None) -> MergeSummary:
    storage = RemoteS3(endpoint)
    with (
        opened(manifest, storage) as original,
        opened(review_manifest, storage) as reviewed,
        _written(out, (manifest, review_manifest)) as lines,
    ):
        return merge_review(original, manifest, reviewed, review_manifest, lines, attribute)


@contextmanager
def _written(path: Path, sources: Sequence[str] = ()) -> Iterator[IO[bytes]]:
    """A file that is there only when all of it was written."""
    if any(Path(source).resolve() == path.resolve() for source in sources):
        raise RequestError(f"{path}: this manifest is read. Choose another file with -o.")
    partial = path.with_name(path.name + ".part")
    try:
        with partial.open("wb") as file:
            yield file
        partial.replace(path)
    except OSError as error:
        raise RequestError(f"{path}: cannot be written ({error.strerror}).") from error
    finally:
        partial.unlink(missing_ok=True)


def _config(given: Path | None, report: Report) -> Mapping[str, Any]:
    """The job's config, else one of the categories as far as the labels tell them."""
    if given is not None:
        config = json.loads(given.read_bytes())
        return config if isinstance(config, dict) else {}
    labels = [
        {"label": one.name, "displayName": one.display_name}
        | ({"type": one.type} if one.type else {})
        | ({"description": one.description} if one.description else {})
        | ({"dateOrder": one.date_order} if one.date_order else {})
        | ({} if one.is_required else {"required": False})
        for one in report.categories
    ]
    return {"document-version": "2018-11-28", "labels": labels, "task": {"manifestKeys": ["document", "page"]}}


def _write_config(path: Path, config: Mapping[str, Any]) -> None:
    try:
        path.write_text(json.dumps(config, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise RequestError(f"{path}: cannot be written ({error.strerror}).") from error


def _tell_review(summary: ReviewSummary, report: Report, out: Path, config: Path, as_json: bool) -> None:
    if as_json:
        more = {"manifest": str(out), "label_categories": str(config), "label_attribute": report.attribute}
        click.echo(json.dumps(dataclasses.asdict(summary) | more, indent=2))
    why = ", ".join(f"{count:,} {_CODES.get(code, code.replace('_', ' '))}" for code, count in summary.reasons.items())
    console.print(
        escape(f"{summary.objects:,} of {summary.documents:,} objects need another look{f': {why}' if why else ''}."),
        soft_wrap=True,
    )
    if summary.shortened:
        console.print(f"{summary.shortened:,} of them have more answers than fit into a line; the rest is left out.")
    if summary.objects:
        console.print(
            escape(
                f"Start a job over {out} with one worker an object, the template invoice-review.liquid.html, the label categories {config} "
                f'and a label attribute of its own, such as "{report.attribute}-review".'
            ),
            soft_wrap=True,
        )
    if not as_json:
        click.echo(out)


def _tell_merged(summary: MergeSummary, out: Path, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(summary) | {"manifest": str(out)}, indent=2))
    console.print(
        f"{summary.reviewed:,} of {summary.documents:,} labels are the expert's, {summary.changed:,} of them changed; "
        f"{summary.undecided:,} stayed undecided.",
        soft_wrap=True,
    )
    if summary.too_long:
        console.print(
            f"{summary.too_long:,} labels or lines are longer than Ground Truth takes in the manifest of another job."
        )
    if not as_json:
        click.echo(out)
