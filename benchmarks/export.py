"""How fast `groundtruth export` writes 100,000 labelled pages without their images, and how much memory it takes.

    python benchmarks/export.py [--lines 100000] [--to coco ...]

The manifest is made first, seeded: eight boxes a page as the boxes job labels them (for csv also field values). Every format runs in a process of its own.
Lines a second are by the clock and by processor time: the second does not suffer from what else the machine is doing. Memory is the growth of the
peak resident size over that after the imports.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from groundtruth.export import FORMATS, ExportSettings, export
from groundtruth.storage import RemoteS3

LEAST_LINES_A_SECOND = 20_000
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


def write_manifest(path: Path, lines: int) -> None:
    """An output manifest of `lines` pages."""
    rng = random.Random(5)
    with path.open("w") as file:
        for number in range(lines):
            file.write(json.dumps(_line(rng, number), separators=(",", ":")) + "\n")


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
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    clock, processor = time.perf_counter(), time.process_time()
    summary = export(str(manifest), folder, ExportSettings(to=format_), RemoteS3("http://127.0.0.1:1"))
    seconds, busy = time.perf_counter() - clock, time.process_time() - processor
    assert summary.pages == summary.lines
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return {"clock": summary.lines / seconds, "processor": summary.lines / busy, "megabytes": grown}


def main() -> None:
    """Print a row for each format. Exit status 1 when one is slower than it has to be, by processor time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--to", nargs="*", default=list(FORMATS))
    parser.add_argument("--in-process", metavar="MANIFEST", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if arguments.in_process:
            print(json.dumps(measure(Path(arguments.in_process), arguments.to[0], Path(folder) / "out")))
            return
        manifest = Path(folder) / "output.manifest"
        write_manifest(manifest, arguments.lines)
        print(f"{arguments.lines:,} lines, {manifest.stat().st_size / 1e6:.0f} MB")
        print(f"{'format':14}{'lines/s':>10}{'lines/cpu s':>13}{'MB':>7}")
        slowest = float("inf")
        for format_ in arguments.to:
            command = [sys.executable, __file__, "--in-process", str(manifest), "--to", format_]
            row = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            print(f"{format_:14}{row['clock']:10,.0f}{row['processor']:13,.0f}{row['megabytes']:7.0f}", flush=True)
            slowest = min(slowest, row["processor"])
    sys.exit(slowest < LEAST_LINES_A_SECOND)


if __name__ == "__main__":
    main()
