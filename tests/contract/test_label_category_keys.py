"""All who read a label category config know the same keys and values: the two functions, the check and the page about it."""

import ast
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
READERS = {
    "strict": ROOT / "functions/pre_annotation/pre_annotation/label_categories.py",
    "check": ROOT / "groundtruth/check/categories.py",
}
CONSOLIDATION = ROOT / "functions/consolidation/consolidation/label_categories.py"
PAGE = ROOT / "docs/label-categories.md"
GROUND_TRUTH = {"attributes", "categoryAttributes"}


def constant(path: Path, name: str) -> Any:
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
            return ast.literal_eval(node.value)
    raise AssertionError(f"{path}: no {name}")


def test_every_reader_knows_the_keys_of_a_label() -> None:
    strict = set(constant(READERS["strict"], "_LABEL_KEYS"))
    assert set(constant(READERS["check"], "_LABEL_KEYS")) - GROUND_TRUTH == strict
    assert set(re.findall(r"^\| `labels\[\]\.(\w+)`", PAGE.read_text(), re.MULTILINE)) == strict


def test_consolidation_reads_every_key_but_what_only_workers_see() -> None:
    code = CONSOLIDATION.read_text()
    for key in set(constant(READERS["strict"], "_LABEL_KEYS")) - {"description"}:
        assert f'"{key}"' in code, key


def test_every_reader_knows_the_keys_of_the_task() -> None:
    strict = set(constant(READERS["strict"], "_TASK_KEYS"))
    assert set(constant(READERS["check"], "_TASK_KEYS")) == strict
    assert set(re.findall(r"^\| `task\.(\w+)`", PAGE.read_text(), re.MULTILINE)) == strict


def test_choice_and_marks_have_the_same_values_everywhere() -> None:
    for name in ("CHOICES", "MARKS"):
        assert constant(READERS["strict"], name) == constant(READERS["check"], f"_{name}")
    one, several, ordered = constant(READERS["strict"], "CHOICES")
    assert f'ONE, SEVERAL, ORDERED = "{one}", "{several}", "{ordered}"' in CONSOLIDATION.read_text()


def test_occurs_has_the_same_values_everywhere() -> None:
    assert constant(READERS["strict"], "OCCURRENCES") == constant(READERS["check"], "_OCCURRENCES")
    assert 'ONCE, MANY = "once", "many"' in CONSOLIDATION.read_text()
