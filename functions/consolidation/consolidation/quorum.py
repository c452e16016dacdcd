"""How many workers would have drawn a box, were it there: the measure for a quorum.

A worker who leaves out on other objects what everybody else draws says little by drawing nothing here. So a worker counts for the share of the
others' boxes that the worker finds, compared with what all workers find. Only other objects of the call tell: a worker who is simply alone here counts in full.
"""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

STRENGTH = 10.0
"""How many boxes the pool of all workers is worth in the estimate of one worker."""


def expected_workers(
    boxes: tuple[Ints, Ints], clusters: tuple[Ints, Bools], answers: tuple[Ints, Ints], objects: int
) -> Floats:
    """How many workers of each object count towards the quorum, (objects,); at most those who answered it.

    boxes: answer and cluster of each, (n,). clusters: the object of each, and whether the plain quorum keeps it, (clusters,). answers: object and worker
    of each, (answers,).
    """
    of_answer, of_cluster = boxes
    of_object, is_kept = clusters
    answered, workers = answers
    found = np.bincount(of_answer[is_kept[of_cluster]], minlength=len(answered)).astype(float)
    there = np.bincount(of_object[is_kept], minlength=objects)[answered].astype(float)
    if not there.sum():
        return np.bincount(answered, minlength=objects).astype(float)
    pool = found.sum() / there.sum()
    elsewhere_found = np.bincount(workers, weights=found)[workers] - found
    elsewhere_there = np.bincount(workers, weights=there)[workers] - there
    finds = (elsewhere_found + STRENGTH * pool) / (elsewhere_there + STRENGTH)
    return np.bincount(answered, weights=np.minimum(finds / pool, 1.0), minlength=objects)
