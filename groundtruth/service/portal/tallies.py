"""What the owner's page counts beyond the overview of jobs: medians, and the days of a chart."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, or_, select

from groundtruth.service.database import Database
from groundtruth.service.records import answers, jobs

MOST_DAYS = 60
LEAST_DAYS = 14


@dataclass(frozen=True)
class Bar:
    """One day of the chart: how many answers came, and where its bar stands, in units of the drawing."""

    day: date
    answers: int
    left: float
    top: float
    height: float


@dataclass(frozen=True)
class Chart:
    """Answers by day. Sizes are in units of the drawing; `highest`: answers of the best day; `total`: of all days shown."""

    bars: tuple[Bar, ...]
    width: float
    height: float
    bar_width: float
    highest: int
    total: int


def chart(days: tuple[tuple[date, int], ...], width: float = 720, height: float = 120) -> Chart | None:
    """The chart of the last days up to the latest answer, days without answers included; None without answers."""
    if not days:
        return None
    counts, last = dict(days), days[-1][0]
    # Two weeks at least: a single day would be one bar as wide as the page.
    first = min(max(days[0][0], last - timedelta(days=MOST_DAYS - 1)), last - timedelta(days=LEAST_DAYS - 1))
    shown = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    highest = max(counts.get(day, 0) for day in shown)
    step = width / len(shown)
    bars = tuple(
        Bar(day, counts.get(day, 0), round(at * step + step * 0.1, 2), round(height - bar, 2), round(bar, 2))
        for at, day in enumerate(shown)
        for bar in [height * counts.get(day, 0) / highest]
    )
    return Chart(bars, width, height, round(step * 0.8, 2), highest, sum(bar.answers for bar in bars))


def median_seconds(database: Database, job_name: str) -> dict[str, float]:
    """The median of the seconds that each worker took for an answer of this job, by worker id."""
    ranked = (
        select(
            answers.c.worker_id,
            answers.c.seconds,
            func.row_number().over(partition_by=answers.c.worker_id, order_by=answers.c.seconds).label("place"),
            func.count().over(partition_by=answers.c.worker_id).label("among"),
        )
        .join(jobs, jobs.c.id == answers.c.job_id)
        .where(jobs.c.unique_name == job_name.lower())
        .subquery()
    )
    # The one in the middle, or the two: (n + 1) // 2 and (n + 2) // 2, written without a division.
    twice = ranked.c.place * 2
    middle = or_(twice == ranked.c.among, twice == ranked.c.among + 1, twice == ranked.c.among + 2)
    query = select(ranked.c.worker_id, func.avg(ranked.c.seconds)).where(middle).group_by(ranked.c.worker_id)
    with database.reading() as connection:
        return {worker_id: float(seconds) for worker_id, seconds in connection.execute(query)}
