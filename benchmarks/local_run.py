"""The local run: objects a second of a job with simulated workers, and memory over 100,000 manifest lines.

    python benchmarks/local_run.py [--objects 2000] [--lines 100000]

A job's seconds are split into the functions' own (both, in their processes), the simulated workers', and the engine's: everything else, S3
included. Memory is the growth of the process's peak resident set over its size after the imports; the S3 index (moto) is part of it.
"""

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from groundtruth.jobs import JobRequest, LabelingJob
from groundtruth.jobs.categories import read_label_categories
from groundtruth.jobs.simulated import BUCKET, functions_of_task, local_stack
from groundtruth.storage import EmbeddedS3, S3Location
from groundtruth.workforce import SimulatedWorkforce, TruthFile, WorkerAnswer, WorkforceSettings

ROOT = Path(__file__).parents[1]
TASKS = ("document-type", "invoice-boxes", "invoice-fields")
TRUTH = {
    "width": 1240,
    "height": 1754,
    "document_type": "invoice",
    "boxes": [
        {"label": label, "left": 100 + 90 * n, "top": 120 * n, "width": 140, "height": 36}
        for n, label in enumerate(
            (
                "vendor_name",
                "invoice_number",
                "invoice_date",
                "due_date",
                "currency",
                "subtotal",
                "tax_amount",
                "total_amount",
            )
        )
    ],
    "fields": {
        "vendor_name": "Acme Paper Ltd",
        "invoice_number": "INV-10442",
        "invoice_date": "31/01/2026",
        "due_date": "28/02/2026",
        "currency": "EUR",
        "subtotal": "1,003.75",
        "tax_amount": "200.75",
        "total_amount": "1,204.50",
    },
}


class TimedWorkforce:
    """The simulated workers, with a clock."""

    def __init__(self, workforce: SimulatedWorkforce) -> None:
        self._workforce = workforce
        self.seconds = 0.0

    def answers(
        self, dataset_object_id: str, data_object: Mapping[str, object], task_input: Mapping[str, object], count: int
    ) -> tuple[WorkerAnswer, ...]:
        """The workers' answers."""
        started = time.perf_counter()
        answers = self._workforce.answers(dataset_object_id, data_object, task_input, count)
        self.seconds += time.perf_counter() - started
        return answers


class OneWorker:
    """Answers every task alike."""

    def answers(
        self, dataset_object_id: str, data_object: Mapping[str, object], task_input: Mapping[str, object], count: int
    ) -> tuple[WorkerAnswer, ...]:
        """One answer."""
        return (WorkerAnswer("private.local.1", {"documentType": {"label": "Invoice"}}, 5.0),)


def manifest_lines(count: int) -> Iterator[bytes]:
    """A manifest of that many pages."""
    for number in range(count):
        yield json.dumps({"source-ref": f"s3://invoices/pages/{number}.png", "page": number}).encode() + b"\n"


def throughput(task_type: str, objects: int) -> tuple[float, float, float]:
    """Seconds of a whole job, of its functions, and of its simulated workers."""
    categories = read_label_categories(ROOT / "label_categories" / f"{task_type}.json")
    pre_annotation, consolidation = functions_of_task(task_type)
    with tempfile.TemporaryDirectory() as folder:
        truth_path = Path(folder) / "truth.jsonl"
        truth_path.write_text(
            "".join(json.dumps({"image": f"pages/{number}.png", **TRUTH}) + "\n" for number in range(objects))
        )
        workers = TimedWorkforce(
            SimulatedWorkforce(task_type, TruthFile.read(truth_path), WorkforceSettings(), workers=8, seed=1)
        )
        with local_stack(Path(folder), ROOT / "template.yaml", task_type, categories) as (storage, functions):
            manifest = S3Location(BUCKET, "in.manifest")
            storage.put(manifest, b"".join(manifest_lines(objects)))
            request = JobRequest(
                name="bench",
                label_attribute="label",
                manifest=manifest,
                output=S3Location(BUCKET, ""),
                workers_per_object=3,
                pre_annotation=pre_annotation,
                consolidation=consolidation,
                label_categories=categories.names,
            )
            outcome = LabelingJob(request, storage, functions, workers).run()
    assert outcome.counters.human_labeled == objects, outcome
    seconds = outcome.counters.seconds
    return outcome.elapsed, seconds["pre_annotation"] + seconds["consolidation"], workers.seconds


def memory(lines: int) -> tuple[float, float]:
    """Seconds, and megabytes of growth, of a job over that many lines with one answer each and no functions."""
    with tempfile.TemporaryDirectory() as folder, EmbeddedS3(Path(folder)) as storage:
        storage.ensure_bucket(BUCKET)
        manifest = S3Location(BUCKET, "in.manifest")
        path = Path(folder) / "in"
        with path.open("wb") as file:
            file.writelines(manifest_lines(lines))
        storage.put_file(manifest, path)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        request = JobRequest("bench", "label", manifest, S3Location(BUCKET, ""), workers_per_object=1)
        outcome = LabelingJob(request, storage, _no_functions(), OneWorker()).run()
    assert outcome.counters.human_labeled == lines
    return outcome.elapsed, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


class _NoFunctions:
    def invoke(self, function: str, event: Mapping[str, object]) -> object:
        raise AssertionError(function)


def _no_functions() -> _NoFunctions:
    return _NoFunctions()


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=2000)
    parser.add_argument("--lines", type=int, default=100_000)
    options = parser.parse_args()
    seconds, megabytes = memory(options.lines)
    print("| manifest lines | seconds | peak memory above the start, MB |\n|---:|---:|---:|")
    print(f"| {options.lines:,} | {seconds:.1f} | {megabytes:.0f} |\n")
    print(
        "| task | objects a second | engine alone, objects a second | functions, s | workers, s |\n|---|---:|---:|---:|---:|"
    )
    for task_type in TASKS:
        whole, functions, workers = throughput(task_type, options.objects)
        engine = whole - functions - workers
        print(
            f"| {task_type} | {options.objects / whole:.0f} | {options.objects / engine:.0f} | {functions:.1f} | {workers:.1f} |"
        )


if __name__ == "__main__":
    main()
