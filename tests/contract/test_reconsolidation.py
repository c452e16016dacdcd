"""What the stack gives to consolidate finished jobs again: rights that suffice and no more, a definition that retries and tolerates little."""

import json
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

import pytest

Deploy = Callable[..., Any]
ROLES = ("ReconsolidationRole", "ReconsolidationStateMachineRole")
KEY = "arn:aws:kms:eu-west-1:123456789012:key/0a6f3f4e-0000-4000-8000-3e0b6a1d2c11"
REQUEST = "annotations/consolidated-annotation/consolidation-request/iteration-1/2026-11-03_09:41:12.json"
RESPONSE = "annotations/consolidated-annotation/consolidation-response/iteration-1/2026-11-03_09:41:12.json"
SUMMARY = "annotations/reconsolidation/iteration-1/2026-11-03_09:41:12.json"


def may(statements: list[dict[str, Any]], action: str, resource: str) -> bool:
    """Whether the statements allow an action on a resource, conditions taken as met."""

    def listed(value: str | list[str]) -> list[str]:
        return [value] if isinstance(value, str) else value

    return any(
        any(fnmatchcase(action, pattern) for pattern in listed(statement["Action"]))
        and any(fnmatchcase(resource, pattern) for pattern in listed(statement["Resource"]))
        for statement in statements
    )


@pytest.mark.parametrize("prefix", ["output/", "labels/2026/"])
@pytest.mark.parametrize("folder", ["", "team-a/"], ids=["output path", "a folder below it"])
def test_the_function_reads_answers_and_writes_below_reconsolidated_only(
    deploy: Deploy, prefix: str, folder: str
) -> None:
    stack = deploy(OutputPrefix=prefix)
    statements = stack.statements("ReconsolidationRole")
    root = f"arn:aws:s3:::{stack.outputs['BucketName']}/{prefix}{folder}"
    for path in (REQUEST, "annotations/worker-response/iteration-1/0/2026-11-03_09:39:58.json"):
        assert may(statements, "s3:GetObject", f"{root}invoices-q3/{path}")
        assert not may(statements, "s3:PutObject", f"{root}invoices-q3/{path}")
    for path in (RESPONSE, SUMMARY, "agreement.json"):
        assert may(statements, "s3:PutObject", f"{root}reconsolidated/invoices-q3/{path}")
        assert not may(statements, "s3:PutObject", f"{root}invoices-q3/{path}")
    assert may(statements, "s3:GetObject", f"{root}reconsolidated/invoices-q3/plan.json")
    assert may(statements, "s3:GetObject", f"{root}reconsolidated/invoices-q3/{SUMMARY}")
    for path in ("invoices-q3", "reconsolidated/invoices-q3"):
        assert not may(statements, "s3:PutObject", f"{root}{path}/manifests/output/output.manifest")
    assert not may(statements, "s3:GetObject", f"arn:aws:s3:::{stack.outputs['BucketName']}/pages/a.png")
    assert not may(statements, "s3:DeleteObject", f"{root}reconsolidated/invoices-q3/agreement.json")


def test_the_state_machine_invokes_its_function_and_starts_itself_only(deploy: Deploy) -> None:
    stack = deploy()
    statements = stack.statements("ReconsolidationStateMachineRole")
    machine = stack.outputs["ReconsolidationStateMachineArn"]
    root = f"arn:aws:s3:::{stack.outputs['BucketName']}/output/"
    assert may(statements, "lambda:InvokeFunction", stack.outputs["ReconsolidationArn"])
    assert not may(statements, "lambda:InvokeFunction", stack.outputs["InvoiceBoxesConsolidationArn"])
    assert may(statements, "states:StartExecution", machine)
    assert may(statements, "states:StopExecution", machine.replace(":stateMachine:", ":execution:") + "/map:1")
    assert not may(statements, "states:StartExecution", machine + "-other")
    assert may(statements, "s3:GetObject", f"{root}reconsolidated/invoices-q3/todo.json")
    assert may(statements, "s3:PutObject", f"{root}reconsolidated/invoices-q3/map-results/1/manifest.json")
    assert not may(statements, "s3:GetObject", f"{root}invoices-q3/{REQUEST}")
    assert not may(statements, "s3:PutObject", f"{root}reconsolidated/invoices-q3/{RESPONSE}")


def test_only_step_functions_of_this_account_take_the_state_machines_role(deploy: Deploy) -> None:
    trusted = deploy().properties["ReconsolidationStateMachineRole"]["AssumeRolePolicyDocument"]["Statement"]
    (statement,) = trusted
    assert statement["Principal"] == {"Service": "states.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


@pytest.mark.parametrize("role", ROLES)
def test_with_a_key_both_may_use_it_through_s3_and_without_one_nobody(deploy: Deploy, role: str) -> None:
    statements = deploy(KmsKeyArn=KEY).statements(role)
    assert may(statements, "kms:Decrypt", KEY)
    assert may(statements, "kms:GenerateDataKey", KEY)
    assert not may(deploy().statements(role), "kms:Decrypt", KEY)


def test_no_right_is_wider_than_an_action(deploy: Deploy) -> None:
    stack = deploy()
    for role in ROLES:
        for statement in stack.statements(role):
            actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
            assert not [action for action in actions if action.endswith("*")]
            assert statement["Resource"] != "*" or set(actions) == {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}


def test_the_function_has_the_stacks_settings_and_no_task_of_its_own(deploy: Deploy) -> None:
    properties = deploy(TiePolicy="unresolved", BoxIou="0.6").properties["Reconsolidation"]
    environment = properties["Environment"]["Variables"]
    assert properties["Handler"] == "app.reconsolidate"
    assert "TASK_TYPE" not in environment
    assert environment["TIE_POLICY"] == "unresolved"
    assert environment["BOX_IOU"] in (0.6, "0.6")
    assert properties["LoggingConfig"]["LogGroup"] == f"/aws/lambda/{properties['FunctionName']}"


def test_faults_of_the_service_are_tried_again_and_few_failures_tolerated(deploy: Deploy) -> None:
    definition = json.loads(deploy().properties["ReconsolidationStateMachine"]["DefinitionString"])
    consolidate = definition["States"]["Consolidate"]
    assert consolidate["ItemProcessor"]["ProcessorConfig"]["Mode"] == "DISTRIBUTED"
    assert consolidate["ToleratedFailurePercentage"] == 5
    task = consolidate["ItemProcessor"]["States"]["ConsolidatePart"]
    for state in (task, definition["States"]["AddUpAgreement"]):
        tried_again = {error for retry in state["Retry"] for error in retry["ErrorEquals"]}
        assert {"Lambda.TooManyRequestsException", "Lambda.ServiceException", "PayloadError"} <= tried_again
        assert state["TimeoutSeconds"] > deploy().properties["Reconsolidation"]["Timeout"]
