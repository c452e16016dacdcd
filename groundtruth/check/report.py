"""Findings gathered, counted, and written for people and for programs."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.text import Text

from groundtruth.check.finding import Finding, Severity

MOST_OF_A_RULE = 20
"""Findings of one rule in one file that are shown; the others are counted."""

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow"}


@dataclass(frozen=True)
class Checked:
    """Something that was checked. kind: manifest, template, label-categories, request, stack. facts: what it holds, for JSON."""

    kind: str
    file: str
    facts: dict[str, object] = field(default_factory=dict)


class Report:
    """What was checked and what was found; at most MOST_OF_A_RULE findings of one rule in one file are kept.

    without: ids of rules whose findings are left out.
    """

    def __init__(self, without: frozenset[str] = frozenset()) -> None:
        self._without = without
        self.checked: list[Checked] = []
        self.findings: list[Finding] = []
        self.omitted: Counter[tuple[str, str]] = Counter()
        self.counts: Counter[Severity] = Counter()
        self._of_rule: Counter[tuple[str, str]] = Counter()

    def add(self, findings: Iterable[Finding]) -> None:
        """Take findings in."""
        for finding in findings:
            if finding.rule in self._without:
                continue
            key = (finding.file, finding.rule)
            self._of_rule[key] += 1
            self.counts[finding.severity] += 1
            if self._of_rule[key] <= MOST_OF_A_RULE:
                self.findings.append(finding)
            else:
                self.omitted[key] += 1

    @property
    def status(self) -> int:
        """The exit status: 1 when there is an error, else 0."""
        return 1 if self.counts[Severity.ERROR] else 0

    def by_file(self) -> Iterator[tuple[str, list[Finding]]]:
        """The findings file by file, in the order in which the files were checked, then by line."""
        order = {name: index for index, name in enumerate(dict.fromkeys(entry.file for entry in self.checked))}
        ranked = sorted(
            self.findings, key=lambda finding: (order.get(finding.file, len(order)), finding.file, finding.line or 0)
        )
        for file, found in groupby(ranked, key=lambda finding: finding.file):
            yield file, list(found)

    def as_json(self) -> str:
        """The report for programs; docs/check.md describes it."""
        return json.dumps(
            {
                "errors": self.counts[Severity.ERROR],
                "warnings": self.counts[Severity.WARNING],
                "checked": [{"kind": entry.kind, "file": entry.file, **entry.facts} for entry in self.checked],
                "findings": [_entry(finding) for _, found in self.by_file() for finding in found],
                "omitted": [{"file": file, "rule": rule, "count": n} for (file, rule), n in self.omitted.items()],
            },
            indent=2,
            ensure_ascii=False,
        )

    def write(self, console: Console) -> None:
        """The report for people: `file:line: severity rule: message`, what Ground Truth will do, and the remedy."""
        for file, found in self.by_file():
            for finding in found:
                _write(console, finding)
            for (where, rule), count in self.omitted.items():
                if where == file:
                    console.print(Text(f"{file}: {count:,} more of {rule} are not shown."), soft_wrap=True)
            console.print()
        console.print(Text(self._sum(), style="bold" if self.findings else "green"), soft_wrap=True)

    def _sum(self) -> str:
        things = ", ".join(_described(entry) for entry in self.checked)
        if not self.counts:
            return f"No findings in {things}."
        counts = (_counted(self.counts[severity], severity) for severity in Severity if self.counts[severity])
        return f"{' and '.join(counts)} in {things}."


def _entry(finding: Finding) -> dict[str, object]:
    return {
        "severity": finding.severity,
        "rule": finding.rule,
        "file": finding.file,
        "line": finding.line,
        "path": finding.path or None,
        "message": finding.message,
        "effect": finding.effect,
        "remedy": finding.remedy,
    }


def _write(console: Console, finding: Finding) -> None:
    place = finding.file if finding.line is None else f"{finding.file}:{finding.line}"
    line = Text(f"{place}: ")
    line.append(finding.severity, _STYLES[finding.severity])
    line.append(f" {finding.rule}: ", "bold")
    line.append(f"{finding.message} {finding.effect}")
    console.print(line, soft_wrap=True)
    console.print(Text(f"    {finding.remedy}", style="dim"), soft_wrap=True)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _described(entry: Checked) -> str:
    objects = entry.facts.get("objects")
    name = Path(entry.file).name if entry.kind != "stack" else entry.file
    return f"{name} ({objects:,} data objects)" if isinstance(objects, int) else name
