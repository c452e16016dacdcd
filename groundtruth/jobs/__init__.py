"""Labeling jobs: the engine that works through a manifest and leaves Ground Truth's output tree."""

from groundtruth.jobs.labeling_job import LabelingJob
from groundtruth.jobs.outcome import Counters, JobOutcome, Workforce
from groundtruth.jobs.request import EngineSettings, JobRequest

__all__ = ["Counters", "EngineSettings", "JobOutcome", "JobRequest", "LabelingJob", "Workforce"]
