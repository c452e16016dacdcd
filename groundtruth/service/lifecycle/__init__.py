"""The background work of jobs: from the manifest over batches of tasks to the output manifest.

Each step is small, leaves its result in the database in one transaction, and can be done again: the process may be killed at any moment, and
another one goes on. Files that a step writes have names that the database gave them before.
"""

from groundtruth.service.lifecycle.background import Background
from groundtruth.service.lifecycle.means import Means

__all__ = ["Background", "Means"]
