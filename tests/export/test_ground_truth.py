"""Exports in Ground Truth's built-in shapes: what trainers expect of a manifest, and what comes back when it is exported again."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from groundtruth.errors import RequestError
from groundtruth.export import ExportSettings, Summary, export
from tests.export.conftest import EXPECTED, NO_S3, PAGES, boxes_label, field, line, metadata

Run = Callable[..., Summary]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(text) for text in path.read_text().splitlines()]


def boxes(entry: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The boxes of a line as a trainer reads them: names by way of the metadata's class map."""
    label, told = entry["boxes"], entry["boxes-metadata"]
    assert len(told["objects"]) == len(label["annotations"])
    assert all(0 <= found["confidence"] <= 1 for found in told["objects"])
    assert set(told["class-map"]) == {str(found["class_id"]) for found in label["annotations"]}
    return [
        (told["class-map"][str(a["class_id"])], a["left"], a["top"], a["width"], a["height"])
        for a in label["annotations"]
    ]


def test_boxes_have_the_built_in_shape_with_metadata(run: Run, tmp_path: Path) -> None:
    run("ground-truth", *PAGES)
    written = lines(tmp_path / "out/all.manifest")
    assert {Path(entry["source-ref"]).stem: boxes(entry) for entry in written} == EXPECTED
    assert set(written[0]["boxes"]) == {"image_size", "annotations"}
    assert written[0]["boxes"]["image_size"] == [{"width": 1000, "height": 800, "depth": 3}]
    told = {key: value for key, value in written[0]["boxes-metadata"].items() if key not in ("objects", "class-map")}
    assert told == {**metadata(), "type": "groundtruth/object-detection", "job-name": "labeling-job/invoices-q3"}
    assert {key: written[0][key] for key in ("document", "page", "vendor")} == {
        "document": "A",
        "page": 1,
        "vendor": "Acme",
    }


def test_class_ids_are_the_same_in_every_line_and_without_gaps(run: Run, tmp_path: Path) -> None:
    first, second = boxes_label((0, 1, 1, 9, 9)), boxes_label((1, 1, 1, 9, 9))
    first["class-map"], second["class-map"] = {"0": "stamp"}, {"1": "logo"}
    first["annotations"][0]["class_id"], first["class-map"] = 7, {"7": "stamp"}
    run("ground-truth", line("1.png", first), line("2.png", second), line("3.png", first))
    maps = [entry["boxes-metadata"]["class-map"] for entry in lines(tmp_path / "out/all.manifest")]
    assert maps == [{"1": "stamp"}, {"0": "logo"}, {"1": "stamp"}]


def test_document_types_have_the_built_in_shape_and_other_labels_go(run: Run, tmp_path: Path) -> None:
    kind = {"class_id": 2, "class-name": "receipt", "votes": {"receipt": 3}, "confidence": 0.9, "status": "agreed"}
    page = line("a.png", boxes_label(), kind=kind, **{"kind-metadata": metadata()})
    run("ground-truth", page, label_attributes=("kind",))
    (entry,) = lines(tmp_path / "out/all.manifest")
    assert entry["kind"] == 0
    assert entry["kind-metadata"] == {
        **metadata(),
        "class-name": "receipt",
        "confidence": 0.9,
        "type": "groundtruth/image-classification",
        "job-name": "labeling-job/invoices-q3",
    }
    assert "boxes" not in entry
    assert "boxes-metadata" not in entry


def test_fields_have_no_built_in_shape(run: Run) -> None:
    label = {"fields": {"total_amount": field("9")}, "confidence": 1, "status": "agreed"}
    with pytest.raises(RequestError, match="huggingface, funsd, textract, csv"):
        run("ground-truth", line("a.png", values=label, **{"values-metadata": metadata()}))


def test_an_export_exports_to_the_same_again(run: Run, tmp_path: Path) -> None:
    run("ground-truth", *PAGES)
    again = export(str(tmp_path / "out/all.manifest"), tmp_path / "again", ExportSettings("ground-truth"), NO_S3)
    assert again.pages == len(PAGES)
    assert lines(tmp_path / "again/all.manifest") == lines(tmp_path / "out/all.manifest")


def test_a_real_built_in_manifest_keeps_its_classes(real_job: Path, tmp_path: Path) -> None:
    summary = export(str(real_job), tmp_path / "out", ExportSettings("ground-truth"), NO_S3)
    before, after = lines(real_job), lines(tmp_path / "out/all.manifest")
    key = "birds-open-images-clone-metadata"
    labelled = [entry for entry in before if "class-name" in entry.get(key, {})]
    assert summary.pages == len(labelled) == len(after) > 0
    assert [entry[key] for entry in after] == [entry[key] for entry in labelled]
    assert [entry["birds-open-images-clone"] for entry in after] == [e["birds-open-images-clone"] for e in labelled]
