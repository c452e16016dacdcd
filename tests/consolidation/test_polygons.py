"""Overlaps of outlines are exact whatever their shape, and merged outlines are closer to the truth than those of single workers."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from consolidation.mark_shapes import Frame
from consolidation.polygon_areas import polygon_areas, shared_areas
from consolidation.polygons import Polygons

SQUARE = np.array([[0.0, 0], [10, 0], [10, 10], [0, 10]])


def outline(*corners):
    return np.array(corners, dtype=np.float64)


@pytest.mark.parametrize(
    ("polygon", "area"),
    [
        (SQUARE, 100),
        (SQUARE[::-1], 100),
        (outline((0, 0), (10, 10), (10, 0), (0, 10)), 50),  # crosses itself: both halves count
        (outline((0, 0), (10, 0), (10, 10), (5, 0), (0, 10)), 50),  # touches itself at a corner
        (outline((0, 0), (10, 0), (10, 10), (0, 10), (0, 0), (10, 0), (10, 10), (0, 10)), 100),  # goes round twice
        (outline((0, 0), (10, 0), (5, 0)), 0),  # there and back
        (outline((0, 0), (30, 0), (30, 30), (20, 30), (20, 10), (10, 10), (10, 30), (0, 30)), 700),  # concave
    ],
)
def test_areas_are_those_that_an_outline_winds_around(polygon, area):
    assert polygon_areas([polygon])[0] == pytest.approx(area)


def test_shared_areas_are_exact():
    others = [SQUARE + 5, SQUARE + 20, outline((5, -5), (15, 5), (5, 15), (-5, 5)), SQUARE]
    shared, of_first = shared_areas([SQUARE, *others], np.zeros(4, dtype=np.int64), np.arange(1, 5))
    assert shared.tolist() == pytest.approx([25, 0, 100, 100])
    assert of_first.tolist() == pytest.approx([100] * 4)


def winds_around(polygon, points):
    """Whether the outline winds around each point, by the angles under which its sides are seen."""
    angles = np.arctan2(polygon[:, 1, None] - points[:, 1], polygon[:, 0, None] - points[:, 0])
    turns = np.diff(np.concatenate([angles, angles[:1]]), axis=0)
    return np.round(((turns + math.pi) % (2 * math.pi) - math.pi).sum(axis=0) / (2 * math.pi)) != 0


corners = st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=3, max_size=8).map(
    lambda c: outline(*c)
)


@settings(deadline=None, max_examples=60)
@given(corners, corners)
def test_any_shared_area_is_what_counting_points_finds(one, other):
    grid = np.stack(np.meshgrid(np.arange(0.37, 100), np.arange(0.41, 100)), axis=-1).reshape(-1, 2)
    both = winds_around(one, grid) & winds_around(other, grid)
    shared, _ = shared_areas([one, other], np.array([0]), np.array([1]))
    length = sum(np.hypot(*(p - np.roll(p, 1, axis=0)).T).sum() for p in (one, other))
    assert abs(shared[0] - both.sum()) <= 1.5 * length + 1
    turned, _ = shared_areas([one, other], np.array([1]), np.array([0]))
    assert turned[0] == pytest.approx(shared[0])


@settings(deadline=None, max_examples=60)
@given(corners)
def test_an_outline_with_an_area_overlaps_wholly_with_itself(polygon):
    assume(polygon_areas([polygon])[0] > 1e-6)
    overlap, _ = Polygons().overlaps([polygon, polygon[::-1]], np.array([0]), np.array([1]))
    assert overlap[0] == pytest.approx(1.0)


anywhere = st.tuples(st.integers(-80, 180), st.integers(-80, 180))


@settings(deadline=None, max_examples=60)
@given(st.lists(anywhere, min_size=3, max_size=3).map(lambda c: outline(*c)))
def test_an_outline_cut_at_the_image_covers_what_of_it_is_in_the_image(triangle):
    image = outline((0, 0), (100, 0), (100, 90), (0, 90))
    shared, _ = shared_areas([triangle, image], np.array([0]), np.array([1]))
    inside = Polygons().within(triangle, Frame((100, 90), None, 0.01))
    assert (0.0 if inside is None else polygon_areas([inside])[0]) == pytest.approx(shared[0], abs=1e-6)
    if inside is not None:
        assert (inside >= 0).all()
        assert (inside <= (100, 90)).all()


@pytest.mark.parametrize("worker_corners", [(4, 4, 4, 4, 4), (8, 12, 8, 6, 10)])
def test_merged_outlines_are_closer_to_the_truth_than_workers(worker_corners):
    """A field that lies askew, and a stamp, drawn by five workers who are two or three pixels off at each corner."""
    rng = np.random.default_rng(5)
    gains = []
    for _ in range(40):
        x, y = rng.integers(100, 900, 2)
        if set(worker_corners) == {4}:
            truth = outline((x, y), (x + 200, y + 20), (x + 196, y + 60), (x - 4, y + 40))
            drawn = [truth + rng.normal(0, 2.5, truth.shape) for _ in worker_corners]
        else:
            truth = ellipse(x, y, 60)
            drawn = [ellipse(x, y, count) + rng.normal(0, 2.5, (count, 2)) for count in worker_corners]
        (merged,) = Polygons().merged([drawn], [np.ones(len(drawn))])
        everything = [*drawn, merged, truth]
        overlap, _ = Polygons().overlaps(everything, np.arange(len(drawn) + 1), np.full(len(drawn) + 1, len(drawn) + 1))
        gains.append(overlap[-1] - overlap[:-1].mean())
    assert np.mean(gains) > 0.01


def ellipse(x, y, count):
    angles = np.linspace(0, 2 * math.pi, count, endpoint=False)
    return np.stack([x + 80 * np.cos(angles), y + 40 * np.sin(angles)], axis=1)
