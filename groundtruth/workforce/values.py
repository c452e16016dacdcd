"""What a printed value means: the amount, the day, the text, whatever the style it is written in.

Used to retype a value in another style without changing it, and to tell whether a label says the same as the truth. The
functions have their own reading of values; this one is separate on purpose, or a mistake in it would confirm itself.
"""

import datetime
import re
import unicodedata
from decimal import Decimal

_MONTHS = (
    ("jan", "januar", "january", "janvier", "januari", "enero", "ene", "janv"),
    ("feb", "februar", "february", "février", "fevrier", "februari", "febrero", "févr", "fév"),
    ("mar", "märz", "maerz", "march", "mars", "maart", "marzo", "mrt", "mrz", "mär"),
    ("apr", "april", "avril", "abril", "avr", "abr"),
    ("may", "mai", "mei", "mayo"),
    ("jun", "juni", "june", "juin", "junio"),
    ("jul", "juli", "july", "juillet", "julio", "juil"),
    ("aug", "august", "août", "aout", "augustus", "agosto", "ago"),
    ("sep", "september", "septembre", "septiembre", "sept"),
    ("oct", "oktober", "october", "octobre", "octubre", "okt"),
    ("nov", "november", "novembre", "noviembre"),
    ("dec", "dezember", "december", "décembre", "decembre", "diciembre", "dez", "dic", "déc"),
)
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names}
_CURRENCIES = {
    "€": "EUR",
    "$": "USD",
    "US$": "USD",
    "£": "GBP",
    "¥": "JPY",
    "FR.": "CHF",
    "SFR.": "CHF",
    "RM": "MYR",
    "EURO": "EUR",
    "EUROS": "EUR",
}

_NUMBER = re.compile(r"[-−]?\d+(?:[.,'’]\d+|\s\d{3}(?!\d))*")
_BARE_NUMBER = re.compile(r"[-−(]?(?:[A-Za-z]{1,3}|[^\w\s])?\s?[-−]?[\d.,'’\s]*\d\s?[-−)]?(?:[A-Za-z]{3}|[^\w\s])?")
_WORDS = re.compile(r"[^\W\d_]+|\d+")


def amount(text: str) -> Decimal | None:
    """The number in `text`, or None. The last separator is the decimal one, unless it groups exactly three digits.

    `1,204.50`, `1.204,50`, `1 204,50`, `1'204.50`, `EUR 1204.5` and `$1,204.50` are all 1204.5; `(5.00)` and `5.00-`
    are -5.
    """
    found = _NUMBER.search(text)
    if found is None:
        return None
    digits = re.sub(r"[^\d.,]", "", found.group())
    separators = re.findall(r"[.,]", digits)
    if separators:
        last = separators[-1]
        whole, _, decimals = digits.rpartition(last)
        groups = digits.count(last) > 1 or (len(decimals) == 3 and len(separators) == 1)
        whole, decimals = (digits, "") if groups else (whole, decimals)
        digits = re.sub(r"[.,]", "", whole) + ("." + decimals if decimals else "")
    rest = text[: found.start()] + "\0" + text[found.end() :]
    before, _, after = rest.partition("\0")
    negative = (
        found.group()[0] in "-−" or before.strip().endswith(("-", "−", "(")) or after.strip().startswith(("-", "−"))
    )
    return -Decimal(digits) if negative else Decimal(digits)


def days(text: str, order: str | None = None) -> frozenset[datetime.date]:
    """Every day that `text` can mean: two for 03/04/2026 unless `order` is `day-first` or `month-first`, none for no
    date.
    """
    words = _WORDS.findall(text.lower())
    months = [_MONTH_OF[word] for word in words if word in _MONTH_OF]
    numbers = [word for word in words if word.isdecimal()]
    if len(numbers) == 1 and len(numbers[0]) == 8 and not months:
        numbers = [numbers[0][:4], numbers[0][4:6], numbers[0][6:]]
    if months and len(numbers) >= 2:
        year_first = len(numbers[0]) == 4
        day, year = (numbers[1], numbers[0]) if year_first else (numbers[0], numbers[1])
        candidates = [(year, months[0], int(day))]
    elif len(numbers) >= 3 and len(numbers[0]) == 4:
        candidates = [(numbers[0], int(numbers[1]), int(numbers[2]))]
    elif len(numbers) >= 3:
        first, second, year = int(numbers[0]), int(numbers[1]), numbers[2]
        candidates = [(year, second, first)] if order != "month-first" else []
        candidates += [(year, first, second)] if order != "day-first" else []
    else:
        return frozenset()
    return frozenset(day for candidate in candidates if (day := _day(*candidate)) is not None)


def _day(year: str, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    except ValueError:
        return None


def currency(text: str) -> str:
    """The ISO code of a currency written as a code or a sign, else the text in capitals."""
    code = text.strip().upper()
    return _CURRENCIES.get(code, code)


def plain(text: str) -> str:
    """Text without case, accents' spelling variants, space and punctuation."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def same_value(field_type: str | None, one: str, other: str, order: str | None = None) -> bool:
    """Whether two written values say the same, read by the field's type; None takes the type that both look like."""
    if field_type is None:
        field_type = _apparent_type(one, other)
    if one.strip() == other.strip():
        return True
    if field_type == "amount":
        first, second = amount(one), amount(other)
        return first is not None and first == second
    if field_type == "date":
        return bool(days(one, order) & days(other, order))
    if field_type == "currency":
        return currency(one) == currency(other)
    return plain(one) == plain(other) != ""


def _apparent_type(one: str, other: str) -> str:
    if days(one) and days(other):
        return "date"
    if _BARE_NUMBER.fullmatch(one.strip()) and _BARE_NUMBER.fullmatch(other.strip()):
        return "amount"
    return "text"
