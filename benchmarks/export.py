"""How fast `groundtruth export` writes 100,000 labelled pages without their images, and how much memory it takes.

    python benchmarks/export.py [--lines 100000] [--to coco ...]

The manifest is made first, seeded: eight boxes a page as the boxes job labels them, for funsd also eight words. Every format runs in a process of its
own. Lines a second are by the clock and by processor time: the second suffers less from what else the machine is doing. Memory is the growth of the
peak resident size over that after the imports. Two figures of the same machine in the same minutes come first, to judge the others by: parsing the lines with
`json.loads` alone, and making small files alone, which bounds the formats that have a file for each page.
"""

import argparse
import itertools
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from groundtruth.export import FORMATS, ExportSettings, export
from groundtruth.storage import RemoteS3

LEAST_LINES_A_SECOND = 20_000
A_FILE_A_PAGE = {"yolo", "voc", "textract"}
LABELS = (
    "vendor_name",
    "invoice_number",
    "invoice_date",
    "due_date",
    "purchase_order",
    "currency",
    "subtotal",
    "total_amount",
)
WIDTH, HEIGHT = 1240, 1754


def write_manifest(path: Path, lines: int, with_words: bool) -> None:
    """An output manifest of `lines` pages."""
    rng = random.Random(5)
    with path.open("w") as file:
        for number in range(lines):
            line = _line(rng, number)
            if with_words:
                line["words"] = [
                    {"text": name, "left": box["left"] + 2, "top": box["top"] + 2, "width": 20, "height": 20}
                    for name, box in zip(LABELS, line["boxes"]["annotations"], strict=True)
                ]
            file.write(json.dumps(line, separators=(",", ":")) + "\n")


def _line(rng: random.Random, number: int) -> dict[str, Any]:
    annotations = [
        {
            "class_id": c,
            "left": rng.randrange(900),
            "top": rng.randrange(1600),
            "width": rng.randrange(20, 300),
            "height": 24,
        }
        for c in range(len(LABELS))
    ]
    return {
        "source-ref": f"s3://acme-groundtruth-invoices/pages/INV-{number:06}-p1.png",
        "document": f"INV-{number:06}",
        "page": 1,
        "vendor": f"Vendor {number % 997}",
        "boxes": {
            "image_size": [{"width": WIDTH, "height": HEIGHT, "depth": 3}],
            "annotations": annotations,
            "class-map": {str(c): name for c, name in enumerate(LABELS)},
            "objects": [{"confidence": round(rng.random(), 4), "votes": 3, "workers": 3} for _ in LABELS],
            "confidence": 0.9,
            "workers": 3,
            "status": "agreed",
        },
        "boxes-metadata": {
            "type": "groundtruth/custom",
            "job-name": "bench",
            "human-annotated": "yes",
            "creation-date": "2026-11-03T09:41:20.177000",
        },
    }


def measure(manifest: Path, format_: str, folder: Path) -> dict[str, float]:
    """One export in this process."""
    before = peak_megabytes()
    clock, processor = time.perf_counter(), time.process_time()
    summary = export(str(manifest), folder, ExportSettings(to=format_), RemoteS3("http://127.0.0.1:1"))
    seconds, busy = time.perf_counter() - clock, time.process_time() - processor
    assert summary.pages == summary.lines
    grown = peak_megabytes() - before
    return {"clock": summary.lines / seconds, "processor": summary.lines / busy, "megabytes": grown}


def peak_megabytes() -> float:
    """This process's peak resident size; `getrusage` would begin with that of the process that started it."""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM:")).split()[1]) / 1024


def parse_alone(manifest: Path) -> float:
    """Lines a second of processor time that `json.loads` parses."""
    with manifest.open("rb") as file:
        lines = list(itertools.islice(file, 20_000))
    start = time.process_time()
    for line in lines:
        json.loads(line)
    return len(lines) / (time.process_time() - start)


def files_alone(folder: Path, count: int = 5_000) -> float:
    """Files of 400 bytes a second, by the clock."""
    folder.mkdir()
    start = time.perf_counter()
    for number in range(count):
        (folder / f"{number}.txt").write_bytes(b"x" * 400)
    return count / (time.perf_counter() - start)


def main() -> None:
    """Print a row for each format. Exit status 1 when a format of few files is slower than it has to be, by processor time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--to", nargs="*", default=list(FORMATS))
    parser.add_argument("--in-process", metavar="MANIFEST", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if arguments.in_process:
            print(json.dumps(measure(Path(arguments.in_process), arguments.to[0], folder / "out")))
            return
        sys.exit(compare(folder, arguments.lines, arguments.to))


def compare(folder: Path, lines: int, formats: Sequence[str]) -> bool:
    """Measure each format in a process of its own. Returns whether one of few files was too slow."""
    plain, with_words = folder / "plain.manifest", folder / "words.manifest"
    write_manifest(plain, lines, with_words=False)
    print(f"{lines:,} lines, {plain.stat().st_size / 1e6:.0f} MB")
    print(
        f"json.loads alone {parse_alone(plain):,.0f} lines/cpu s, small files alone {files_alone(folder / 'files'):,.0f} files/s"
    )
    print(f"{'format':14}{'lines/s':>10}{'lines/cpu s':>13}{'MB':>7}")
    is_slow = False
    for format_ in formats:
        if format_ == "funsd":
            write_manifest(with_words, lines, with_words=True)
        manifest = with_words if format_ == "funsd" else plain
        command = [sys.executable, __file__, "--in-process", str(manifest), "--to", format_]
        row = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        print(f"{format_:14}{row['clock']:10,.0f}{row['processor']:13,.0f}{row['megabytes']:7.0f}", flush=True)
        is_slow |= format_ not in A_FILE_A_PAGE and row["processor"] < LEAST_LINES_A_SECOND
    return is_slow


if __name__ == "__main__":
    main()
