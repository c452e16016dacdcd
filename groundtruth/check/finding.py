"""What a check finds, and the rule that it breaks."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is: an `error` is refused or fails the job, a `warning` may cost labels, money or time."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, in one place.

    message: what is wrong. effect: what Ground Truth will do. remedy: what to change. file: a path, or what stands for one (a stack).
    line: counted from 1. path: the place in a JSON document, as in `HumanTaskConfig.TaskKeywords[2]`.
    """

    severity: Severity
    rule: str
    message: str
    effect: str
    remedy: str
    file: str = ""
    line: int | None = None
    path: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the contract. `id` never changes its meaning; `effect` says what Ground Truth does when it is broken."""

    id: str
    severity: Severity
    effect: str

    def finding(self, message: str, remedy: str, *, line: int | None = None, path: str = "", file: str = "") -> Finding:
        """This rule broken in a place."""
        return Finding(self.severity, self.id, message, self.effect, remedy, file, line, path)


def error(rule: str, effect: str) -> Rule:
    """A rule whose breach Ground Truth refuses, or fails the job for."""
    return Rule(rule, Severity.ERROR, effect)


def warning(rule: str, effect: str) -> Rule:
    """A rule whose breach may be meant."""
    return Rule(rule, Severity.WARNING, effect)
