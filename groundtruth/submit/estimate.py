"""What a job will take: hours of people's work, and money. Figures before the job, so that nobody is surprised after it.

AWS's list prices are assumptions of PRICES_OF, in US dollars; options replace them. Small change is left out: S3, Lambda, CloudWatch.
"""

from collections import Counter
from dataclasses import dataclass, field
from statistics import fmean

from groundtruth.errors import GroundTruthError
from groundtruth.status import Connection
from groundtruth.status.files import Answer, JobFiles
from groundtruth.status.job import all_jobs, description

PRICES_OF = "November 2026"

OBJECT_PRICES: tuple[tuple[int | None, float], ...] = ((50_000, 0.08), (1_000_000, 0.04), (None, 0.02))
"""What Ground Truth charges for each labeled object, by how many there have been in the month (aws.amazon.com/sagemaker/groundtruth/pricing)."""

_PAST_JOBS = 3
_FILES_OF_A_JOB = 60
_ENOUGH_ANSWERS = 10


@dataclass(frozen=True)
class Prices:
    """In one's own currency, US dollars by default. an_object: what AWS charges for one, None for its list price.

    an_answer: what a vendor takes for one answer. an_hour: what an hour of one's own people costs.
    """

    an_object: float | None = None
    an_answer: float | None = None
    an_hour: float | None = None


@dataclass(frozen=True)
class TaskTime:
    """What an answer takes: seconds on average. source: where that is known from."""

    seconds: float
    source: str


@dataclass(frozen=True)
class Estimate:
    """objects: those that go to workers. hours: of work, in all. days: of eight hours, when so many people share it.

    aws, people: costs; people is None when no price says it.
    """

    objects: int
    workers: int
    time: TaskTime
    aws: float
    people: float | None
    people_count: int | None = None
    notes: tuple[str, ...] = field(default_factory=tuple)

    @property
    def answers(self) -> int:
        """How many answers are asked for."""
        return self.objects * self.workers

    @property
    def hours(self) -> float:
        """Hours of work."""
        return self.answers * self.time.seconds / 3600

    @property
    def days(self) -> float | None:
        """Working days of eight hours until the end; None when nobody says how many people there are."""
        return self.hours / self.people_count / 8 if self.people_count else None

    @property
    def total(self) -> float:
        """What is known of the costs."""
        return self.aws + (self.people or 0.0)

    def as_json(self) -> dict[str, object]:
        """For scripts."""
        return {
            "objects": self.objects,
            "workers_per_object": self.workers,
            "answers": self.answers,
            "seconds_per_answer": self.time.seconds,
            "seconds_from": self.time.source,
            "hours": self.hours,
            "working_days": self.days,
            "aws_cost": self.aws,
            "people_cost": self.people,
            "total_cost": self.total,
            "notes": list(self.notes),
        }


def estimate(
    objects: int, workers: int, time: TaskTime, prices: Prices, *, is_private: bool, is_local: bool, people: int | None
) -> Estimate:
    """Estimate a job. objects: those to label. is_private: of one's own people. is_local: not on AWS, which then charges nothing."""
    notes = []
    if is_local:
        aws = objects * (prices.an_object or 0.0)
    elif prices.an_object is not None:
        aws = objects * prices.an_object
    else:
        aws = _list_price(objects)
        notes.append(
            f"Assumed: AWS's list price as of {PRICES_OF}, $0.08 an object up to 50,000 a month, $0.04 up to 1,000,000, then $0.02; "
            "nothing labeled yet this month, no free tier. Another: --object-price."
        )
    cost = 0.0
    if prices.an_answer is not None:
        cost += objects * workers * prices.an_answer
    if prices.an_hour is not None:
        cost += objects * workers * time.seconds / 3600 * prices.an_hour
    is_known = prices.an_answer is not None or prices.an_hour is not None
    if not is_known and not is_private:
        notes.append("What the vendor takes is not in it. Say the price of one answer with --price.")
    elif not is_known and not is_local:
        notes.append("Your people's time is not in the cost. Say what an hour costs with --hourly-wage.")
    return Estimate(objects, workers, time, aws, cost if is_known else None, people, tuple(notes))


def past_time(connection: Connection, pre_annotation: str, default: float) -> TaskTime:
    """What an answer took in the latest completed jobs with this pre-annotation function; the default when there are too few answers to tell."""
    stated = TaskTime(default, "assumed: no completed job of this task type has answers to tell by")
    try:
        jobs, answers = _past_answers(connection, pre_annotation)
    except GroundTruthError as error:
        return TaskTime(default, f"assumed: earlier jobs cannot be looked at ({error})")
    seconds = [answer.seconds for answer in answers if answer.seconds]
    if len(seconds) < _ENOUGH_ANSWERS:
        return stated
    return TaskTime(fmean(seconds), f"the mean of {len(seconds):,} answers in {', '.join(jobs)}")


def _past_answers(connection: Connection, pre_annotation: str) -> tuple[list[str], list[Answer]]:
    function = pre_annotation.rsplit(":", 1)[-1]
    found: Counter[str] = Counter()
    answers: list[Answer] = []
    for entry in all_jobs(connection, StatusEquals="Completed"):
        if entry.get("PreHumanTaskLambdaArn", "").rsplit(":", 1)[-1] != function:
            continue
        described = connection.sagemaker("describe_labeling_job", LabelingJobName=entry["LabelingJobName"])
        if described is None:
            continue
        some = _some_answers(connection, described)
        if some:
            found[described["LabelingJobName"]] += len(some)
            answers += some
        if len(found) == _PAST_JOBS:
            break
    return list(found), answers


def _some_answers(connection: Connection, described: dict[str, object]) -> list[Answer]:
    return JobFiles(connection, description(described).folder).some_answers(_FILES_OF_A_JOB)


def _list_price(objects: int) -> float:
    cost, before = 0.0, 0
    for up_to, price in OBJECT_PRICES:
        end = objects if up_to is None else min(objects, up_to)
        cost += max(0, end - before) * price
        before = max(before, end)
    return cost
