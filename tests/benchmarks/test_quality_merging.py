"""Boxes and texts are scored alike for every method, and the figures the project promises hold on the real data."""

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "benchmarks" / "quality"))

import boxes  # noqa: E402 - found only now
import texts  # noqa: E402
import timing  # noqa: E402

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


def test_texts_are_scored_by_what_is_equal_and_by_what_is_wrong() -> None:
    assert texts._errors(["A b, c"], ["a b d"]) == pytest.approx([0.0, 100 / 3, 20.0])
    assert texts._exact(["A b", "c"], ["a b", "c"]) == pytest.approx([50.0, 100.0, 25.0, 100 / 6])


def test_the_fastest_round_counts_and_slow_methods_have_one() -> None:
    quick = iter([(0.5, "a"), (0.2, "b"), (0.3, "c"), (0.4, "d"), (0.6, "e")])
    assert timing.fastest(lambda: next(quick), timing.of_merged) == (0.2, "b")
    slow = iter([(9.0, "a"), (8.0, "b")])
    assert timing.fastest(lambda: next(slow), timing.of_merged) == (9.0, "a")
    failing = iter(["ValueError: no"])
    assert timing.fastest(lambda: next(failing), timing.of_merged) == "ValueError: no"


@pytest.mark.parametrize(
    ("name", "least"), [("sroie_fields_sim5", (0.9996, 0.9996, 0.932)), ("lidc_loo", (0.8714, 0.4776, 0.110))]
)
def test_merged_boxes_keep_what_the_project_promises(data: Path, name: str, least: tuple[float, ...]) -> None:
    pages = boxes.read(data / "boxes", name)
    _, merged = boxes.ours(pages)
    for figure, promised in zip(boxes.score(merged, pages), least, strict=False):
        assert figure >= promised


def test_texts_keep_what_the_project_promises(data: Path) -> None:
    speech = texts.read(data / "text", texts.SPEECH)
    assert texts._errors(texts.ours(speech)[1], speech.truth)[1] < 6.3
    receipts = texts.read(data / "text", texts.RECEIPTS)
    exact, normalised, *_ = texts._exact(texts.ours(receipts)[1], receipts.truth)
    assert exact >= 99.0
    assert normalised >= 99.7
