"""How fast a job goes, and each of its workers. Pure: answers and a moment in, figures out."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

from groundtruth.status.files import Answer
from groundtruth.status.model import Pace, WorkerPace

HOUR = 3600.0
DAY = 24 * HOUR
_SHORTEST = 60.0
"""Seconds: over less than this, an hourly pace says nothing."""


@dataclass(frozen=True)
class Done:
    """When answers came, and when objects got their last one: seconds since 1970, sorted. begin: when the first task was taken.

    share: of the job's answers that are known here, above 0 up to 1.
    """

    answers: tuple[float, ...]
    objects: tuple[float, ...]
    begin: float | None
    share: float = 1.0


def done(answers: Collection[Answer], completed: Iterable[float] = (), share: float = 1.0) -> Done:
    """The moments of a job's answers. completed: when objects were done, as far as that is known; share: of its answers that these are."""
    begin: float | None = None
    moments = []
    for answer in answers:
        if answer.submitted is None:
            continue
        moments.append(answer.submitted)
        start = answer.accepted if answer.accepted is not None else answer.submitted - (answer.seconds or 0.0)
        begin = start if begin is None else min(begin, start)
    return Done(tuple(sorted(moments)), tuple(sorted(completed)), begin, share)


def pace(of: Done, now: float, unlabeled: int, *, has_ended: bool) -> Pace:
    """The pace up to `now`, or up to the last answer of a job that has ended. unlabeled: objects still to do."""
    if of.begin is None or not of.answers:
        return Pace()
    end = of.answers[-1] if has_ended else max(now, of.answers[-1])
    objects, answers = _rate(of.objects, of.begin, end, None), _rate(of.answers, of.begin, end, None) / of.share
    if has_ended:
        return Pace(objects, answers)
    today = _rate(of.objects, of.begin, end, DAY)
    expected = datetime.fromtimestamp(end, UTC) + timedelta(hours=unlabeled / today) if today and unlabeled else None
    recent = _rate(of.objects, of.begin, end, HOUR), _rate(of.answers, of.begin, end, HOUR) / of.share
    return Pace(objects, answers, *recent, expected)


def worker_paces(answers: Iterable[Answer]) -> tuple[WorkerPace, ...]:
    """Every worker's answers and their median time, the one with the most answers first."""
    of: dict[str, list[Answer]] = {}
    for answer in answers:
        of.setdefault(answer.worker, []).append(answer)
    paces = []
    for worker, given in of.items():
        seconds = [answer.seconds for answer in given if answer.seconds is not None]
        last = max((answer.submitted for answer in given if answer.submitted is not None), default=None)
        moment = None if last is None else datetime.fromtimestamp(last, UTC)
        paces.append(WorkerPace(worker, len(given), median(seconds) if seconds else None, moment))
    return tuple(sorted(paces, key=lambda pace: (-pace.answers, pace.worker)))


def _rate(moments: tuple[float, ...], begin: float, end: float, window: float | None) -> float:
    """How many an hour from `begin`, or within the last `window` seconds, to `end`."""
    if (
        window is None or end - window <= begin
    ):  # files' names are cut to the second: the first may seem to come before the beginning
        return len(moments) / max(end - begin, _SHORTEST) * HOUR
    return sum(1 for moment in moments if moment >= end - window) / window * HOUR
