"""What consolidation costs: time beside parsing the same payload, and memory beside the payload's size.

    python benchmarks/consolidation.py

For each task type a payload of 1,000 objects with 5 workers each (8 boxes, 8 fields) is made, seeded. Parsing is `json.loads` of the payload
and of every answer in it. Consolidating is everything from the payload's bytes to the response's entries. Both run in turn, and the
fastest of several rounds counts, in seconds of processor time: the machine may be busy with something else. Memory is the peak resident size
of a fresh process above its size after importing the function, for one consolidation, the payload's bytes included.
"""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "functions" / "consolidation"))

from consolidation.label_categories import LabelCategories, from_config
from consolidation.labelling import label_payload
from consolidation.settings import Settings

OBJECTS = 1_000
WORKERS = 5
ROUNDS = 9
MOST_TIMES_PARSING = 5.0
MOST_TIMES_PAYLOAD = 8.0
FIELDS = {
    "vendor_name": "text",
    "invoice_number": "identifier",
    "invoice_date": "date",
    "due_date": "date",
    "purchase_order": "identifier",
    "currency": "currency",
    "subtotal": "amount",
    "total_amount": "amount",
}
TYPES = ("invoice", "credit_note", "receipt", "purchase_order", "other")


def payload(task_type: str, seed: int = 1) -> bytes:
    """A consolidation request of `OBJECTS` objects, as Ground Truth writes it."""
    rng = random.Random(seed)
    make = {"document-type": _type_answers, "invoice-boxes": _box_answers, "invoice-fields": _field_answers}[task_type]
    objects = []
    for item in range(OBJECTS):
        contents = [json.dumps(answer, separators=(",", ":")) for answer in make(rng)]
        annotations = [
            {"workerId": f"private.eu-west-1.{worker:016x}", "annotationData": {"content": content}}
            for worker, content in enumerate(contents)
        ]
        data_object = {"s3Uri": f"s3://acme-groundtruth-invoices/pages/INV-{item:05}-p1.png"}
        objects.append({"datasetObjectId": str(item), "dataObject": data_object, "annotations": annotations})
    return json.dumps(objects, separators=(",", ":")).encode()


def _type_answers(rng: random.Random) -> list[dict[str, Any]]:
    truth = rng.choice(TYPES)
    return [{"documentType": {"label": truth if rng.random() < 0.9 else rng.choice(TYPES)}} for _ in range(WORKERS)]


def _box_answers(rng: random.Random) -> list[dict[str, Any]]:
    """Workers who draw 8 boxes a few pixels off, and mislabel, miss or misplace one in fifty."""
    places = [
        (rng.randrange(60, 1000), rng.randrange(60, 1680), rng.randrange(60, 240), rng.randrange(18, 44))
        for _ in FIELDS
    ]
    return [
        {
            "invoiceBoxes": {
                "boundingBoxes": [_drawn(rng, label, *place) for label, place in zip(FIELDS, places, strict=True)],
                "inputImageProperties": {"height": 1754, "width": 1240},
            }
        }
        for _ in range(WORKERS)
    ]


def _drawn(rng: random.Random, label: str, left: int, top: int, width: int, height: int) -> dict[str, Any]:
    if rng.random() < 0.02:
        label = rng.choice(list(FIELDS))
    if rng.random() < 0.02:
        left, top = rng.randrange(60, 1000), rng.randrange(60, 1680)
    off = [round(rng.gauss(0, deviation)) for deviation in (1.5, 3, 2.5, 2)]
    return {
        "height": max(height + off[0], 4),
        "label": label,
        "left": left + off[1],
        "top": top + off[2],
        "width": width + off[3],
    }


def _field_answers(rng: random.Random) -> list[dict[str, Any]]:
    """Workers who type 8 fields in their own way, and mistype or leave out one in fifty."""
    day, month = rng.randrange(1, 29), rng.randrange(1, 13)
    amount = rng.randrange(100, 5_000_000) / 100
    truth = {
        "vendor_name": [f"ACME Paper {rng.randrange(1000)} Ltd.", "Acme Paper Ltd"],
        "invoice_number": [f"INV-{rng.randrange(100_000)}"],
        "invoice_date": [f"{day:02}/{month:02}/2026", f"2026-{month:02}-{day:02}"],
        "due_date": [f"{day:02}.{month:02}.26"],
        "purchase_order": [f"PO {rng.randrange(10_000)}"],
        "currency": ["EUR", "€"],
        "subtotal": [f"{amount:,.2f}", f"{amount:.2f}"],
        "total_amount": [f"{amount * 1.2:,.2f}", f"€ {amount * 1.2:,.2f}"],
    }
    return [_typed(rng, truth) for _ in range(WORKERS)]


def _typed(rng: random.Random, truth: dict[str, list[str]]) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    for name, spellings in truth.items():
        text = rng.choice(spellings) if rng.random() < 0.3 else spellings[0]
        if rng.random() < 0.02:
            text = text[:-1] + rng.choice("0123456789")
        if rng.random() >= 0.02:
            answer[name] = text
    return answer | {"not_on_document": dict.fromkeys(truth, False)}


def categories() -> LabelCategories:
    """The label categories of the benchmark's jobs."""
    return from_config({"labels": [{"label": label, "type": field_type} for label, field_type in FIELDS.items()]})


def parse(body: bytes) -> None:
    """Parses a payload and every answer in it."""
    for data_object in json.loads(body):
        for annotation in data_object["annotations"]:
            json.loads(annotation["annotationData"]["content"])


def run(task_type: str, method: str, read: Callable[[str], bytes]) -> None:
    """Consolidates a payload as the handler does."""

    def fail(object_id: str, error: Exception) -> None:
        raise RuntimeError(f"object {object_id} could not be consolidated") from error

    labelled = label_payload(
        "s3://bucket/payload.json",
        read,
        categories=categories(),
        settings=Settings(task_type, method=method),
        label_attribute="Invoice-Label",
        record=fail,
    )
    if len(labelled.response.entries) != OBJECTS or labelled.response.cut:
        raise RuntimeError("not every object got its whole label")


def seconds(call: Callable[[], None]) -> float:
    """Processor time of one call."""
    start = time.process_time()
    call()
    return time.process_time() - start


def peak_memory(task_type: str, method: str) -> int:
    """Peak resident bytes of one consolidation above the imported function, measured in a process of its own."""
    command = [sys.executable, __file__, "--peak", task_type, method]
    done = subprocess.run(command, input=payload(task_type), capture_output=True, check=True)
    return int(done.stdout)


def _measure_peak(task_type: str, method: str) -> None:
    import numpy.lib.stride_tricks  # noqa: F401, PLC0415 - numpy counts as imported

    from consolidation import document_type, invoice_boxes, invoice_fields  # noqa: F401, PLC0415

    Path("/proc/self/clear_refs").write_text("5")  # the peak starts again from what is resident now
    before = _status("VmRSS")
    run(task_type, method, lambda _: sys.stdin.buffer.read())
    print(_status("VmHWM") - before)


def _status(name: str) -> int:
    """Bytes that Linux reports of this process under that name."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def main() -> int:
    """Prints the table; exit status 1 when a limit is not kept."""
    print(
        "| task | method | payload MB | parse s | consolidate s | times parsing | ms an object | peak MB | times payload |"
    )
    print("|---|---|--:|--:|--:|--:|--:|--:|--:|")
    is_kept = True
    for task_type in ("document-type", "invoice-boxes", "invoice-fields"):
        body = payload(task_type)
        for method in ("majority", "weighted"):
            parsing, consolidating = [], []
            for _ in range(ROUNDS):
                parsing.append(seconds(lambda: parse(body)))  # noqa: B023
                consolidating.append(seconds(lambda: run(task_type, method, lambda _: body)))  # noqa: B023
            times = min(consolidating) / min(parsing)
            peak = peak_memory(task_type, method)
            print(
                f"| {task_type} | {method} | {len(body) / 1e6:.2f} | {min(parsing):.3f} | {min(consolidating):.3f} | {times:.1f} "
                f"| {min(consolidating) / OBJECTS * 1000:.2f} | {peak / 1e6:.1f} | {peak / len(body):.1f} |"
            )
            if task_type == "invoice-boxes":
                is_kept &= times <= MOST_TIMES_PARSING and peak <= MOST_TIMES_PAYLOAD * len(body)
    print(
        f"\nLimits, for boxes: {MOST_TIMES_PARSING:.0f} times parsing, {MOST_TIMES_PAYLOAD:.0f} times the payload: {'kept' if is_kept else 'NOT kept'}."
    )
    return 0 if is_kept else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peak"]:
        _measure_peak(*sys.argv[2:])
    else:
        sys.exit(main())
