"""Checks what a labeling job is made of before it runs: requests, manifests, templates, label categories, stacks.

Each check gives `Finding`s: where, what is wrong, what Ground Truth will do, what to change. docs/check.md lists the rules.
"""

from groundtruth.check.finding import Finding, Severity
from groundtruth.check.request import request_findings

__all__ = ["Finding", "Severity", "request_findings"]
