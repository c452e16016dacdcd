"""`groundtruth prepare` against bare pypdfium2 over the same PDF pages, the same number of processes, in one run.

    python benchmarks/prepare.py [--pages 1000] [--workers 2] [--documents FOLDER]

Four ways, each from file to finished page at 150 dpi:
bare        pypdfium2 renders into a bitmap that is thrown away, over the same processes
saved       the same, saved as PNG by Pillow's defaults, as `pypdfium2 render` does
dry run     groundtruth prepare without sending: rendered, saved as PNG, hashed, compared for duplicates
prepare     groundtruth prepare into an S3 over HTTP (moto, in a process of its own on the same cores)

Wall time says how fast it is here and now; CPU seconds (processes of the S3 not counted) say it also where other programs run. Both count from the
start of the processes, what they import included. Invoices are drawn, at most 100 different ones, some of them as scans; or those of a folder are
copied until there are enough pages. What a process does not need it does not import: every one of them reads this file.
"""

import argparse
import io
import multiprocessing
import os
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import pypdfium2

DPI = 150
DIFFERENT = 100


def bare(path: Path) -> int:
    """Render a document and keep nothing; its pages."""
    document = pypdfium2.PdfDocument(path)
    for page in document:
        page.render(scale=DPI / 72)
    return len(document)


def saved(path: Path) -> int:
    """Render a document and save its pages as Pillow does by default."""
    document = pypdfium2.PdfDocument(path)
    for page in document:
        page.render(scale=DPI / 72).to_pil().save(io.BytesIO(), "PNG")
    return len(document)


def over_processes(work: Callable[[Path], int], paths: list[Path], workers: int) -> int:
    """Do the work in processes; the pages in all."""
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        pages = sum(pool.imap_unordered(work, paths))
        pool.close()
        pool.join()
    return pages


def serve(folder: Path, connection: Connection) -> None:
    """Serve an S3 until told to stop."""
    from groundtruth.storage import EmbeddedS3  # noqa: PLC0415

    with EmbeddedS3(folder) as server:
        server.ensure_bucket("bench")
        connection.send(server.endpoint_url)
        connection.recv()


@contextmanager
def s3(folder: Path) -> Iterator[str]:
    """The address of an S3 in a process of its own."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(folder, theirs))
    process.start()
    yield ours.recv()
    ours.send(None)
    process.join()


def prepared(folder: Path, workers: int, endpoint_url: str | None, out: Path) -> int:
    """Prepare a folder; its pages. endpoint_url: None for a dry run."""
    from groundtruth.prepare.duplicates import DuplicatePolicy  # noqa: PLC0415
    from groundtruth.prepare.naming import destination  # noqa: PLC0415
    from groundtruth.prepare.request import PrepareRequest  # noqa: PLC0415
    from groundtruth.prepare.run import prepare  # noqa: PLC0415

    report = prepare(
        PrepareRequest(
            folder=folder,
            destination=destination("s3://bench/q3"),
            manifest=out / "bench.manifest",
            dpi=DPI,
            exact_duplicates=DuplicatePolicy.KEEP,
            workers=workers,
            endpoint_url=endpoint_url,
            dry_run=endpoint_url is None,
        )
    )
    assert not report.problems
    return report.pages


def cpu() -> float:
    """CPU seconds so far, of this process and of those that ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def measured(name: str, work: Callable[[], int], reference: tuple[float, float] | None) -> tuple[float, float]:
    """Time the work and print its line: pages a second, and a CPU second, with their shares of the reference."""
    wall, used = time.perf_counter(), cpu()
    pages = work()
    rates = pages / (time.perf_counter() - wall), pages / (cpu() - used)
    shares = [f"{rate / base:6.1%}" for rate, base in zip(rates, reference or rates, strict=True)]
    print(f"{name:9} {rates[0]:8.1f} {shares[0]} {rates[1]:12.1f} {shares[1]}", flush=True)
    return rates


def draw(folder: Path, pages: int) -> list[Path]:
    """Drawn PDFs of one page each."""
    from groundtruth.invoices import draw_invoices  # noqa: PLC0415

    drawn = folder / "drawn"
    draw_invoices(drawn, min(pages, DIFFERENT), seed=5)
    return sorted((drawn / "pdf").iterdir())


def copies(originals: list[Path], documents: Path, pages: int) -> list[Path]:
    """Copies of PDFs, round and round, with so many pages in all or a few more."""
    counts = [len(pypdfium2.PdfDocument(path)) for path in originals]
    documents.mkdir()
    made, number = 0, 0
    while made < pages:
        shutil.copyfile(originals[number % len(originals)], documents / f"{number:05d}.pdf")
        made += counts[number % len(originals)]
        number += 1
    return sorted(documents.iterdir())


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--documents", type=Path, help="PDFs to copy instead of drawing some.")
    parser.add_argument("--workers", type=int, default=os.process_cpu_count() or 1)
    arguments = parser.parse_args()
    os.environ |= {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_DEFAULT_REGION": "us-east-1"}
    with tempfile.TemporaryDirectory(prefix="groundtruth-bench-") as scratch:
        folder = Path(scratch)
        originals = sorted(arguments.documents.glob("*.pdf")) if arguments.documents else draw(folder, arguments.pages)
        paths = copies(originals, folder / "documents", arguments.pages)
        workers = arguments.workers
        print(f"{len(paths)} PDFs, {DPI} dpi, {workers} processes")
        print(f"{'':9} {'pages/s':>8} {'':6} {'pages/CPU s':>12}")
        base = measured("bare", lambda: over_processes(bare, paths, workers), None)
        measured("saved", lambda: over_processes(saved, paths, workers), base)
        measured("dry run", lambda: prepared(folder / "documents", workers, None, folder), base)
        with s3(folder / "s3") as url:
            measured("prepare", lambda: prepared(folder / "documents", workers, url, folder), base)


if __name__ == "__main__":
    main()
