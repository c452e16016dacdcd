"""Consolidates a finished job again, here or on AWS, into a new tree beside it. The job's own files stay as they are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from groundtruth.reconsolidate import on_aws
from groundtruth.reconsolidate.assembling import Assembled, assemble
from groundtruth.reconsolidate.on_this_machine import Failure, agreement, consolidate_parts, function_spec
from groundtruth.reconsolidate.parts import find_parts
from groundtruth.reconsolidate.run import Run, begun
from groundtruth.reconsolidate.trees import MANIFEST, LocalTree, RemoteTree

AGREEMENT = "agreement.json"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to. manifest: where the new output manifest is. agreement: the report of docs/agreement.md, None without any part."""

    manifest: str
    assembled: Assembled
    failures: tuple[Failure, ...]
    agreement: Mapping[str, Any] | None


def reconsolidate_here(
    source: LocalTree | RemoteTree,
    target: LocalTree | RemoteTree,
    run: Run,
    template_file: Path,
    *,
    processes: int,
    logs: Path,
    on_start: Callable[[int], None] = lambda _: None,
    on_part: Callable[[], None] = lambda: None,
) -> Outcome:
    """Consolidate in processes on this machine. What an earlier run with the same settings finished is kept.

    on_start: told how many parts there are; on_part: told of each that is done. Raises InputError for what cannot be used, FunctionError when too many
    parts fail, StorageError when a tree cannot be read or written.
    """
    spec = function_spec(template_file)
    parts = find_parts(source, run.source)
    run = begun(target, run)
    on_start(len(parts))
    failures = consolidate_parts(
        source, target, parts, run, spec, processes=max(1, min(processes, len(parts))), logs=logs, on_part=on_part
    )
    assembled = assemble(source, target, parts, failures, run)
    report = agreement(target, parts, spec, logs / "agreement")
    if report is not None:
        target.write(AGREEMENT, orjson.dumps(report, option=orjson.OPT_INDENT_2))
    return Outcome(target.address(MANIFEST), assembled, failures, report)


def reconsolidate_on_aws(
    source: RemoteTree,
    target: RemoteTree,
    run: Run,
    stack: on_aws.Stack,
    *,
    endpoint_url: str | None = None,
    seconds_between: float = 5.0,
    on_start: Callable[[int], None] = lambda _: None,
    on_done: Callable[[int], None] = lambda _: None,
) -> Outcome:
    """Consolidate by the stack's state machine; the new manifest is put together here. What an earlier run with the same settings finished is kept.

    seconds_between: how often the execution is looked at. on_start: told how many parts there are; on_done: told how many are done. Raises InputError
    for what cannot be used, FunctionError when the execution fails, StorageError when S3 refuses.
    """
    on_aws.check_reach(stack, source)
    parts = find_parts(source, run.source)
    run = begun(target, run)
    on_start(len(parts))
    failures = on_aws.consolidate_parts(
        source,
        target,
        parts,
        run,
        stack,
        endpoint_url=endpoint_url,
        seconds_between=seconds_between,
        on_done=on_done,
    )
    assembled = assemble(source, target, parts, failures, run)
    report = orjson.loads(target.read(AGREEMENT)) if target.exists(AGREEMENT) else None
    return Outcome(target.address(MANIFEST), assembled, failures, report)
