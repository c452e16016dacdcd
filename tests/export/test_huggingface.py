"""Hugging Face exports, read back by `datasets`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from groundtruth.export import ImageMode, Summary
from tests.export.conftest import EXPECTED, PAGES, boxes_label, field, line, metadata

Run = Callable[..., Summary]


@pytest.fixture
def datasets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The library, kept from the network and from other tests' caches."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    import datasets  # noqa: PLC0415 (takes seconds, and only here)

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "hf")
    datasets.disable_progress_bars()
    return datasets


def pages(rows: Any) -> dict[str, list[tuple[str, float, float, float, float]]]:
    return {
        Path(row["source_ref"]).stem: [
            (name, *box) for name, box in zip(row["objects"]["category"], row["objects"]["bbox"], strict=True)
        ]
        for row in rows
    }


def test_imagefolder_loads_images_with_their_boxes(run: Run, datasets: Any, images: Path, tmp_path: Path) -> None:
    run("huggingface", *PAGES, images=ImageMode.COPY, source=images, split=(0.4, 0.3, 0.3), seed=22)
    cache = str(tmp_path / "cache")
    found = datasets.load_dataset("imagefolder", data_dir=str(tmp_path / "out"), cache_dir=cache)
    assert {"train", "validation", "test"} == set(found)
    rows = [row for part in found.values() for row in part]
    assert pages(rows) == EXPECTED
    shades = {Path(row["source_ref"]).stem: row["image"].getpixel((0, 0))[0] for row in rows}
    assert shades == {"a": 0, "b": 1, "c": 2, "d": 3}


def test_json_loads_labels_without_images(run: Run, datasets: Any, tmp_path: Path) -> None:
    run("huggingface", *PAGES)
    cache = str(tmp_path / "cache")
    found = datasets.load_dataset("json", data_files=str(tmp_path / "out/all.jsonl"), cache_dir=cache)["train"]
    assert pages(found) == EXPECTED
    assert found[0]["objects"]["confidence"] == [0.9, 0.8]
    assert [row["vendor"] for row in found] == ["Acme", "Étang & <Fils>", "Acme", ""]


def test_the_folder_loads_by_itself_with_the_types_of_its_card(run: Run, datasets: Any, tmp_path: Path) -> None:
    fields = {"total_amount": field("1.204,50", normalized="1204.50"), "due_date": {**field(None), "absent": True}}
    value = {"fields": fields, "confidence": 0.9, "workers": 3, "status": "agreed"}
    labelled = {"values": value, "values-metadata": metadata()}
    run("huggingface", line("x.png", boxes_label(), **labelled), label_attributes=("boxes", "values"))
    found = datasets.load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"))["train"]
    assert found[0]["fields"]["name"] == ["total_amount", "due_date"]
    assert found[0]["fields"]["value"] == ["1.204,50", ""]
    assert found[0]["fields"]["normalized"] == ["1204.50", ""]
    assert found[0]["fields"]["absent"] == [False, True]
    assert str(found.features["objects"]["category"]) == "List(Value('string'))", "typed though the only list is empty"
