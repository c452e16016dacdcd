"""Evaluates the intrinsic functions that stand in a function's properties in a SAM template.

Parameters take their defaults unless given; a reference to another resource becomes its logical id, since nothing is deployed.
"""

from collections.abc import Mapping
from typing import Any

import yaml

PSEUDO_PARAMETERS = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::StackName": "local",
    "AWS::StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/local/00000000-0000-0000-0000-000000000000",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::NoValue": None,
}


class TemplateLoader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags: `!Sub x` reads as `{"Fn::Sub": "x"}`."""


def _short_tag(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


TemplateLoader.add_multi_constructor("!", _short_tag)


class Intrinsics:
    """The values of one template's expressions."""

    def __init__(self, template: Mapping[str, Any], parameters: Mapping[str, str]) -> None:
        declared = template.get("Parameters") or {}
        defaults = {name: spec.get("Default", "") for name, spec in declared.items()}
        self._values = PSEUDO_PARAMETERS | defaults | dict(parameters)
        self._conditions = template.get("Conditions") or {}
        self._mappings = template.get("Mappings") or {}

    def evaluate(self, expression: Any) -> Any:
        """The expression's value; what is no intrinsic function stays as it is, evaluated inside."""
        if isinstance(expression, list):
            return [self.evaluate(item) for item in expression]
        if not isinstance(expression, dict):
            return expression
        if len(expression) == 1:
            name, argument = next(iter(expression.items()))
            evaluator = getattr(self, "_" + name.removeprefix("Fn::").lower(), None)
            if evaluator is not None and (name in {"Ref", "Condition"} or name.startswith("Fn::")):
                return evaluator(argument)
        return {key: self.evaluate(value) for key, value in expression.items()}

    def _ref(self, name: str) -> Any:
        return self._values.get(name, name)

    def _getatt(self, path: list[str] | str) -> str:
        return path if isinstance(path, str) else ".".join(path)

    def _sub(self, argument: str | list[Any]) -> str:
        text, names = (argument, {}) if isinstance(argument, str) else argument
        values = {name: self.evaluate(value) for name, value in names.items()}
        pieces = text.split("${")
        result: str = pieces[0]
        for piece in pieces[1:]:
            name, _, rest = piece.partition("}")
            literal = name.startswith("!")
            result += ("${" + name[1:] + "}" if literal else str(values.get(name, self._ref(name)))) + rest
        return result

    def _join(self, argument: list[Any]) -> str:
        separator, items = argument
        return str(separator).join(str(item) for item in self.evaluate(items))

    def _select(self, argument: list[Any]) -> Any:
        index, items = argument
        return self.evaluate(items)[int(self.evaluate(index))]

    def _split(self, argument: list[Any]) -> list[str]:
        separator, text = argument
        return str(self.evaluate(text)).split(separator)

    def _findinmap(self, argument: list[Any]) -> Any:
        name, first, second = (self.evaluate(item) for item in argument)
        return self._mappings[name][first][second]

    def _if(self, argument: list[Any]) -> Any:
        condition, then, otherwise = argument
        return self.evaluate(then if self._condition(condition) else otherwise)

    def _condition(self, name: str) -> bool:
        return bool(self.evaluate(self._conditions[name]))

    def _equals(self, argument: list[Any]) -> bool:
        left, right = (self.evaluate(item) for item in argument)
        return str(left) == str(right)

    def _not(self, argument: list[Any]) -> bool:
        return not self.evaluate(argument[0])

    def _and(self, argument: list[Any]) -> bool:
        return all(self.evaluate(item) for item in argument)

    def _or(self, argument: list[Any]) -> bool:
        return any(self.evaluate(item) for item in argument)
