"""Consolidates the parts of a job on AWS: starts the stack's state machine over them, a distributed map, and watches it."""

import json
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from groundtruth.errors import FunctionError, RequestError
from groundtruth.reconsolidate.on_this_machine import Failure
from groundtruth.reconsolidate.parts import LABELS, SUMMARIES, Part, as_text, read_part
from groundtruth.reconsolidate.run import Run, record
from groundtruth.reconsolidate.trees import REQUESTS, RemoteTree

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.client import CloudFormationClient
    from mypy_boto3_stepfunctions.client import SFNClient

PLAN, TODO, RESULTS = "plan.json", "todo.json", "map-results"
_RUNNING = "RUNNING"
_OUTPUTS = ("ReconsolidationStateMachineArn", "OutputUri")


@dataclass(frozen=True, slots=True)
class Stack:
    """What a deployed stack of `template.yaml` gives. output: below which its function may read answers and write labels."""

    state_machine: str
    output: str


def read_stack(name: str, endpoint_url: str | None = None) -> Stack:
    """The stack called `name`. Raises RequestError when there is none, or when it has no state machine for finished jobs."""
    client: CloudFormationClient = boto3.client("cloudformation", endpoint_url=endpoint_url)
    try:
        stacks = client.describe_stacks(StackName=name)["Stacks"]
    except (ClientError, BotoCoreError) as error:
        raise RequestError(f'--stack: "{name}" cannot be described: {error}') from error
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stacks[0].get("Outputs", ())}
    if missing := [output for output in _OUTPUTS if output not in outputs]:
        raise RequestError(f'--stack: "{name}" has no output {missing[0]}. Deploy the toolkit\'s template.yaml again.')
    return Stack(*(outputs[output] for output in _OUTPUTS))


def check_reach(stack: Stack, source: RemoteTree) -> None:
    """Raises RequestError when the job's output lies where the stack's function may not read."""
    if not source.address().startswith(stack.output):
        raise RequestError(
            f"{source.address()}: the stack's function reads answers below {stack.output} only. Deploy a stack with this bucket and OutputPrefix, or leave "
            "out --on aws."
        )


def consolidate_parts(
    source: RemoteTree,
    target: RemoteTree,
    parts: Sequence[Part],
    run: Run,
    stack: Stack,
    *,
    endpoint_url: str | None = None,
    seconds_between: float = 5.0,
    on_done: Callable[[int], None],
) -> tuple[Failure, ...]:
    """Consolidate the parts that are not there yet; returns those that failed.

    An execution of this run that is still going is watched rather than started again. on_done: told how many parts are done. Raises FunctionError when
    the execution ends otherwise than well, and StorageError when S3 refuses.
    """
    client: SFNClient = boto3.client("stepfunctions", endpoint_url=endpoint_url)
    if not run.execution or _described(client, run.execution)["status"] != _RUNNING:
        todo = _planned(source, target, parts)
        if not todo and target.exists("agreement.json"):
            return ()
        target.write(TODO, json.dumps(todo).encode())
        run = replace(run, execution=_started(client, stack, target, run))
        record(target, run)
    else:
        todo = json.loads(target.read(TODO))
    ended = _watched(client, run.execution, len(parts) - len(todo), seconds_between, on_done)
    if ended["status"] != "SUCCEEDED":
        raise FunctionError(
            f"{run.execution} ended as {ended['status']}: {ended.get('error', 'no error')}: {ended.get('cause', 'no cause told')} "
            "The parts that were done are kept: run the command again to go on."
        )
    done = set(target.paths(LABELS))
    reason = f"The function failed; {target.address(RESULTS)}/ has the errors."
    return tuple(Failure(part, reason) for part in parts if part.labels not in done)


def _planned(source: RemoteTree, target: RemoteTree, parts: Sequence[Part]) -> list[dict[str, str]]:
    """Writes the plan of all parts; returns those that are to do. Parts put together from worker responses are written first."""
    done = set(target.paths(LABELS))
    plan: list[dict[str, str]] = []
    todo: list[dict[str, str]] = []
    for part in parts:
        request = f"{REQUESTS}/{part.name}"
        if part.request is None and not target.exists(request):
            target.write(request, as_text(read_part(source, part)).encode())
        places = {
            "request": target.address(request) if part.request is None else source.address(part.request),
            "response": target.address(part.labels),
            "summary": target.address(f"{SUMMARIES}/{part.name}"),
        }
        plan.append(places)
        if part.labels not in done:
            todo.append(places)
    target.write(PLAN, json.dumps(plan).encode())
    return todo


def _started(client: "SFNClient", stack: Stack, target: RemoteTree, run: Run) -> str:
    bucket = target.location.bucket
    request = {
        "run": run.as_event(),
        "todo": {"bucket": bucket, "key": target.location.joined(TODO).key},
        "results": {"bucket": bucket, "prefix": target.location.joined(RESULTS).key},
        "agreement": {"plan": target.address(PLAN), "report": target.address("agreement.json")},
    }
    try:
        name = f"{run.job_name[:60]}-{uuid.uuid4().hex[:12]}"
        return client.start_execution(stateMachineArn=stack.state_machine, name=name, input=json.dumps(request))[
            "executionArn"
        ]
    except (ClientError, BotoCoreError) as error:
        raise FunctionError(f"{stack.state_machine} cannot be started: {error}") from error


def _watched(
    client: "SFNClient", execution: str, done_before: int, seconds_between: float, on_done: Callable[[int], None]
) -> dict[str, Any]:
    """Waits for the execution's end, telling how many parts are done meanwhile; returns how it ended."""
    on_done(done_before)
    while True:
        described = _described(client, execution)
        on_done(done_before + _items_done(client, execution))
        if described["status"] != _RUNNING:
            return described
        time.sleep(seconds_between)


def _described(client: "SFNClient", execution: str) -> dict[str, Any]:
    try:
        return dict(client.describe_execution(executionArn=execution))
    except (ClientError, BotoCoreError) as error:
        raise FunctionError(f"{execution} cannot be described: {error}") from error


def _items_done(client: "SFNClient", execution: str) -> int:
    """Parts of the execution's map that have succeeded. 0 while there is no map run, or when it cannot be seen: only progress depends on it."""
    try:
        runs = client.list_map_runs(executionArn=execution)["mapRuns"]
        return sum(client.describe_map_run(mapRunArn=one["mapRunArn"])["itemCounts"]["succeeded"] for one in runs)
    except (ClientError, BotoCoreError, KeyError):
        return 0
