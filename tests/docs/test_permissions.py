"""docs/iam.md names the permissions of the stack's roles, all of them and no others."""

import re
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from tests.docs.blocks import ROOT

PAGE = (ROOT / "docs/iam.md").read_text(encoding="utf-8")
RESOURCES: dict[str, dict[str, Any]] = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))["Resources"]
ROLES = {name: resource["Properties"] for name, resource in RESOURCES.items() if resource["Type"] == "AWS::IAM::Role"}
_ACTION = re.compile(r"`([a-z0-9]+:(?:\*|[A-Z]\w*\*?))`")


def sections() -> dict[str, str]:
    """The page's sections about roles, by each role that they are about."""
    found = {}
    for section in re.split(r"^##+ ", PAGE, flags=re.MULTILINE)[1:]:
        listed = re.search(r"^Roles: (.*?)\.$", section, re.MULTILINE | re.DOTALL)
        for role in re.findall(r"`(\w+)`", listed[1]) if listed else ():
            assert role not in found, f"{role} is in two sections"
            found[role] = section
    return found


def statements(node: Any) -> list[dict[str, Any]]:
    """Every policy statement below a node, whatever conditions choose among them."""
    if isinstance(node, dict):
        if "Effect" in node and "Action" in node:
            return [node]
        return [found for value in node.values() for found in statements(value)]
    if isinstance(node, list):
        return [found for value in node for found in statements(value)]
    return []


def granted(role: str) -> set[str]:
    """The actions that a role is granted, in itself or by policies that name it."""
    documents = [ROLES[role].get("Policies", [])]
    documents += [
        resource["Properties"]["PolicyDocument"]
        for resource in RESOURCES.values()
        if resource["Type"] == "AWS::IAM::Policy" and {"Ref": role} in resource["Properties"]["Roles"]
    ]
    actions: set[str] = set()
    for statement in statements(documents):
        assert statement["Effect"] == "Allow"
        listed = statement["Action"]
        actions |= {listed} if isinstance(listed, str) else set(listed)
    return actions


def test_every_role_has_a_section_and_every_section_a_role():
    assert sections().keys() == ROLES.keys()


@pytest.mark.parametrize("role", ROLES)
def test_the_page_names_what_a_role_may_do(role: str):
    table = sections()[role]
    named = {
        action
        for line in table.splitlines()
        if line.startswith("| `")
        for action in _ACTION.findall(line.split("|")[1])
    }
    assert named == granted(role)


@pytest.mark.parametrize("role", ROLES)
def test_the_page_names_who_may_take_a_role(role: str):
    principals = {
        statement["Principal"]["Service"]
        for statement in statements(ROLES[role]["AssumeRolePolicyDocument"])
        if "Service" in statement["Principal"]
    }
    (trusts,) = re.findall(r"^Trusts: (.*)$", sections()[role], re.MULTILINE)
    assert principals == set(re.findall(r"`([\w.]+\.amazonaws\.com)`", trusts))


@pytest.mark.parametrize("role", ROLES)
def test_every_permission_has_a_reason(role: str):
    for line in sections()[role].splitlines():
        if line.startswith("| `"):
            assert len(line.split("|")[3].strip()) > 3, line
