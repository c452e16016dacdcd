"""What is true, when workers disagree: the probability of each class for each object, and how good each worker is.

A hierarchical Dawid-Skene model made for small teams. Whatever a worker's few answers cannot tell is borrowed: from the
worker's own overall accuracy, from how all workers confuse the classes, and at last from a belief that holds for any job
(`Beliefs`). So two answers an object do not send it astray, and thousands of answers a worker are used to the full.

    posterior = infer(votes, objects=302, workers=97, classes=10)
    posterior.probabilities[0]     # what the first object is
    posterior.accuracies           # how often each worker is right

Statistics of earlier calls (`WorkerStatistics`) go in as `known`, those of this call come from `statistics_of`.
Where some objects' truth is known, `calibrate` makes the probabilities honest.
"""

from consolidation.truth_inference.beliefs import Beliefs
from consolidation.truth_inference.calibration import Calibration, calibrate
from consolidation.truth_inference.inference import Posterior, infer, statistics_of
from consolidation.truth_inference.statistics import WorkerStatistics

__all__ = ["Beliefs", "Calibration", "Posterior", "WorkerStatistics", "calibrate", "infer", "statistics_of"]
