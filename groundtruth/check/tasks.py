"""The task inputs that a job's first data objects would get, from the pre-annotation function itself."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from groundtruth.check import rules
from groundtruth.check.finding import Finding
from groundtruth.errors import ContractError, FunctionError
from groundtruth.jobs.categories import LabelCategories
from groundtruth.jobs.contract import read_pre_annotation
from groundtruth.jobs.messages import EVENT_VERSION
from groundtruth.jobs.simulated import functions_of_task, local_stack


@dataclass(frozen=True)
class TaskInput:
    """A task input, and the manifest line that it was made of."""

    file: str
    line: int
    value: Mapping[str, object]


@dataclass(frozen=True)
class PreAnnotation:
    """A task type's pre-annotation function as a SAM template declares it, with the label categories that it reads."""

    template_file: Path
    task_type: str
    categories: LabelCategories
    job_name: str = "check"


def task_inputs(
    function: PreAnnotation, objects: Iterable[tuple[str, int, dict[str, object]]], findings: list[Finding]
) -> list[TaskInput]:
    """Invoke the function on data objects (file, line, object), and add to `findings` what is wrong with its answers.

    An object that needs no worker has no task input. Raises RequestError when the template has no such function.
    """
    name, _ = functions_of_task(function.task_type)
    arn = f"arn:aws:sagemaker:us-east-1:123456789012:labeling-job/{function.job_name.lower()}"
    inputs = []
    with (
        tempfile.TemporaryDirectory(prefix="groundtruth-check-") as folder,
        local_stack(Path(folder), function.template_file, function.task_type, function.categories) as (_, functions),
    ):
        for file, line, data_object in objects:
            event = {"version": EVENT_VERSION, "labelingJobArn": arn, "dataObject": data_object}
            try:
                answer = read_pre_annotation(functions.invoke(name, event))
            except ContractError as error:
                findings.append(
                    rules.TASK_ANSWER.finding(str(error), 'Return {"taskInput": {...}}.', line=line, file=file)
                )
                continue
            except FunctionError as error:
                findings.append(_failed(error, file, line))
                break
            findings += _undocumented(answer.warnings, file, line)
            if answer.needs_human and isinstance(answer.task_input, Mapping):
                inputs.append(TaskInput(file, line, answer.task_input))
    return inputs


def _failed(error: FunctionError, file: str, line: int) -> Finding:
    last = error.function_traceback.strip().splitlines()
    where = f" ({last[-1].strip()})" if last and last[-1].strip() not in str(error) else ""
    remedy = "Correct the line, or the function; `groundtruth run` keeps the function's whole log."
    return rules.TASK_FUNCTION.finding(f"On this line, {error}{where}", remedy, line=line, file=file)


def _undocumented(warnings: Iterable[str], file: str, line: int) -> Iterator[Finding]:
    for text in warnings:
        remedy = "Return a JSON object under taskInput and a JSON boolean under isHumanAnnotationRequired."
        yield rules.TASK_ANSWER_FORM.finding(
            f"The pre-annotation function's answer: {text}", remedy, line=line, file=file
        )
