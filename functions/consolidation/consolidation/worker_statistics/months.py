"""Counters are kept by calendar month; a month's count for less, the longer it is past, and at last are deleted.

So the half-life can be changed at any time, a call that is repeated within a month finds the same weights, and the table shows who answered how much when.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime

DAYS_A_MONTH = 365.25 / 12.0
HALF_LIVES_KEPT = 3.0
"""After that a count would weigh an eighth."""
MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Decay:
    """How statistics age. half_life: days after which they count half."""

    half_life: float = 180.0

    @property
    def months_kept(self) -> int:
        """How many months before the current one are read."""
        return math.ceil(HALF_LIVES_KEPT * self.half_life / DAYS_A_MONTH)

    def weights(self, now: float) -> dict[str, float]:
        """The weight of each month that is read, `2026-11` for one, the current one first. now: seconds since 1970."""
        current = _number(now)
        return {
            _name(current - age): 0.5 ** (age * DAYS_A_MONTH / self.half_life) for age in range(self.months_kept + 1)
        }

    def expiry(self, month: str) -> int:
        """When a month is read no more, in seconds since 1970."""
        year, number = map(int, month.split("-"))
        after = year * MONTHS_A_YEAR + number - 1 + self.months_kept + 1
        return int(datetime(after // MONTHS_A_YEAR, after % MONTHS_A_YEAR + 1, 1, tzinfo=UTC).timestamp())


def month_of(now: float) -> str:
    """The calendar month, in UTC, of seconds since 1970: `2026-11`."""
    return _name(_number(now))


def _number(now: float) -> int:
    moment = datetime.fromtimestamp(now, UTC)
    return moment.year * MONTHS_A_YEAR + moment.month - 1


def _name(number: int) -> str:
    return f"{number // MONTHS_A_YEAR:04}-{number % MONTHS_A_YEAR + 1:02}"
