"""`groundtruth demo`: three labeling jobs over drawn invoices, or over documents of your own with their truth."""

import json
from pathlib import Path

import click

from groundtruth.command.console import console, progress_bar
from groundtruth.command.run import report_outcome, results_table, simulated_run
from groundtruth.errors import RequestError
from groundtruth.invoices import draw_invoices, write_manifest
from groundtruth.jobs.simulated import SimulatedResult, SimulatedRun, run_simulated

TASKS = ("document-type", "invoice-boxes", "invoice-fields")
_BUCKET_URI = "s3://groundtruth-local/documents"

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
    """Run a document type, a boxes and a fields job from input manifest to output.manifest, with simulated workers."""
    if (out / "s3").exists():
        raise RequestError(f"{out}: a demo has run there already. Choose another --out, or remove the folder.")
    out.mkdir(parents=True, exist_ok=True)
    if documents is None:
        manifest, truth, source = _drawn(out, count, seed)
    else:
        manifest, truth, source = _given(out, documents, document_type)
    results = []
    for task_type in TASKS:
        request = simulated_run(
            manifest=manifest,
            task_type=task_type,
            truth=truth,
            out=out,
            workers=workers,
            source=source,
            job_name=f"demo-{task_type}",
            seed=seed,
            label_categories=label_categories / f"{task_type}.json" if label_categories else None,
        )
        with progress_bar(task_type) as bar:
            results.append((request, run_simulated(request, bar.start, bar.step)))
    return _report(results)


def _drawn(out: Path, count: int, seed: int) -> tuple[Path, Path, Path]:
    folder = out / "invoices"
    with progress_bar("drawing invoices") as bar:
        bar.start(count)
        draw_invoices(folder, count, seed, lambda _: bar.step())
    return write_manifest(folder, _BUCKET_URI), folder / "truth.jsonl", folder


def _given(out: Path, documents: Path, document_type: str | None) -> tuple[Path, Path, Path]:
    """A manifest and a truth file for a folder of images that has its own `truth.jsonl`."""
    source = documents / "truth.jsonl"
    if not source.is_file():
        raise RequestError(f"--documents: {documents} has no truth.jsonl.")
    truth, manifest = out / "truth.jsonl", out / "documents.manifest"
    with (
        source.open(encoding="utf-8") as lines,
        truth.open("w", encoding="utf-8") as truths,
        manifest.open("w", encoding="utf-8") as objects,
    ):
        for number, line in enumerate(lines, 1):
            try:
                entry = json.loads(line)
                image = entry["image"]
            except (ValueError, KeyError, TypeError) as error:
                raise RequestError(f'{source}, line {number}: no JSON object with an "image".') from error
            if document_type:
                entry.setdefault("document_type", document_type)
            truths.write(json.dumps(entry, ensure_ascii=False) + "\n")
            objects.write(json.dumps({"source-ref": f"{_BUCKET_URI}/{image}", "document": Path(image).stem}) + "\n")
    return manifest, truth, documents


def _report(results: list[tuple[SimulatedRun, SimulatedResult]]) -> int:
    console.print(results_table(results))
    status = 0
    for _, result in results:
        status = max(status, report_outcome(result))
    for _, result in results:
        click.echo(result.output_manifest)
    return status
