"""Boxes and texts are scored alike for every method, and the figures the project promises hold on the real data."""

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "benchmarks" / "quality"))

import boxes  # noqa: E402 - found only now
import texts  # noqa: E402

DATA = ROOT.parent / "shared" / "data" / "consolidation"
TRUE = ("total", 0.0, 0.0, 10.0, 10.0)


@pytest.fixture
def data() -> Path:
    if not DATA.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"{DATA}: not found; CI needs the shared data")
        pytest.skip(f"{DATA}: not found")
    return DATA


def page(*truth: boxes.Box) -> boxes.Page:
    return boxes.Page("p", 100, 100, {}, list(truth))


def test_a_box_matches_once_and_only_its_label() -> None:
    assert boxes.score([[TRUE, TRUE]], [page(TRUE)])[0] == pytest.approx(2 / 3)
    assert boxes.score([[TRUE, ("date", *TRUE[1:])]], [page(TRUE)])[0] == pytest.approx(2 / 3)
    assert boxes.score([[("total", 0.0, 0.0, 8.0, 10.0)]], [page(TRUE)])[:3] == [1.0, 1.0, 0.0]


def test_distances_are_of_characters_or_words() -> None:
    assert texts.distance("kitten", "sitting") == 3
    assert texts.distance(["a", "b", "c"], ["a", "c"]) == 1
    assert texts.medoid(["12.50", "12.60", "12.50", "x"]) == "12.50"


@pytest.mark.parametrize(
    ("name", "least"), [("sroie_fields_sim5", (0.9996, 0.9996, 0.932)), ("lidc_loo", (0.871, 0.474, 0.107))]
)
def test_merged_boxes_keep_what_the_project_promises(data: Path, name: str, least: tuple[float, ...]) -> None:
    pages = boxes.read(data / "boxes", name)
    _, merged = boxes.ours(pages)
    for figure, promised in zip(boxes.score(merged, pages), least, strict=False):
        assert figure >= promised


def test_texts_keep_what_the_project_promises(data: Path) -> None:
    speech = texts.read(data / "text", texts.SPEECH)
    assert texts._errors(texts.ours(speech)[1], speech.truth)[0] < 6.3
    receipts = texts.read(data / "text", texts.RECEIPTS)
    exact, normalised, _ = texts._exact(texts.ours(receipts)[1], receipts.truth)
    assert exact >= 99.0
    assert normalised >= 99.7
