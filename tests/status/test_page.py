"""What a terminal shows of a job."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from rich.console import Console

from groundtruth.command.status import _page
from groundtruth.status import Failure, JobDescription, JobStatus, Pace, WorkerPace
from groundtruth.storage import S3Location

NOW = datetime(2026, 11, 20, 17, 6, tzinfo=UTC)
JOB = JobDescription(
    name="invoices-invoice-boxes",
    arn="arn:aws:sagemaker:eu-west-1:123456789012:labeling-job/invoices-invoice-boxes",
    status="InProgress",
    label_attribute="invoice-boxes",
    created=NOW - timedelta(hours=16, minutes=54),
    modified=NOW,
    human_labeled=1621,
    total_labeled=1621,
    failed=3,
    unlabeled=376,
    workers_per_object=3,
    workteam="arn",
    folder=S3Location("acme", "out/invoices-invoice-boxes"),
    output_manifest=None,
)
STATUS = JobStatus(
    JOB,
    NOW,
    4866,
    Pace(96.2, 288.4, 118.0, 351.0, NOW + timedelta(hours=4, minutes=3)),
    (WorkerPace("private.eu-west-1.4f1c9be2a7d03c55", 1702, 31.04, NOW - timedelta(minutes=1)),),
    {"agreed": 1540, "low_agreement": 62, "tie": 19, "failed": 3},
    (Failure("s3://acme/pages/INV-10451-p1.png", "ClientError: Annotation tasks expired."),),
)


def shown(status: JobStatus, width: int = 100) -> list[str]:
    console = Console(width=width, highlight=False, force_terminal=False)
    with console.capture() as captured:
        console.print(_page(status))
    return [line.rstrip() for line in captured.get().splitlines()]


def test_a_job_under_way():
    assert shown(STATUS) == [
        "invoices-invoice-boxes  InProgress",
        "━" * 24 + "       81% 1,621 of 2,000 objects labeled, 3 failed",
        "answers       4,866, 3 an object wanted",
        "pace          96 objects, 288 answers an hour",
        "last hour     118 objects, 351 answers an hour",
        "expected end  2026-11-20 21:09 UTC (in 4 h 3 min)",
        "labels        1,540 agreed, 62 low agreement, 19 tie, 3 failed",
        "created       2026-11-20 00:12 UTC, for 16 h 54 min",
        "",
        "worker                              answers  median seconds  last answer, UTC",
        "private.eu-west-1.4f1c9be2a7d03c55    1,702            31.0  2026-11-20 17:05",
        "",
        "without a label",
        "1 x ClientError: Annotation tasks expired.",
        "    s3://acme/pages/INV-10451-p1.png",
    ]


def test_a_narrow_terminal_cuts_no_ids():
    lines = shown(STATUS, 80)
    assert max(map(len, lines)) <= 80
    assert any("private.eu-west-1.4f1c9be2a7d03c55" in line for line in lines)


def test_a_job_that_has_just_begun():
    job = replace(JOB, total_labeled=0, failed=0, unlabeled=0)
    lines = shown(replace(STATUS, job=job, answers=0, pace=Pace(), workers=(), statuses={}, failures=()))
    assert [line.split("  ")[-1].strip() for line in lines[1:]] == [
        "- 0 of 0 objects labeled",
        "none written yet, 3 an object wanted",
        "2026-11-20 00:12 UTC, for 16 h 54 min",
    ]


def test_a_job_that_failed_says_why_whatever_stands_in_it():
    lines = shown(replace(STATUS, job=replace(JOB, status="Failed", failure_reason="ClientError: [bold]no[/] such")))
    assert "The job failed: ClientError: [bold]no[/] such" in lines
    sources = tuple(Failure(f"[/]{n}", "[red]") for n in range(9))
    lines = shown(replace(STATUS, failures=sources))
    assert "    [/]0" in lines
    assert "    and 6 more (--json lists them)" in lines
