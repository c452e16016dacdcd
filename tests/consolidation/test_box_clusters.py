"""The fast way over flat arrays gives what average linkage written out by hand gives."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consolidation.box_clusters import clusters_of, iou
from consolidation.medians import grouped_medians


def by_hand(workers, labels, edges, threshold):
    """Average linkage, joining the best allowed pair of clusters again and again; one label first, then any, then single boxes at half the threshold."""

    def overlap(a, b):
        return float(iou(edges[a], edges[b]))

    clusters = [[box] for box in range(len(workers))]
    for same_label_only, with_a_single, least in (
        (True, False, threshold),
        (False, False, threshold),
        (True, True, threshold / 2),
    ):
        while True:
            best = None
            for a, b in itertools.combinations(clusters, 2):
                names = {labels[box] for box in a + b}
                if {workers[x] for x in a} & {workers[x] for x in b} or (same_label_only and len(names) > 1):
                    continue
                if with_a_single and min(len(a), len(b)) > 1:
                    continue
                average = sum(overlap(x, y) for x in a for y in b) / (len(a) * len(b))
                if average >= least - 1e-9 and (best is None or average > best[0] + 1e-12):
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


@settings(deadline=None)
@given(st.lists(st.lists(drawn, max_size=9, unique_by=lambda d: d[2:]), min_size=2, max_size=4))
def test_groups_that_are_linked_together_come_out_as_alone(objects):
    """Groups of several sizes share a table, and its empty places change nothing."""
    rows = [(item, *d[:2], d[2], d[3], d[2] + d[4], d[3] + d[5]) for item, boxes in enumerate(objects) for d in boxes]
    rows.sort(key=lambda row: (row[0], *row[3:]))
    table = np.array(rows, dtype=np.float64).reshape(-1, 7)
    of_object, workers, labels = table[:, :3].astype(np.int64).T
    together, _ = clusters_of(of_object, workers, labels, table[:, 3:], 0.5)
    for item in range(len(objects)):
        own = of_object == item
        alone, _ = clusters_of(np.zeros(own.sum(), dtype=np.int64), workers[own], labels[own], table[own, 3:], 0.5)
        assert (together[own] - together[own].min(initial=len(rows))).tolist() == alone.tolist()


def boxes_at(*lefts):
    """Boxes of 100 by 20, one of each worker."""
    left = np.array(sorted(lefts), dtype=np.float64)
    return np.stack([left, np.zeros(len(left)), left + 100, np.full(len(left), 20.0)], axis=1)


def clusters_at(*lefts, labels=None, threshold=0.4):
    zeros = np.zeros(len(lefts), dtype=np.int64)
    labels = zeros if labels is None else np.array(labels)
    return clusters_of(zeros, np.arange(len(lefts)), labels, boxes_at(*lefts), threshold)[0].tolist()


def test_a_box_left_alone_joins_the_others_from_half_the_overlap():
    assert clusters_at(0, 1, 55) == [0, 0, 0]  # an IoU of 0.29
    assert clusters_at(0, 1, 70) == [0, 0, 1]  # an IoU of 0.18


def test_a_box_of_another_label_joins_from_the_whole_threshold_only():
    assert clusters_at(0, 1, 55, labels=[0, 0, 1]) == [0, 0, 1]
    assert clusters_at(0, 1, 30, labels=[0, 0, 1]) == [0, 0, 0]


def test_boxes_that_agree_never_join_others_that_agree_by_half_the_overlap():
    assert clusters_at(0, 1, 55, 56) == [0, 0, 1, 1]


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
