"""Output manifests to export: made by hand, of the shapes in docs/architecture.md, and the real one of a built-in job."""

import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from groundtruth.export import ExportSettings, Summary, export
from groundtruth.storage import RemoteS3

SHARED = Path(__file__).parents[3] / "shared/data"
NAMES = ("vendor_name", "invoice_date", "total_amount")

PNG_SIZE = (1000, 800)
NO_S3 = RemoteS3("http://127.0.0.1:1")
"""Where nothing listens: a test that reads S3 after all fails."""

Line = dict[str, Any]


def metadata(**more: Any) -> Line:
    return {
        "type": "groundtruth/custom",
        "job-name": "invoices-q3",
        "human-annotated": "yes",
        "creation-date": "2026-11-03T09:41:20.177000",
        **more,
    }


def boxes_label(
    *boxes: tuple[int, float, float, float, float], width: int = 1000, height: int = 800, **more: Any
) -> Line:
    """The label value of (class id, left, top, width, height) boxes, the i-th of confidence 0.9 - i / 10."""
    keys = ("class_id", "left", "top", "width", "height")
    used = sorted({box[0] for box in boxes})
    return {
        "image_size": [{"width": width, "height": height, "depth": 3}],
        "annotations": [dict(zip(keys, box, strict=True)) for box in boxes],
        "class-map": {str(number): NAMES[number] for number in used},
        "objects": [{"confidence": round(0.9 - i / 10, 4), "votes": 3, "workers": 3} for i in range(len(boxes))],
        "confidence": 0.8,
        "workers": 3,
        "status": "agreed",
        **more,
    }


def line(key: str, label: Line | None = None, **more: Any) -> Line:
    """A line for s3://acme/pages/<key> under the attribute `boxes`."""
    labelled = {} if label is None else {"boxes": label, "boxes-metadata": metadata()}
    return {"source-ref": f"s3://acme/pages/{key}", **labelled, **more}


def field(value: str | None, **more: Any) -> Line:
    return {
        "value": value,
        "normalized": value,
        "votes": 3,
        "confidence": 1.0,
        "workers": 3,
        "status": "agreed",
        **more,
    }


PAGES = (
    line("a.png", boxes_label((0, 10, 20, 300, 40), (2, 700, 600, 120.5, 33)), document="A", page=1, vendor="Acme"),
    line("b.png", boxes_label((1, 0, 0, 1000, 800)), document="B", page=1, vendor="Étang & <Fils>"),
    line("c.png", boxes_label(), document="C", page=1, vendor="Acme"),
    line("d.png", boxes_label((2, 1, 2, 3, 4), (2, 5, 6, 7, 8), (0, 333, 77, 111, 99)), document="D", page=2),
)
EXPECTED = {
    "a": [("vendor_name", 10, 20, 300, 40), ("total_amount", 700, 600, 120.5, 33)],
    "b": [("invoice_date", 0, 0, 1000, 800)],
    "c": [],
    "d": [("total_amount", 1, 2, 3, 4), ("total_amount", 5, 6, 7, 8), ("vendor_name", 333, 77, 111, 99)],
}


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    """Writes lines as a manifest."""

    def write_lines(*lines: Line | str) -> str:
        path = tmp_path / "output.manifest"
        texts = [text if isinstance(text, str) else json.dumps(text, separators=(",", ":")) for text in lines]
        path.write_text("".join(f"{text}\n" for text in texts))
        return str(path)

    return write_lines


@pytest.fixture
def run(tmp_path: Path, write: Callable[..., str]) -> Callable[..., Summary]:
    """Exports lines into tmp_path/out."""

    def run_export(to: str, *lines: Line | str, overwrite: bool = False, **settings: Any) -> Summary:
        return export(write(*lines), tmp_path / "out", ExportSettings(to=to, **settings), NO_S3, overwrite)

    return run_export


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """A source folder with the page images of PAGES."""
    folder = tmp_path / "source"
    for number, name in enumerate("abcd"):
        path = folder / "pages" / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png(*PNG_SIZE, number))
    return folder


def png(width: int, height: int, shade: int = 0) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), (shade, 100, 200)).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def real_job() -> Path:
    """The output manifest of a real built-in job."""
    path = SHARED / "ground_truth_job/output.manifest"
    if not path.is_file():
        if os.environ.get("CI"):
            pytest.fail(f"{path} is missing: the shared data has to be there in CI.")
        pytest.skip("needs ../shared/data/ground_truth_job")
    return path


@pytest.fixture
def real_responses() -> list[Path]:
    """Real AnalyzeExpense responses."""
    paths = sorted((SHARED / "textract").glob("*.json"))
    if not paths:
        if os.environ.get("CI"):
            pytest.fail(f"{SHARED / 'textract'} is missing: the shared data has to be there in CI.")
        pytest.skip("needs ../shared/data/textract")
    return paths
