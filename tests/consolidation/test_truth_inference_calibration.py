"""Gold objects make confidence honest, and never change a label."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from consolidation.truth_inference import Calibration, calibrate

Floats = NDArray[np.float64]


def told(confidence: float, right: float, objects: int) -> tuple[Floats, NDArray[np.int64]]:
    """Objects of two classes, all told with one confidence, of which the share `right` is right."""
    truth = (np.arange(objects) >= round(right * objects)).astype(np.int64)
    return np.tile([confidence, 1.0 - confidence], (objects, 1)), truth


@pytest.mark.parametrize(("confidence", "right"), [(0.99, 0.8), (0.8, 0.95), (0.9, 0.9)])
def test_many_gold_objects_decide(confidence: float, right: float) -> None:
    probabilities, truth = told(confidence, right, 2000)
    assert calibrate(probabilities, truth).apply(probabilities)[0, 0] == pytest.approx(right, abs=0.01)


def test_a_few_gold_objects_move_it_a_little() -> None:
    probabilities, truth = told(0.9, 0.5, 2)
    after = calibrate(probabilities, truth).apply(probabilities)[0, 0]
    assert 0.7 < after < 0.9


def test_no_gold_object_changes_nothing() -> None:
    probabilities = np.array([[0.7, 0.2, 0.1]])
    calibration = calibrate(np.zeros((0, 3)), np.zeros(0, dtype=np.int64))
    assert calibration == Calibration(1.0, 0)
    np.testing.assert_allclose(calibration.apply(probabilities), probabilities)


@given(
    st.lists(st.lists(st.floats(0.001, 1.0), min_size=3, max_size=3), min_size=1, max_size=20),
    st.lists(st.integers(0, 2), min_size=20, max_size=20),
)
def test_labels_and_sums_stay(rows: list[list[float]], classes: list[int]) -> None:
    probabilities = np.array(rows) / np.sum(rows, axis=1, keepdims=True)
    after = calibrate(probabilities, np.array(classes[: len(rows)])).apply(probabilities)
    np.testing.assert_allclose(after.sum(axis=1), 1.0, atol=1e-12)
    chosen = np.take_along_axis(after, probabilities.argmax(axis=1)[:, None], axis=1)
    assert (chosen[:, 0] >= after.max(axis=1) - 1e-12).all()
