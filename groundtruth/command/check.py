"""`groundtruth check`: what Ground Truth would refuse, before it is asked."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from groundtruth.check.kinds import Kind, kind_of
from groundtruth.check.run import Subjects
from groundtruth.check.run import check as run_checks
from groundtruth.command.project import categories_path, template_option, template_path
from groundtruth.errors import RequestError

_EPILOG = """\b
Examples:
  groundtruth check invoices.manifest invoice-boxes.liquid.html request.json
  groundtruth check --manifest lines.txt --label-attribute Invoice-Boxes --json
"""

_PATH = click.Path(path_type=Path, dir_okay=False)


def _files[F: Callable[..., Any]](kind: Kind, what: str) -> Callable[[F], F]:
    return click.option(f"--{kind}", kind.name.lower(), type=_PATH, multiple=True, metavar="FILE", help=what)


@click.command(epilog=_EPILOG)
@click.argument("files", nargs=-1, type=_PATH)
@_files(Kind.MANIFEST, "An input manifest.")
@_files(Kind.TEMPLATE, "A worker template.")
@_files(Kind.LABEL_CATEGORIES, "A label category config.")
@_files(Kind.REQUEST, "A CreateLabelingJob request, JSON.")
@click.option("--label-attribute", help="The job's label attribute, when there is no request.")
@click.option(
    "--task",
    "task_type",
    metavar="TASK",
    help="Invoke this task type's pre-annotation function on the manifest's first lines, and render the template with what it answers.",
)
@template_option
@click.option("--stack", metavar="NAME", help="A deployed stack: its functions, execution role and buckets.")
@click.option("--objects", is_flag=True, help="Look in S3 at every object that the manifests name.")
@click.option("--endpoint-url", metavar="URL", help="Where AWS's services are. Default: AWS.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def check(files: tuple[Path, ...], as_json: bool, **options: Any) -> int:
    """Check what a labeling job is made of: manifests, worker templates, label category configs, job requests,
    a deployed stack.

    What FILES are is seen by their names and contents. Given together, they are also checked against each other. Exit status: 0 when there are no
    errors, 1 when there are, 2 for arguments that cannot be used.
    """
    by_kind = {kind: list(options[kind.name.lower()]) for kind in Kind}
    for path in files:
        by_kind[kind_of(path)].append(path)
    if not any(by_kind.values()) and not options["stack"]:
        raise RequestError(
            "There is nothing to check. Name a manifest, a template, a label category config, a request or a --stack."
        )
    task_type = options["task_type"]
    sam_template = template_path(options["template_file"]) if task_type else None
    categories = (
        categories_path(None, sam_template, task_type) if sam_template and not by_kind[Kind.LABEL_CATEGORIES] else None
    )
    report = run_checks(
        Subjects(
            manifests=tuple(by_kind[Kind.MANIFEST]),
            templates=tuple(by_kind[Kind.TEMPLATE]),
            label_categories=tuple(by_kind[Kind.LABEL_CATEGORIES]),
            requests=tuple(by_kind[Kind.REQUEST]),
            label_attribute=options["label_attribute"],
            task_type=task_type,
            sam_template=sam_template,
            task_categories=categories,
            stack=options["stack"],
            endpoint_url=options["endpoint_url"],
            objects=options["objects"],
        )
    )
    if as_json:
        click.echo(report.as_json())
    else:
        report.write(Console(highlight=False))
    return report.status
