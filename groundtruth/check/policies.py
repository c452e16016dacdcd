"""Whether IAM policies allow an action, as far as the documents themselves say.

Not considered: resource policies, permission boundaries, service control policies. An `Allow` under a condition that depends on the request counts
only when the condition is one that a labeling job meets; a `Deny` under a condition does not count.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

type Document = Mapping[str, Any]

_MET = {"aws:securetransport", "aws:resourceaccount", "aws:principalaccount", "aws:sourceaccount", "aws:sourcearn"}
"""Conditions that calls of a labeling job in its own account meet."""


def allows(documents: Iterable[Document], action: str, resource: str) -> bool:
    """Whether the policies together allow the action on the resource's ARN."""
    allowed = False
    for statement in _statements(documents):
        if not (_covers(statement, "Action", action, ignore_case=True) and _covers(statement, "Resource", resource)):
            continue
        if statement.get("Effect") == "Deny" and not statement.get("Condition"):
            return False
        if statement.get("Effect") == "Allow" and _is_met(statement.get("Condition")):
            allowed = True
    return allowed


def trusts(document: Document, kind: str, principal: str) -> bool:
    """Whether a role's trust policy lets a principal assume it. kind: `Service` or `AWS`."""
    for statement in _statements([document]):
        principals = statement.get("Principal")
        named = principals.get(kind, ()) if isinstance(principals, Mapping) else ()
        is_named = principals == "*" or principal in _listed(named) or "*" in _listed(named)
        if kind == "AWS" and not is_named:
            is_named = f"arn:aws:iam::{principal.split(':')[4]}:root" in _listed(named)
        if (
            statement.get("Effect") == "Allow"
            and is_named
            and _covers(statement, "Action", "sts:AssumeRole", ignore_case=True)
        ):
            return True
    return False


def _statements(documents: Iterable[Document]) -> Iterator[Mapping[str, Any]]:
    for document in documents:
        statements = document.get("Statement", ())
        yield from [statements] if isinstance(statements, Mapping) else statements


def _covers(statement: Mapping[str, Any], element: str, value: str, *, ignore_case: bool = False) -> bool:
    flags = re.IGNORECASE if ignore_case else 0
    if f"Not{element}" in statement:
        return not any(_pattern(entry, flags).fullmatch(value) for entry in _listed(statement[f"Not{element}"]))
    return any(_pattern(entry, flags).fullmatch(value) for entry in _listed(statement.get(element, ())))


def _pattern(text: str, flags: int) -> re.Pattern[str]:
    """IAM's wildcards; a policy variable stands for anything."""
    text = re.sub(r"\$\{[^}]*}", "*", text)
    return re.compile("".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in text), flags | re.DOTALL)


def _is_met(condition: Any) -> bool:
    keys = {key.lower() for block in (condition or {}).values() for key in block}
    return keys <= _MET


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [entry for entry in value if isinstance(entry, str)]
