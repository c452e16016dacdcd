"""The edges of a merged box lie among those drawn, lean on boxes that agree, and do not depend on order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from consolidation.merged_edges import merged_edges

places = st.floats(0, 2000, allow_nan=False, width=32)


def of(*boxes: tuple[float, float, float, float]) -> list[float]:
    values = np.array(boxes, dtype=float)
    return merged_edges(values, np.ones(len(boxes)), np.zeros(len(boxes), dtype=np.int64))[0].tolist()


def test_boxes_that_are_equal_stay_as_they_are():
    assert of((1, 2, 30, 40), (1, 2, 30, 40), (1, 2, 30, 40)) == [1, 2, 30, 40]


def test_two_boxes_give_their_mean():
    assert of((0, 0, 10, 10), (2, 4, 10, 20)) == [1, 2, 10, 15]


def test_the_pixels_by_which_everybody_is_off_average_out():
    left, *_ = of((98, 0, 200, 50), (99, 0, 200, 50), (101, 0, 200, 50), (103, 0, 200, 50))
    assert abs(left - 100) < 0.5


def test_a_far_box_hardly_counts():
    left, *_ = of((100, 0, 200, 50), (101, 0, 200, 50), (99, 0, 200, 50), (100, 0, 200, 50), (150, 30, 260, 90))
    assert abs(left - 100) < 3


def test_a_box_that_is_off_at_one_edge_counts_less_at_all_four():
    careful = ((100, 0, 200, 50), (102, 0, 200, 50))
    assert of(*careful, (110, 0, 200, 90))[0] < of(*careful, (110, 0, 200, 50))[0]


def test_a_worker_of_more_weight_draws_the_box_nearer():
    boxes = np.array([(100, 0, 200, 50), (104, 0, 200, 50), (108, 0, 200, 50)], dtype=float)
    weights = np.array([3.0, 1.0, 1.0])
    assert merged_edges(boxes, weights, np.zeros(3, dtype=np.int64))[0, 0] < of(*map(tuple, boxes.tolist()))[0]


@given(
    arrays.arrays(float, st.tuples(st.integers(1, 9), st.just(4)), elements=places), st.randoms(use_true_random=False)
)
def test_the_edges_lie_among_those_drawn_in_any_order(edges, random):
    groups, weights = np.zeros(len(edges), dtype=np.int64), np.ones(len(edges))
    merged = merged_edges(edges, weights, groups)[0]
    assert (merged >= edges.min(axis=0)).all()
    assert (merged <= edges.max(axis=0)).all()
    order = list(range(len(edges)))
    random.shuffle(order)
    np.testing.assert_allclose(merged_edges(edges[order], weights, groups)[0], merged, atol=1e-6)


@given(st.integers(1, 5), st.integers(1, 5))
def test_a_merged_box_depends_on_its_own_boxes_only(first, second):
    rng = np.random.default_rng(first * 7 + second)
    edges = rng.uniform(0, 100, (first + second, 4))
    groups = np.repeat([0, 1], [first, second])
    together = merged_edges(edges, np.ones(len(edges)), groups)
    alone = merged_edges(edges[first:], np.ones(second), np.zeros(second, dtype=np.int64))
    np.testing.assert_allclose(together[1], alone[0])
