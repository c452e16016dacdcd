"""Reads a calendar date as people write it in different countries.

`31/01/26` is one date, `03/04/26` two: the readings say which. Dotted dates (`3.4.26`) are day-first, as they are wherever dots are used.
"""

import re
import unicodedata
from datetime import date

DAY_FIRST = "day-first"
MONTH_FIRST = "month-first"
PIVOT = 70
"""Two-digit years from here on are in the 1900s."""

_MONTHS = (
    "january jan januar jänner januari janvier janv enero ene gennaio gen",
    "february feb februar feber februari février fevrier févr fevr fév fev febrero febbraio febr",
    "march mar märz maerz mrz maart mrt mars marzo",
    "april apr avril avr abril abr aprile",
    "may mai mei mayo maggio mag",
    "june jun juni juin junio giugno giu",
    "july jul juli juillet juil julio luglio lug",
    "august aug augustus août aout agosto ago",
    "september sep sept septembre septiembre setiembre settembre set",
    "october oct oktober okt octobre octubre ottobre ott",
    "november nov novembre noviembre",
    "december dec dezember dez décembre decembre déc diciembre dic dicembre",
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_WEEKDAY_NAMES = """
mon monday tue tues tuesday wed wednesday thu thur thurs thursday fri friday sat saturday sun sunday montag mo
dienstag di mittwoch mi donnerstag do freitag fr samstag sa sonntag so lundi mardi mercredi jeudi vendredi
samedi dimanche maandag dinsdag woensdag donderdag vrijdag zaterdag zondag lunes martes miércoles jueves
viernes sábado domingo lunedì martedì mercoledì giovedì venerdì sabato domenica
"""
_WEEKDAYS = frozenset(_WEEKDAY_NAMES.split())
_NUMERIC = re.compile(r"(\d{1,4})\s*([./\-\s])\s*(\d{1,2})\s*([./\-\s])\s*(\d{1,4})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_TIME = re.compile(
    r"(?:T|,|\s)\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[AP]\.?M\.?)?\s*(?:Z|[+-]\d{2}:?\d{2})?$", re.IGNORECASE
)
_TOKENS = re.compile(r"\d+|[^\W\d_]+")
_ORDINALS = frozenset({"st", "nd", "rd", "th", "er", "re", "ème", "eme", "e", "º", "ª", "o", "a"})
_FILLERS = frozenset({"de", "del", "of", "the", "den", "der", "le", "di", "il", "am"})


def date_readings(text: str) -> frozenset[str]:
    """All dates that `text` may mean, as ISO 8601 such as `2026-01-31`; empty when it is none. A time after the date is left out."""
    plain = _plain(text)
    compact = _COMPACT.fullmatch(plain)
    if compact:
        return _valid([(int(compact[1]), int(compact[2]), int(compact[3]))])
    numeric = _NUMERIC.fullmatch(plain)
    if numeric:
        return _numeric(numeric)
    return _worded(plain)


def _plain(text: str) -> str:
    """`text` without a time of day and outer punctuation."""
    return _TIME.sub("", unicodedata.normalize("NFKC", text).strip()).strip(" .,;")


def order_shown(text: str) -> str | None:
    """Whether `text` can only be read day-first or only month-first; None when it shows neither."""
    numeric = _NUMERIC.fullmatch(_plain(text))
    if numeric is None or len(numeric[1]) > 2 or numeric[2] == ".":
        return None
    first, second = int(numeric[1]), int(numeric[3])
    if 12 < first <= 31 and 1 <= second <= 12:
        return DAY_FIRST
    return MONTH_FIRST if 12 < second <= 31 and 1 <= first <= 12 else None


def read_in_order(text: str, order: str) -> str | None:
    """The reading of an ambiguous numeric date in that order, None when there is none."""
    numeric = _NUMERIC.fullmatch(_plain(text))
    if numeric is None or len(numeric[1]) > 2:
        return None
    first, second, year = int(numeric[1]), int(numeric[3]), _year(numeric[5])
    day, month = (first, second) if order == DAY_FIRST else (second, first)
    return next(iter(_valid([(year, month, day)])), None)


def _numeric(match: re.Match[str]) -> frozenset[str]:
    first, second, third = match[1], match[3], match[5]
    if len(first) == 4:
        return _valid([(int(first), int(second), int(third))]) if len(third) <= 2 else frozenset()
    if len(first) == 3 or len(third) in (1, 3):
        return frozenset()
    year = _year(third)
    day_first, month_first = (year, int(second), int(first)), (year, int(first), int(second))
    readings = _valid([day_first] if match[2] == "." else [day_first, month_first])
    if not readings and len(third) == 2:
        readings = _valid([(_year(first), int(second), int(third))])
    return readings


def _worded(plain: str) -> frozenset[str]:
    """A date with the month's name: `31 January 2026`, `Jan. 31st, 26`, `31 de enero de 2026`, `2026-Jan-31`."""
    numbers: list[str] = []
    months: list[int] = []
    for token in _TOKENS.findall(plain):
        word = token.casefold()
        if token.isdecimal():
            numbers.append(token)
        elif word in _MONTH:
            months.append(_MONTH[word])
        elif word not in _FILLERS and word not in _ORDINALS and word not in _WEEKDAYS:
            return frozenset()
    if len(months) != 1 or len(numbers) != 2:
        return frozenset()
    first, second = numbers
    if len(first) == 4 and len(second) <= 2:
        return _valid([(int(first), months[0], int(second))])
    if len(first) <= 2 and len(second) in (2, 4):
        return _valid([(_year(second), months[0], int(first))])
    return frozenset()


def _year(text: str) -> int:
    year = int(text)
    if len(text) > 2:
        return year
    return year + (1900 if year >= PIVOT else 2000)


def _valid(candidates: list[tuple[int, int, int]]) -> frozenset[str]:
    """The candidates (year, month, day) that are dates."""
    readings = set()
    for year, month, day in candidates:
        try:
            readings.add(date(year, month, day).isoformat())
        except ValueError:
            continue
    return frozenset(readings)
