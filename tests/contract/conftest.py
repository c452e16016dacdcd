"""Deploys the template into moto in this process, under any name and with any parameters, and shows what came of it."""

import json
import os
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.cloudformation.models import cloudformation_backends
from moto.cloudformation.parsing import clean_json
from moto.core.models import DEFAULT_ACCOUNT_ID
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).parents[2]
REGION = "eu-west-1"


@dataclass(frozen=True)
class Stack:
    """A deployed stack: its outputs, and by logical id its resources' types and resolved properties and its roles' names."""

    outputs: dict[str, str]
    types: dict[str, str]
    properties: dict[str, dict[str, Any]]
    role_names: dict[str, str]

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """The properties of every resource of a type, by logical id."""
        return {name: self.properties[name] for name, its_kind in self.types.items() if its_kind == kind}

    def statements(self, role: str) -> list[dict[str, Any]]:
        """Every policy statement that a role has, its own and attached ones; role: a logical id."""
        name = self.role_names[role]
        inline = [policy["PolicyDocument"] for policy in self.properties[role].get("Policies", [])]
        attached = [
            policy["PolicyDocument"] for policy in self.of_type("AWS::IAM::Policy").values() if name in policy["Roles"]
        ]
        return [statement for document in [*inline, *attached] for statement in document["Statement"]]


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    """template.yaml with its intrinsics in the long form."""
    loaded: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="session")
def deploy() -> Iterator[Callable[..., Stack]]:
    """Deploys the stack into an empty account: deploy(stack_name, **parameters) -> Stack. One deployment for equal arguments."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        patch.setenv("AWS_DEFAULT_REGION", REGION)

        @cache
        def deployed(stack_name: str = "invoice-labeling", **parameters: str) -> Stack:
            with mock_aws():
                return described(stack_name, created(stack_name, parameters))

        yield deployed


def created(stack_name: str, parameters: dict[str, str]) -> dict[str, Any]:
    """Makes the stack; the template as CloudFormation got it, after the SAM transform."""
    source = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))
    defaults = {name: parameter["Default"] for name, parameter in source["Parameters"].items()}
    for resource in source["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://artifacts/code.zip"
    transformed: dict[str, Any] = Translator({}, Parser()).translate(source, {**defaults, **parameters})
    for resource in transformed["Resources"].values():
        if resource["Type"] == "AWS::Lambda::Function":
            resource["Properties"]["Code"] = {"ZipFile": "def handler(event, context): pass"}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Tried to parse")  # moto makes no alarms and bucket policies
        boto3.client("cloudformation").create_stack(
            StackName=stack_name,
            TemplateBody=json.dumps(transformed),
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
            Capabilities=["CAPABILITY_IAM"],
        )
    return transformed


def described(stack_name: str, transformed: dict[str, Any]) -> Stack:
    """What a stack became; properties of resources that moto does not make are resolved all the same."""
    description = boto3.client("cloudformation").describe_stacks(StackName=stack_name)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in description["Outputs"]}
    backend = cloudformation_backends[DEFAULT_ACCOUNT_ID][REGION]
    resolved = backend.get_stack(stack_name).resource_map
    conditions = resolved.lazy_condition_map
    present = {
        name: resource
        for name, resource in transformed["Resources"].items()
        if "Condition" not in resource or conditions[resource["Condition"]]
    }
    return Stack(
        outputs=outputs,
        types={name: resource["Type"] for name, resource in present.items()},
        properties={name: clean_json(resource["Properties"], resolved) for name, resource in present.items()},
        role_names={
            name: resolved[name].physical_resource_id
            for name, resource in present.items()
            if resource["Type"] == "AWS::IAM::Role"
        },
    )
