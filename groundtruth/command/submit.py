"""`groundtruth submit`: a labeling job, from a manifest."""

import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import click
from rich.markup import escape

from groundtruth.command.console import console, progress_bar
from groundtruth.command.project import template_option, template_path
from groundtruth.errors import RequestError
from groundtruth.status import Connection, connect
from groundtruth.submit import Asked, Estimate, Plan, Prices, make_plan, send
from groundtruth.submit.teams import region_of_team

_EPILOG = """\b
Examples:
  groundtruth submit s3://acme-groundtruth/q3/invoices.manifest --task invoice-boxes --stack invoice-labeling \\
      --workteam arn:aws:sagemaker:eu-west-1:123456789012:workteam/private-crowd/ap-clerks
  groundtruth submit invoices.manifest --task invoice-fields --workteam clerks --yes
  groundtruth submit --chain invoices-document-type --task invoice-boxes --stack invoice-labeling --dry-run
"""
_FILE = click.Path(path_type=Path, dir_okay=False)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class _Duration(click.ParamType[int]):
    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        found = re.fullmatch(r"(\d{1,8})([smhd]?)", str(value))
        if found is None:
            self.fail(f'"{value}" is no duration. Write seconds, or 15m, 8h, 10d.', param, ctx)
        return int(found[1]) * _UNITS[found[2] or "s"]


_DURATION = _Duration()


@click.command(epilog=_EPILOG)
@click.argument("manifest", required=False)
@click.option(
    "--task", "task_type", required=True, metavar="TASK", help="document-type, invoice-boxes or invoice-fields."
)
@click.option("--stack", metavar="NAME", help="The deployed stack. Not needed with the local service.")
@click.option("--workteam", metavar="ARN|NAME", help="Who labels. Default: the only private work team there is.")
@click.option("--name", help="The job's name. Default: made of the manifest's and the task.")
@click.option("--chain", metavar="JOB", help="Go on from this job: its output manifest is the input.")
@click.option("--label-attribute", metavar="NAME", help="The key of the labels. Default: the task.")
@click.option(
    "--label-categories", type=_FILE, help="Label category config. Default: the job's in S3, else the task's."
)
@click.option(
    "--template", metavar="FILE|NAME", help="Worker template. Default: the task's; invoice-review is another."
)
@click.option("--instructions", type=_FILE, help="HTML to show instead of the template's full instructions.")
@click.option("--gold", type=_FILE, help="Truth of some objects. Default: MANIFEST's .gold.jsonl, when there is one.")
@click.option(
    "--workers-per-object", default=3, show_default=True, type=click.IntRange(1, 9), help="Answers an object."
)
@click.option("--title", help="What workers see in their list.")
@click.option("--description", help="What workers read below it.")
@click.option("--keyword", "keywords", multiple=True, help="What workers may search for (repeatable, 5 at most).")
@click.option("--task-time-limit", "time_limit", type=_DURATION, help="How long one task may take: seconds, or 15m.")
@click.option("--availability", type=_DURATION, help="How long a task is on offer, as 10d. Default: 30 days.")
@click.option("--max-concurrent", type=click.IntRange(1, 5000), help="Objects on offer at once. Default: 1000.")
@click.option("--output", metavar="S3_URI", help="Where labels go. Default: the stack's.")
@click.option("--role", metavar="ARN", help="Execution role. Default: the stack's.")
@click.option("--kms-key", metavar="ARN", help="KMS key of the output. Default: the stack's, if it has one.")
@click.option("--tag", "tags", multiple=True, metavar="KEY=VALUE", help="A tag of the job (repeatable).")
@click.option("--price", type=click.FloatRange(min=0), help="What a vendor takes for one answer, for the estimate.")
@click.option(
    "--hourly-wage", type=click.FloatRange(min=0), help="What an hour of your people costs, for the estimate."
)
@click.option(
    "--object-price", type=click.FloatRange(min=0), help="What AWS charges for one object. Default: its list price."
)
@click.option("--people", type=click.IntRange(1, 100_000), help="How many share the work, for the estimate.")
@click.option("--objects/--no-objects", default=None, help="Look in S3 at every object. Default: up to 1,000 of them.")
@template_option
@click.option("--endpoint-url", metavar="URL", help="Where SageMaker is. Default: what the usual AWS settings say.")
@click.option("--yes", is_flag=True, help="Submit without asking.")
@click.option("--dry-run", is_flag=True, help="Print the request, exactly as it would be sent, and send nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def submit(task_type: str, yes: bool, dry_run: bool, as_json: bool, endpoint_url: str | None, **options: Any) -> int:
    """Check a labeling job over MANIFEST (a file or an s3:// URI), say what it will take, upload what it needs, and create it.

    With AWS, --stack names the deployed template.yaml; with the local service nothing else is needed. Prints the job's ARN. Done again, it says how
    the job stands. Exit status: 0 when there is a job, 1 when the checks found errors, it was not wanted, or the job of that name came to nothing,
    2 for arguments that cannot be used.
    """
    if not (yes or dry_run or sys.stdin.isatty()):
        raise RequestError("There is no terminal to ask at. Add --yes to submit, or --dry-run to see the request.")
    asked = _asked(task_type, options)
    connection = connect(endpoint_url, region_of_team(asked.workteam))
    with tempfile.TemporaryDirectory(prefix="groundtruth-submit-") as folder:
        with console.status("") as shown:
            plan = make_plan(asked, connection, Path(folder), lambda phase: shown.update(f"{phase} ..."), dry=dry_run)
        if dry_run:
            return _show_dry(plan, as_json)
        if plan.existing is not None:
            return _tell_existing(plan, as_json)
        _tell_plan(plan)
        if not plan.is_sound:
            console.print("Nothing was sent. Correct the errors first.")
            return _print(plan, None, as_json, status=1)
        if not yes and not click.confirm("Submit the job?", err=True):
            console.print("Nothing was sent.")
            return 1
        with progress_bar("uploading") as bar:
            arn = send(plan, connection, bar.start, bar.step)
    _tell_sent(plan, connection)
    return _print(plan, arn, as_json, status=0)


def _asked(task_type: str, options: dict[str, Any]) -> Asked:
    sam_template = template_path(options["template_file"])
    categories = sam_template.parent / "label_categories" / f"{task_type}.json"
    return Asked(
        task_type=task_type,
        sam_template=sam_template,
        template=_worker_template(options["template"], sam_template, task_type),
        default_categories=categories if categories.is_file() else None,
        manifest=options["manifest"],
        chain=options["chain"],
        stack=options["stack"],
        workteam=options["workteam"],
        name=options["name"],
        label_attribute=options["label_attribute"],
        label_categories=options["label_categories"],
        instructions=options["instructions"],
        gold=options["gold"],
        output=options["output"],
        role=options["role"],
        kms_key=options["kms_key"],
        title=options["title"],
        description=options["description"],
        keywords=options["keywords"],
        workers=options["workers_per_object"],
        time_limit=options["time_limit"],
        availability=options["availability"],
        max_concurrent=options["max_concurrent"],
        tags=_tags(options["tags"]),
        prices=Prices(options["object_price"], options["price"], options["hourly_wage"]),
        people=options["people"],
        look_at_objects=options["objects"],
    )


def _worker_template(given: str | None, sam_template: Path, task_type: str) -> Path:
    """A file, or the name of one of the templates beside the SAM template."""
    if given is not None and Path(given).is_file():
        return Path(given)
    folder = sam_template.parent / "crowd_templates"
    path = folder / f"{given or task_type}.liquid.html"
    if path.is_file():
        return path
    known = ", ".join(sorted(entry.name.removesuffix(".liquid.html") for entry in folder.glob("*.liquid.html")))
    if given is None:
        raise RequestError(
            f'--task: "{task_type}" has no worker template of its own in {folder}. Known tasks: {known}. Name a file with --template.'
        )
    raise RequestError(f"--template: there is no file {given}, and no template of that name. There are: {known}.")


def _tags(given: tuple[str, ...]) -> dict[str, str]:
    tags = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise RequestError(f'--tag: "{text}" is no tag. Write KEY=VALUE.')
        tags[key] = value
    return tags


def _tell_plan(plan: Plan) -> None:
    """What there is to decide by."""
    assert plan.report is not None
    assert plan.estimate is not None
    assert plan.materials is not None
    plan.report.write(console)
    console.print()
    console.print(f"[bold]{escape(plan.name)}[/] for the work team {escape(plan.team.name)}", soft_wrap=True)
    if plan.materials.gold is not None:
        console.print(
            f"{plan.materials.gold_objects:,} gold objects, of {escape(plan.materials.gold.source)}", soft_wrap=True
        )
    for line in _estimate_lines(plan.estimate):
        console.print(line, soft_wrap=True, markup=False)
    for note in plan.estimate.notes:
        console.print(note, style="dim", soft_wrap=True, markup=False)


def _estimate_lines(guess: Estimate) -> list[str]:
    of = guess.time
    work = f"Work: {_number(guess.hours)} hours"
    if guess.days is not None and guess.people_count:
        work += f", {_number(guess.hours / guess.people_count)} for each of {guess.people_count:,} people"
        work += f" ({_number(guess.days)} working days)" if guess.days >= 1 else ""
    cost = f"Cost: {_money(guess.aws)} to AWS"
    if guess.people is not None:
        cost += f", {_money(guess.people)} for people, {_money(guess.total)} in all"
    return [
        f"{guess.objects:,} objects, {guess.workers} answers each: {guess.answers:,} answers of {of.seconds:,.0f} s ({of.source})",
        work,
        cost,
    ]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def _money(value: float) -> str:
    return f"${value:,.2f}"


def _show_dry(plan: Plan, as_json: bool) -> int:
    assert plan.report is not None
    _tell_plan(plan)
    if plan.existing is not None:
        console.print(
            f"There is a job {plan.existing.name} already: {plan.existing.standing}.", soft_wrap=True, markup=False
        )
    status = 0 if plan.is_sound and plan.existing is None else 1
    if as_json:
        return _print(plan, None, as_json, status)
    click.echo(json.dumps(plan.request, indent=2, ensure_ascii=False))
    return status


def _tell_existing(plan: Plan, as_json: bool) -> int:
    job = plan.existing
    assert job is not None
    console.print(f"There is a job {job.name} already: {job.standing}.", soft_wrap=True, markup=False)
    is_lost = job.status in {"Failed", "Stopped"}
    remedy = "Nothing was sent. Choose another --name for a new job." if is_lost else f"groundtruth status {job.name}"
    console.print(remedy, soft_wrap=True, markup=False)
    return _print(plan, job.arn, as_json, int(is_lost))


def _tell_sent(plan: Plan, connection: Connection) -> None:
    console.print(
        f"The job {plan.name} is submitted. Look after it: groundtruth status {plan.name} --watch", soft_wrap=True
    )
    if plan.team.to_make:
        console.print(
            f'The work team {plan.team.name} is new. Invite people: groundtruth worker add "Ada Byron" --team {plan.team.name}',
            soft_wrap=True,
        )
    if plan.team.portal:
        where = "the portal of the local service" if connection.is_local else "the labeling portal"
        console.print(f"People work at {where}: {plan.team.portal}", soft_wrap=True)


def _print(plan: Plan, arn: str | None, as_json: bool, status: int) -> int:
    """The result on standard output; the exit status."""
    if as_json:
        found = json.loads(plan.report.as_json()) if plan.report is not None else None
        result = {
            "job": plan.name,
            "arn": arn,
            "created": arn is not None and plan.existing is None,
            "status": plan.existing.status if plan.existing else None,
            "request": plan.request or None,
            "estimate": plan.estimate.as_json() if plan.estimate else None,
            "check": found,
        }
        click.echo(json.dumps(result, indent=2, ensure_ascii=False))
    elif arn is not None:
        click.echo(arn)
    return status
