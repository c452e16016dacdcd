"""The fast way over flat arrays gives what average linkage written out by hand gives."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consolidation.box_clusters import clusters_of, iou
from consolidation.medians import grouped_medians


def by_hand(workers, labels, edges, threshold):
    """Average linkage, joining the best allowed pair of clusters again and again; one label first, then any."""

    def overlap(a, b):
        return float(iou(edges[a], edges[b]))

    clusters = [[box] for box in range(len(workers))]
    for same_label_only in (True, False):
        while True:
            best = None
            for a, b in itertools.combinations(clusters, 2):
                names = {labels[box] for box in a + b}
                if {workers[x] for x in a} & {workers[x] for x in b} or (same_label_only and len(names) > 1):
                    continue
                average = sum(overlap(x, y) for x in a for y in b) / (len(a) * len(b))
                if average >= threshold - 1e-9 and (best is None or average > best[0] + 1e-12):
                    best = (average, a, b)
            if best is None:
                break
            clusters.remove(best[2])
            best[1].extend(best[2])
    return sorted(sorted(cluster) for cluster in clusters)


drawn = st.tuples(
    st.integers(0, 3),
    st.integers(0, 1),
    st.integers(0, 30),
    st.integers(0, 30),
    st.integers(20, 40),
    st.integers(20, 40),
)


@settings(deadline=None)
@given(st.lists(drawn, max_size=9, unique_by=lambda d: d[2:]), st.sampled_from([0.3, 0.5, 0.7]))
def test_clusters_are_those_of_average_linkage(boxes, threshold):
    boxes.sort(key=lambda d: d[2:])
    workers = np.array([d[0] for d in boxes], dtype=np.int64)
    labels = np.array([d[1] for d in boxes], dtype=np.int64)
    sides = np.array([d[2:] for d in boxes], dtype=np.float64).reshape(-1, 4)
    edges = np.hstack([sides[:, :2], sides[:, :2] + sides[:, 2:]])
    clusters, piled = clusters_of(np.zeros(len(boxes), dtype=np.int64), workers, labels, edges, threshold)
    found = sorted(np.flatnonzero(clusters == number).tolist() for number in set(clusters.tolist()))
    assert found == by_hand(workers.tolist(), labels.tolist(), edges, threshold)
    assert not piled.any()


def test_boxes_of_different_objects_never_share_a_cluster():
    edges = np.tile(np.array([[10.0, 10.0, 50.0, 30.0]]), (4, 1))
    objects, workers = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    clusters, _ = clusters_of(objects, workers, np.zeros(4, dtype=np.int64), edges, 0.5)
    assert clusters.tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("values", "weights", "median"),
    [
        ([1, 2, 9], [1, 1, 1], 2),
        ([1, 2, 3, 9], [1, 1, 1, 1], 2.5),
        ([1, 2, 9], [1, 1, 5], 9),
        ([1, 9], [1, 1], 5),
        ([1, 9], [3, 1], 1),
        ([1, 2, 9], [2, 1, 1], 1.5),
        ([7], [0.2], 7),
    ],
)
def test_the_weighted_median_balances_the_weights(values, weights, median):
    groups = np.zeros(len(values), dtype=np.int64)
    result = grouped_medians(np.array([values], dtype=np.float64).T, np.array(weights, dtype=np.float64), groups)
    assert result.tolist() == [[median]]


@settings(deadline=None)
@given(st.lists(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=6), max_size=8))
def test_equal_weights_give_the_ordinary_median_of_every_group(groups):
    values = np.array([v for group in groups for v in group], dtype=np.float64)[:, None]
    numbers = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    result = grouped_medians(values, np.ones(len(values)), numbers)
    expected = [np.median(group) for group in groups]
    assert result[:, 0].tolist() == pytest.approx(expected)
