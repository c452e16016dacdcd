"""What the commands that read an output manifest say to labels of several types, polygons and points: support, or one clear refusal."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from groundtruth.command.main import cli
from groundtruth.errors import GroundTruthError

SIZE = [{"width": 620, "height": 877, "depth": 3}]
CORNERS = [{"x": 10, "y": 10}, {"x": 90, "y": 20}, {"x": 80, "y": 60}]
POLYGON = {"class_id": 0, "vertices": CORNERS}
POINT = {"class_id": 0, "x": 10, "y": 20}
BOX = {"class_id": 0, "left": 10, "top": 10, "width": 50, "height": 20}
READERS = (("report",), ("review",), ("export", "--to", "csv"), ("export", "--to", "coco"))
SEVERAL = {
    "class_ids": [0],
    "class-map": {"0": "invoice"},
    "confidence-map": {"0": 1.0},
    "labels": {"invoice": {"votes": 3, "share": 1.0, "chosen": True, "confidence": 1.0, "status": "agreed"}},
    "confidence": 1.0,
    "workers": 3,
    "status": "agreed",
}


def marks(*annotations: dict[str, Any], dropped: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {
        "image_size": SIZE,
        "annotations": list(annotations),
        "class-map": {"0": "total"} if annotations else {},
        "objects": [{"confidence": 0.9, "votes": 3, "workers": 3}] * len(annotations),
        "dropped": [{"label": "total", "votes": 1, "reason": "quorum", **mark} for mark in dropped],
        "confidence": 0.9,
        "workers": 3,
        "status": "agreed",
    }


def manifest(folder: Path, *values: dict[str, Any]) -> Path:
    path = folder / "output.manifest"
    metadata = {"type": "groundtruth/custom", "job-name": "q3", "human-annotated": "yes"}
    lines = [
        {"source-ref": f"s3://acme/{number}.png", "label": value, "label-metadata": metadata}
        for number, value in enumerate(values)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def outcome(reader: tuple[str, ...], path: Path) -> BaseException | None:
    name, *options = reader
    out = path.with_name("out" if name == "export" else f"{name}.out")
    return CliRunner().invoke(cli, [name, str(path), *options, "--out", str(out)]).exception


@pytest.mark.parametrize("reader", READERS, ids=" ".join)
@pytest.mark.parametrize(
    "values",
    [
        (SEVERAL,),
        (marks(POLYGON), marks(dropped=({"vertices": CORNERS},))),
        (marks(POINT), marks(dropped=({"x": 1, "y": 2},))),
    ],
    ids=["several types", "polygons", "points"],
)
def test_what_is_not_read_is_refused_in_one_line(reader: tuple[str, ...], values: Any, tmp_path: Path):
    refusal = outcome(reader, manifest(tmp_path, *values))
    assert isinstance(refusal, GroundTruthError)
    assert "\n" not in str(refusal)
    assert "document type" in str(refusal)


def test_a_page_of_polygons_is_no_page_without_boxes(tmp_path: Path):
    """As one it would teach a model that there is nothing on it."""
    path = manifest(tmp_path, marks(BOX), marks(POLYGON), marks(dropped=({"vertices": CORNERS},)), marks())
    assert outcome(("export", "--to", "coco"), path) is None
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["pages"] == 2
    left_out = (tmp_path / "out" / "left-out.jsonl").read_text().splitlines()
    assert [json.loads(line)["line"] for line in left_out] == [2, 3]


@pytest.mark.parametrize("mark", [POLYGON, POINT])
def test_boxes_are_exported_without_the_polygons_and_points_beside_them(mark: dict[str, Any], tmp_path: Path):
    path = manifest(tmp_path, marks(BOX, mark))
    assert outcome(("export", "--to", "coco"), path) is None
    (left_out,) = (tmp_path / "out" / "left-out.jsonl").read_text().splitlines()
    assert json.loads(left_out)["reason"] == "polygon or point, which is no box"
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["pages"] == 1
