"""Consolidates finished jobs again from their workers' answers, with other settings: on this machine, or on AWS."""

from groundtruth.reconsolidate.assembling import label_attribute
from groundtruth.reconsolidate.on_aws import Stack, read_stack
from groundtruth.reconsolidate.reconsolidating import Outcome, reconsolidate_here, reconsolidate_on_aws
from groundtruth.reconsolidate.run import FOLDER, Run
from groundtruth.reconsolidate.trees import LocalTree, RemoteTree, job_tree

__all__ = [
    "FOLDER",
    "LocalTree",
    "Outcome",
    "RemoteTree",
    "Run",
    "Stack",
    "job_tree",
    "label_attribute",
    "read_stack",
    "reconsolidate_here",
    "reconsolidate_on_aws",
]
