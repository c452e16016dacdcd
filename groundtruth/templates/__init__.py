"""Renders a worker template with a task input, as Ground Truth does before a worker sees it.

`render(template, task_input, sign=...)` gives the page. Parse once and render often with `Template`; ask it also which
variables were undefined. `signer(s3, expires_in)` makes the read access that templates grant with `grant_read_access`.
"""

from groundtruth.templates.page import CROWD_ELEMENTS_URL, MAXIMUM_CHARACTERS, Page, Template, render
from groundtruth.templates.rules import UndefinedVariable
from groundtruth.templates.signing import signer

__all__ = [
    "CROWD_ELEMENTS_URL",
    "MAXIMUM_CHARACTERS",
    "Page",
    "Template",
    "UndefinedVariable",
    "render",
    "signer",
]
