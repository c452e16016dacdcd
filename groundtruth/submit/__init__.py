"""From a manifest to a labeling job: what it needs is found, checked, estimated, uploaded, and the job created."""

from groundtruth.submit.asked import Asked
from groundtruth.submit.estimate import Estimate, Prices
from groundtruth.submit.planning import Plan, make_plan
from groundtruth.submit.sending import send

__all__ = ["Asked", "Estimate", "Plan", "Prices", "make_plan", "send"]
