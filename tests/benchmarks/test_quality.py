"""The quality benchmark scores every method by the same rules, and draws the same data for each."""

import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "benchmarks" / "quality"))

import aws_model  # noqa: E402 - found only now
import categorical  # noqa: E402
import crowds  # noqa: E402
import report  # noqa: E402
import scores  # noqa: E402


def test_a_tie_scores_what_a_random_pick_would_earn() -> None:
    told = np.array([[0.4, 0.4, 0.2], [0.1, 0.8, 0.1]])
    assert scores.score(told, np.array([1, 1])).accuracy == pytest.approx(75.0)
    assert scores.score(told, np.array([2, 1])).accuracy == pytest.approx(50.0)


def test_objects_of_unknown_truth_do_not_count() -> None:
    told = np.array([[0.9, 0.1], [0.9, 0.1]])
    assert scores.score(told, np.array([0, -1])).accuracy == pytest.approx(100.0)


def test_calibration_error_is_the_gap_between_confidence_and_accuracy() -> None:
    told = np.tile([0.75, 0.25], (4, 1))
    assert scores.score(told, np.array([0, 0, 0, 1])).calibration_error == pytest.approx(0.0)
    assert scores.score(told, np.array([0, 0, 1, 1])).calibration_error == pytest.approx(25.0)


def test_macro_f1_weighs_classes_alike() -> None:
    told = np.eye(2)[[0, 0, 0, 0]]
    assert scores.score(told, np.array([0, 0, 0, 1])).macro_f1 == pytest.approx(100 * (6 / 7) / 2)


def test_log_loss_is_bounded_where_a_method_is_certain_and_wrong() -> None:
    assert scores.score(np.array([[1.0, 0.0]]), np.array([1])).log_loss == pytest.approx(-np.log(1e-6))


def test_a_draw_keeps_the_objects_and_at_most_so_many_answers_each() -> None:
    votes = np.array([(item, worker, 0) for item in range(5) for worker in range(item + 1)])
    drawn = crowds.Crowd("made", votes, np.zeros(5, dtype=np.int64), 5, 1).drawn(2, seed=0)
    assert np.bincount(drawn.votes[:, 0]).tolist() == [1, 2, 2, 2, 2]
    assert len(np.unique(drawn.votes, axis=0)) == len(drawn.votes)
    again = crowds.Crowd("made", votes, np.zeros(5, dtype=np.int64), 5, 1).drawn(2, seed=0)
    np.testing.assert_array_equal(drawn.votes, again.votes)


def test_missing_data_is_named(tmp_path: Path) -> None:
    with pytest.raises(crowds.DataMissingError, match=r"aws_birds/labels\.tsv: not found"):
        crowds.read(tmp_path, "aws_birds")


def test_the_best_of_a_column_is_bold_and_missing_figures_are_dashes() -> None:
    rows: dict[str, list[float | None]] = {"a": [1.0, 3.0], "b": [2.0, None]}
    assert report.bold_best(report.Table(("m", "up", "down"), rows, (1, 1), (True, False))).splitlines() == [
        "| m | up | down |",
        "|---|--:|--:|",
        "| a | 1.0 | **3.0** |",
        "| b | **2.0** | – |",
    ]


def test_aws_model_follows_good_workers() -> None:
    generator = np.random.default_rng(0)
    truth = generator.integers(0, 3, 200)
    accuracies = (0.95, 0.9, 0.6)
    votes = np.array(
        [
            (item, worker, true if generator.random() < accuracy else (true + generator.integers(1, 3)) % 3)
            for item, true in enumerate(truth)
            for worker, accuracy in enumerate(accuracies)
        ]
    )
    told = aws_model.infer(votes, objects=200, workers=3, classes=3)
    np.testing.assert_allclose(told.sum(axis=1), 1.0)
    assert (told.argmax(axis=1) == truth).mean() > 0.9


def test_where_another_method_is_ahead_is_told_with_what_chance_accounts_for() -> None:
    crowd = crowds.Crowd("made", np.zeros((1, 3), dtype=np.int64), np.array([0] * 100), 1, 2)
    ours, theirs = (categorical.Run(0.1, scores.Scores(accuracy, 90.0, 1.0, 0.2)) for accuracy in (90.0, 92.0))
    (told,) = categorical._behind({"ours": [ours], "theirs": [theirs]}, [crowd])
    assert "made: theirs 92.00, ours 90.00, 2.0 of 100 objects (standard error 3.0)" in told
    assert not list(categorical._behind({"ours": [theirs], "theirs": [ours]}, [crowd]))
