"""`groundtruth consolidate`: what the consolidation function answers to a payload."""

import json
import tempfile
from pathlib import Path

import click
from rich.markup import escape

from groundtruth.command.console import console
from groundtruth.command.project import categories_option, categories_path, template_option, template_path
from groundtruth.errors import FunctionError, RequestError
from groundtruth.jobs.categories import read_label_categories
from groundtruth.jobs.consolidation import consolidate_payload, has_label
from groundtruth.jobs.simulated import local_stack

_EPILOG = """\b
Example:
  groundtruth consolidate payload.json --task invoice-boxes --label-attribute Invoice-Boxes
"""


@click.command(epilog=_EPILOG)
@click.argument("payload", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--task", "task_type", required=True, metavar="TASK", help="document-type, invoice-boxes, invoice-fields."
)
@click.option("--label-attribute", default="label", show_default=True, help="The job's label attribute.")
@template_option
@categories_option
def consolidate(
    payload: Path, task_type: str, label_attribute: str, template_file: Path | None, label_categories: Path | None
) -> int:
    """Print what the consolidation function answers to a PAYLOAD file of a real job.

    PAYLOAD is a consolidation request as a job leaves it under annotations/consolidated-annotation/consolidation-request/. Exit status: 0 when every
    object has a label, 1 when some have none, 2 for unusable input.
    """
    template = template_path(template_file)
    categories = read_label_categories(categories_path(label_categories, template, task_type))
    objects = _read_payload(payload)
    with (
        tempfile.TemporaryDirectory(prefix="groundtruth-") as folder,
        local_stack(Path(folder), template, task_type, categories) as (storage, functions),
    ):
        try:
            response, warnings = consolidate_payload(
                storage, functions, task_type, objects, label_attribute, categories.names
            )
        except FunctionError as error:
            raise FunctionError(f"{payload}: {error}", error.function_traceback) from error
    click.echo(json.dumps(response, indent=2, ensure_ascii=False))
    for warning in warnings:
        console.print(f"[yellow]Ground Truth would reject:[/] {escape(warning)}", soft_wrap=True)
    without = [entry["datasetObjectId"] for entry in response if not has_label(entry, label_attribute)]
    if without:
        console.print(
            f"{len(without)} of {len(objects)} objects have no label: {', '.join(map(str, without[:20]))}",
            soft_wrap=True,
        )
    return 1 if without or warnings else 0


def _read_payload(path: Path) -> list[dict[str, object]]:
    try:
        payload = json.loads(path.read_bytes())
    except OSError as error:
        raise RequestError(f"{path}: the payload cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise RequestError(f"{path}: the payload is not JSON: {error}.") from error
    if not isinstance(payload, list) or not all(isinstance(entry, dict) for entry in payload):
        raise RequestError(
            f"{path}: a payload is a JSON array of data objects. Take a file from .../consolidation-request/iteration-N/."
        )
    return payload
