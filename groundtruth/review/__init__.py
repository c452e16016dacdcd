"""Objects that need another look, as a manifest for a job in which one expert decides, and the way of the decisions back."""

from groundtruth.review.decisions import Decisions, read_decisions
from groundtruth.review.making import ReviewSettings, ReviewSummary, make_review, review_categories
from groundtruth.review.merging import MergeSummary, merge_review
from groundtruth.review.reasons import Sum, parse_sum

__all__ = [
    "Decisions",
    "MergeSummary",
    "ReviewSettings",
    "ReviewSummary",
    "Sum",
    "make_review",
    "merge_review",
    "parse_sum",
    "read_decisions",
    "review_categories",
]
