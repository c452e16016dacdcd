"""How fast `groundtruth reconsolidate` is, how much memory it takes, and what the same costs on Lambda.

    .venv/bin/python benchmarks/reconsolidate.py [--objects 100000] [--workers 5] [--task document-type|invoice-boxes|invoice-fields]

Writes a finished job to disk one request at a time, at a fifth of the objects and at all of them, and consolidates each by the command in a process of
its own. Prints objects a second, of the clock and of the processors, the peak memory of all its processes together, and the cost on Lambda: seconds
that the functions computed, times the memory of the function in template.yaml, times the price. Fails when the memory passes 400 MB or when the larger
job takes over 1.3 times as much processor time an object as the smaller one.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
MEMORY_MEGABYTES = 400
MOST_GROWTH = 1.3
OBJECTS_A_REQUEST = 200
FUNCTION_GIGABYTES = 1769 / 1024
"""MemorySize of the function in template.yaml: one processor."""
PRICE_GB_SECOND = 0.0000166667
PRICE_REQUEST = 0.20 / 1_000_000
PRICE_TRANSITION = 0.025 / 1_000
TRANSITIONS_A_PART = 3
"""Of a child execution in a distributed map with one state, its start counted."""
PRICE_PLACE, PRICE_DATE = "us-east-1, x86", "November 2026"
FIELDS = (
    "vendor_name",
    "invoice_number",
    "invoice_date",
    "due_date",
    "currency",
    "subtotal",
    "tax_amount",
    "total_amount",
)
TYPES = ("invoice", "credit_note", "receipt", "reminder")
TEAM = 40
_EVERY = 0.1


@dataclass(frozen=True)
class Measured:
    """One run. megabytes: the most that all its processes had at one time, pages that they share counted in each. function_seconds: of the
    processors, in the functions alone."""

    objects: int
    seconds: float
    processor_seconds: float
    function_seconds: float
    megabytes: float

    @property
    def each(self) -> float:
        """Processor seconds an object."""
        return self.processor_seconds / self.objects


def main() -> int:
    """Run the benchmark; exit status 1 when memory or growth is more than it may be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--objects", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=5)
    parser.add_argument("--task", choices=("document-type", "invoice-boxes", "invoice-fields"), default="invoice-boxes")
    parser.add_argument("--method", choices=("majority", "weighted"), default="majority")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--price", type=float, default=PRICE_GB_SECOND, help="Dollars a gigabyte second.")
    options = parser.parse_args()
    runs = []
    for objects in (max(options.objects // 5, 1), options.objects):
        with tempfile.TemporaryDirectory(prefix="groundtruth-reconsolidate-") as folder:
            job = write_job(Path(folder) / "job", objects, options.workers, options.task)
            runs.append(measure(job, objects, options))
            tell(runs[-1], options)
    growth = runs[1].each / runs[0].each
    megabytes = max(run.megabytes for run in runs)
    print(f"Processor time an object: {growth:.2f} times that of the smaller job (at most {MOST_GROWTH})")
    print(f"Memory: {megabytes:.0f} MB (at most {MEMORY_MEGABYTES})")
    return 0 if growth <= MOST_GROWTH and megabytes <= MEMORY_MEGABYTES else 1


def measure(job: Path, objects: int, options: argparse.Namespace) -> Measured:
    """Run the command over the job, watching its processes."""
    command = [sys.executable, "-m", "groundtruth", "reconsolidate", str(job), "--task", options.task]
    command += ["--processes", str(options.processes), "--method", options.method, "--json"]
    before = os.times()
    began = time.perf_counter()
    most = 0
    functions: dict[int, float] = {}
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            found = family(process.pid)
            most = max(most, sum(memory for memory, _ in found.values()))
            functions |= {pid: used for pid, (_, used) in found.items() if pid != process.pid}
            time.sleep(_EVERY)
    seconds = time.perf_counter() - began
    if process.returncode:
        raise SystemExit(f"the command failed with exit status {process.returncode}")
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return Measured(objects, seconds, used, sum(functions.values()), most / 1e6)


def family(pid: int) -> dict[int, tuple[int, float]]:
    """Bytes in memory and processor seconds of a process and of all it started, those left out that have just ended."""
    try:
        resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        tasks = [(task / "children").read_text().split() for task in Path(f"/proc/{pid}/task").iterdir()]
    except (OSError, IndexError):
        return {}
    found = {pid: (resident, sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK"))}
    for child in (child for children in tasks for child in children):
        found |= family(int(child))
    return found


def tell(run: Measured, options: argparse.Namespace) -> None:
    """Print a run and its cost."""
    parts = -(-run.objects // OBJECTS_A_REQUEST)
    gigabyte_seconds = run.function_seconds * FUNCTION_GIGABYTES
    computing = gigabyte_seconds * options.price
    calls, transitions = parts * PRICE_REQUEST, parts * TRANSITIONS_A_PART * PRICE_TRANSITION
    print(
        f"{run.objects:,} objects, {options.workers} answers each ({options.task}, {options.method}): {run.seconds:.1f} s, "
        f"{run.objects / run.seconds:,.0f} objects/s, {run.processor_seconds:.1f} s of processors "
        f"({1000 * run.each:.2f} ms an object; {run.function_seconds:.1f} s in functions), "
        f"{run.megabytes:.0f} MB at most in all processes"
    )
    print(
        f"  on Lambda about ${computing + calls + transitions:.4f}: {gigabyte_seconds:,.0f} GB s x ${options.price} "
        f"= ${computing:.4f}, {parts:,} calls ${calls:.4f}, {parts * TRANSITIONS_A_PART:,} transitions ${transitions:.4f} ({PRICE_PLACE}, {PRICE_DATE})",
        flush=True,
    )


def write_job(job: Path, objects: int, workers: int, task: str) -> Path:
    """A finished job's output manifest and consolidation requests, one of which is in memory at a time."""
    chance = random.Random(0)
    requests = job / "annotations" / "consolidated-annotation" / "consolidation-request" / "iteration-1"
    manifest = job / "manifests" / "output" / "output.manifest"
    requests.mkdir(parents=True)
    manifest.parent.mkdir(parents=True)
    answer: Callable[[int, random.Random], dict[str, Any]] = {
        "document-type": a_type,
        "invoice-boxes": boxes,
        "invoice-fields": fields,
    }[task]
    metadata = {"type": "groundtruth/custom", "job-name": "job", "human-annotated": "yes"}
    with manifest.open("w") as lines:
        for number, start in enumerate(range(0, objects, OBJECTS_A_REQUEST)):
            payload = []
            for item in range(start, min(start + OBJECTS_A_REQUEST, objects)):
                source = f"s3://acme-invoices/pages/invoice-{item:06}.png"
                line = {"source-ref": source, "document": f"INV-{item}", "Label": {}, "Label-metadata": metadata}
                lines.write(json.dumps(line) + "\n")
                payload.append(entry(item, source, workers, answer, chance))
            (requests / f"2026-11-03_{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}.json").write_text(
                json.dumps(payload)
            )
    return job


def entry(
    item: int, source: str, workers: int, answer: Callable[[int, random.Random], dict[str, Any]], chance: random.Random
) -> dict[str, Any]:
    """One object of a request."""
    people = chance.sample(range(TEAM), workers)
    return {
        "datasetObjectId": str(item),
        "dataObject": {"s3Uri": source},
        "annotations": [
            {
                "workerId": f"private.eu-west-1.{person:016x}",
                "annotationData": {"content": json.dumps(answer(item, chance))},
            }
            for person in people
        ],
    }


def a_type(item: int, chance: random.Random) -> dict[str, Any]:
    """A document type, one in ten another one."""
    return {"documentType": {"label": TYPES[(item + (chance.random() < 0.1)) % len(TYPES)]}}


def boxes(item: int, chance: random.Random) -> dict[str, Any]:
    """A box for each field, a few pixels off; one in ten elsewhere."""
    drawn = [
        {
            "label": name,
            "left": 60 + 37 * ((item + at) % 20) + chance.randint(-3, 3) + 400 * (chance.random() < 0.1),
            "top": 180 * at + chance.randint(-3, 3) + 10,
            "width": 160 + chance.randint(-3, 3),
            "height": 34,
        }
        for at, name in enumerate(FIELDS)
    ]
    return {"invoiceBoxes": {"boundingBoxes": drawn, "inputImageProperties": {"width": 1240, "height": 1754}}}


def fields(item: int, chance: random.Random) -> dict[str, Any]:
    """A text for each field; one in ten with a character too many."""
    amount = 1_000 + item * 7_919 % 1_000_000
    values = (
        f"Vendor {item % 500} Ltd",
        f"RE-2026-{item:06}",
        f"{1 + item % 28:02}.09.2026",
        f"{1 + item % 28:02}.10.2026",
        "EUR",
        f"{amount / 100:,.2f}",
        f"{amount / 500:,.2f}",
        f"{amount / 100 + amount / 500:,.2f}",
    )
    return {name: value + "7" * (chance.random() < 0.1) for name, value in zip(FIELDS, values, strict=True)}


if __name__ == "__main__":
    sys.exit(main())
