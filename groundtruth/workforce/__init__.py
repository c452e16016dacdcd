"""Simulated workers, the truth they read, and how near a label comes to it."""

from groundtruth.workforce.accuracy import Score, score
from groundtruth.workforce.simulate import SimulatedWorkforce, WorkerAnswer, WorkforceSettings
from groundtruth.workforce.truth import Box, Truth, TruthFile

__all__ = ["Box", "Score", "SimulatedWorkforce", "Truth", "TruthFile", "WorkerAnswer", "WorkforceSettings", "score"]
