"""`groundtruth prepare`: from a folder of documents to a manifest in S3."""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import click
from rich.markup import escape

from groundtruth.command.console import console, progress_bar
from groundtruth.errors import RequestError
from groundtruth.prepare.duplicates import DuplicatePolicy
from groundtruth.prepare.naming import destination
from groundtruth.prepare.request import PrepareReport, PrepareRequest
from groundtruth.prepare.run import prepare as run_prepare
from groundtruth.prepare.sources import Selection

_EPILOG = """\b
Examples:
  groundtruth prepare invoices/ s3://acme-groundtruth/q3
  groundtruth prepare invoices/ s3://acme-groundtruth/q3 --vendor-from folder --sample 200 --words
  groundtruth prepare invoices/ s3://acme-groundtruth/q3 --textract-responses textract/
"""

_LISTED = 20
_FILE = click.Path(path_type=Path, dir_okay=False)
_POLICY = click.Choice([policy.value for policy in DuplicatePolicy])


@click.command(epilog=_EPILOG)
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("target", metavar="S3_URI")
@click.option("--manifest", type=_FILE, help="The manifest to write here. Default: FOLDER's name with .manifest.")
@click.option("--dpi", default=150, show_default=True, type=click.IntRange(36, 1200), help="Of PDF pages.")
@click.option(
    "--filter", "filters", multiple=True, metavar="GLOB", help='Only these files, as "acme/*.pdf" (repeatable).'
)
@click.option("--sample", metavar="N|P%", help="A random sample of so many documents, or of so large a share.")
@click.option("--seed", default=0, show_default=True, help="Of the sample: the same seed draws the same.")
@click.option(
    "--vendor-from",
    metavar="folder|REGEX",
    help="The vendor: the first folder's name, or what a regular expression finds in the path.",
)
@click.option(
    "--gold",
    multiple=True,
    metavar="GLOB",
    help="Documents whose truth is known, to see how well workers do (repeatable).",
)
@click.option("--gold-truth", type=_FILE, help="A truth file; its documents are gold.")
@click.option("--words", is_flag=True, help="Also the words of PDFs' own text, with their boxes.")
@click.option(
    "--textract",
    type=click.Choice(["call", "responses"]),
    help="Initial boxes and values by Textract AnalyzeExpense: called (which costs), or read.",
)
@click.option("--textract-responses", type=click.Path(path_type=Path), help="The folder of responses to read.")
@click.option("--textract-fields", type=_FILE, help="A table of Textract's field types and your labels, JSON.")
@click.option(
    "--minimum-confidence", default=0.5, show_default=True, type=click.FloatRange(0, 1), help="Of Textract's fields."
)
@click.option(
    "--exact-duplicates", type=_POLICY, default="leave-out", show_default=True, help="Pages that are the same image."
)
@click.option("--near-duplicates", type=_POLICY, default="keep", show_default=True, help="Pages that look alike.")
@click.option("--workers", type=click.IntRange(1, 256), help="Processes that render. Default: one a core.")
@click.option(
    "--timeout",
    default=120.0,
    show_default=True,
    type=click.FloatRange(min=1),
    help="Seconds that eight pages may take.",
)
@click.option("--create-bucket", is_flag=True, help="Make the bucket when it is not there.")
@click.option("--endpoint-url", metavar="URL", help="Where S3 is. Default: AWS, or what the usual AWS settings say.")
@click.option("--dry-run", is_flag=True, help="Do all of it but write nothing: ask neither S3 nor Textract.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def prepare(folder: Path, target: str, as_json: bool, **options: Any) -> int:
    """Turn the PDFs, TIFF, HEIC, PNG and JPEG files in FOLDER into page images below S3_URI (s3://bucket/prefix), and write the
    manifest of a labeling job.

    Run it again after an interruption and it goes on where it stopped. Prints the manifest's S3 URI. Exit status: 0 when there is a manifest (files that
    could not be used are listed), 1 when nothing could be used or S3 refused, 2 for arguments that cannot be used.
    """
    request = _request(folder, target, options)
    with progress_bar("pages") as bar:
        report = run_prepare(request, bar.start, bar.step)
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False))
    else:
        _show(request, report)
        if report.manifest_uri:
            click.echo(report.manifest_uri)
    return 0 if report.pages else 1


def _request(folder: Path, target: str, options: dict[str, Any]) -> PrepareRequest:
    place = destination(target)
    responses: Path | None = options["textract_responses"]
    textract: str | Path | None = options["textract"]
    if textract == "responses" and responses is None:
        raise RequestError("--textract responses: name their folder with --textract-responses.")
    if textract == "call" and responses is not None:
        raise RequestError("--textract call and --textract-responses: choose one.")
    name = folder.resolve().name or "documents"
    return PrepareRequest(
        folder=folder,
        destination=place,
        manifest=options["manifest"] or Path(f"{name}.manifest"),
        dpi=options["dpi"],
        selection=Selection(options["filters"], options["gold"], options["sample"], options["seed"]),
        vendor_from=options["vendor_from"],
        gold_truth=options["gold_truth"],
        words=options["words"],
        textract=responses or textract,
        textract_fields=options["textract_fields"],
        minimum_confidence=options["minimum_confidence"],
        exact_duplicates=DuplicatePolicy(options["exact_duplicates"]),
        near_duplicates=DuplicatePolicy(options["near_duplicates"]),
        workers=options["workers"] or os.process_cpu_count() or 1,
        timeout=options["timeout"],
        endpoint_url=options["endpoint_url"],
        create_bucket=options["create_bucket"],
        dry_run=options["dry_run"],
    )


def _show(request: PrepareRequest, report: PrepareReport) -> None:
    """The result, for people: what there is, then what needs a look."""
    verb = "would be" if request.dry_run else "are"
    extras = [f"{report.gold:,} gold"] if report.gold else []
    extras += [f"{report.with_words:,} with words"] if request.words else []
    extras += [f"{report.with_predictions:,} with initial values"] if request.textract else []
    about = f" ({', '.join(extras)})" if extras else ""
    console.print(
        f"{report.pages:,} pages of {report.documents:,} documents {verb} in the manifest{about}. "
        f"{report.uploaded:,} objects sent, {report.skipped:,} were there. {report.elapsed:.1f} s.",
        soft_wrap=True,
    )
    _list("Duplicates", [_duplicate_text(duplicate) for duplicate in report.duplicates])
    _list("Notes", list(report.notes))
    kinds = Counter(problem.kind for problem in report.problems)
    title = "Not used: " + ", ".join(f"{count:,} {kind}" for kind, count in sorted(kinds.items()))
    _list(
        title,
        [
            f"{problem.document}{f', page {problem.page}' if problem.page else ''}: {problem.reason}"
            for problem in report.problems
        ],
    )
    if request.dry_run:
        console.print("Nothing was written.")
    elif report.manifest_uri:
        console.print(f"The manifest is in {report.manifest} and in S3:", soft_wrap=True, markup=False)


def _duplicate_text(duplicate: Any) -> str:
    likeness = "is the same image as" if duplicate.kind == "exact" else "looks like"
    end = "left out" if duplicate.is_left_out else "kept"
    return (
        f"{duplicate.document}, page {duplicate.page} {likeness} "
        f"{duplicate.of_document}, page {duplicate.of_page}: {end}."
    )


def _list(title: str, entries: list[str]) -> None:
    if not entries:
        return
    console.print(f"[bold]{escape(title)}[/]")
    for entry in entries[:_LISTED]:
        console.print(f"  {escape(entry)}", soft_wrap=True)
    if len(entries) > _LISTED:
        console.print(f"  and {len(entries) - _LISTED:,} more (--json lists all).")
