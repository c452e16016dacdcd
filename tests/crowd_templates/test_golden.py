"""The pages that the templates make, word for word, so that no change to a template goes unseen.

After a change that is meant: `UPDATE_GOLDEN=1 .venv/bin/python -m pytest tests/crowd_templates/test_golden.py`, and read
the difference before it is committed.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

GOLDEN = Path(__file__).parent / "golden"
PRIOR_BOXES = [{"label": "Total amount", "left": 911, "top": 1402, "width": 149, "height": 37}]
PRIOR_FIELDS = {"total_amount": {"value": "1,204.50"}, "po_number": {"absent": True}}

PAGES: dict[str, dict[str, Any]] = {
    "document-type": {"task_type": "document-type"},
    "document-type-text-prior": {"task_type": "document-type", "text": "INVOICE\n  10442", "initialValue": "Invoice"},
    "invoice-boxes": {"task_type": "invoice-boxes", "details": {}},
    "invoice-boxes-prior": {"task_type": "invoice-boxes", "initialValue": PRIOR_BOXES},
    "invoice-fields": {"task_type": "invoice-fields"},
    "invoice-fields-text-prior": {
        "task_type": "invoice-fields",
        "text": "TOTAL 1,204.50",
        "initialValue": PRIOR_FIELDS,
    },
    "invoice-review-document-type": {"task_type": "document-type"},
    "invoice-review-boxes": {"task_type": "invoice-boxes", "initialValue": PRIOR_BOXES},
    "invoice-review-fields": {"task_type": "invoice-fields", "initialValue": PRIOR_FIELDS},
}
REVIEW = "invoice-review"


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_as_before(
    name: str, make_task: Callable[..., Any], make_review: Callable[..., Any], render_task: Callable[..., str]
):
    is_review = name.startswith(REVIEW)
    task = (make_review if is_review else make_task)(**PAGES[name])
    page = render_task(task, REVIEW if is_review else "")
    file = GOLDEN / f"{name}.html"
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(page, encoding="utf-8")
    assert page == file.read_text(encoding="utf-8"), f"{file.name} differs; the module's docstring says how to renew it"


def test_no_golden_file_is_left_over():
    assert {file.stem for file in GOLDEN.iterdir()} == set(PAGES)
