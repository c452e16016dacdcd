"""docs/check.md says of every rule what it is, and its example runs."""

import re
from pathlib import Path

from groundtruth.check.rules import all_rules

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/check.md").read_text(encoding="utf-8")


def test_every_rule_and_no_other_is_documented_with_its_severity_and_effect():
    rows = [line for line in TEXT.splitlines() if re.match(r"\| `[a-z0-9-]+` \| (error|warning) \|", line)]
    assert rows == [f"| `{rule.id}` | {rule.severity} | {rule.effect} |" for rule in all_rules()]


def test_no_two_rules_share_an_id():
    identifiers = [rule.id for rule in all_rules()]
    assert len(set(identifiers)) == len(identifiers)


def test_the_documented_python_finds_what_it_should(capsys):
    (snippet,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    exec(compile(snippet, "docs/check.md", "exec"), {})
    assert "LabelingJobName" in capsys.readouterr().out
