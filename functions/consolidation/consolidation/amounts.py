"""Reads an amount of money as people write it in different countries.

`1,204.50`, `1.204,50`, `1 204,50` and `1'204.50` are one amount. `1.204` may be 1204 or 1.204: both readings are given.
"""

import re
import unicodedata
from decimal import Decimal

from consolidation.currencies import without_currency

MOST_DIGITS = 30

_SPACES = "\u0020\u00a0\u2007\u2009\u202f"
_APOSTROPHES = "'\u2019\u02bc\u00b4`"
_MINUS = "-\u2010\u2011\u2012\u2013\u2014\u2212"
_NO_CENTS = re.compile(rf"[.,]\s*[{_MINUS}]{{1,2}}$")
_CREDIT = re.compile(r"\s*\b(CR|DR)\.?$", re.IGNORECASE)
_SLASH = re.compile(rf"/[{_MINUS}=]$")
_SHAPE = re.compile(r"[.,]?\d+(?:[ '.,]\d+)*[.,]?")


def amount_readings(text: str) -> dict[str, str | None]:
    """All amounts that `text` may mean, each with the decimal mark that this reading supposes; empty when `text` is no amount.

    An amount is a plain decimal with at least two places such as `1204.50`. The mark is `.` or `,`, None where no mark shows it. A minus
    before or after, parentheses and CR make it negative.
    """
    plain, is_negative = _without_sign(_ascii_digits(unicodedata.normalize("NFKC", text)).strip())
    if not _SHAPE.fullmatch(plain) or sum(map(str.isdigit, plain)) > MOST_DIGITS:
        return {}
    return {_canonical(number, is_negative): mark for number, mark in _numbers(plain).items()}


def _ascii_digits(text: str) -> str:
    """Digits of any script as 0 to 9, and the Arabic separators as comma and point."""
    if text.isascii():
        return text
    marks = {"\u066b": ",", "\u066c": "."}
    return "".join(str(unicodedata.decimal(mark)) if mark.isdecimal() else marks.get(mark, mark) for mark in text)


def _without_sign(text: str) -> tuple[str, bool]:
    """The digits and separators of `text`, one kind of space and apostrophe, and whether the amount is negative."""
    is_negative = False
    credit = _CREDIT.search(text)
    if credit:
        is_negative = credit.group(1).upper() == "CR"
        text = text[: credit.start()]
    before = ""
    while before != text:
        before = text
        text = _NO_CENTS.sub("", _SLASH.sub("", without_currency(text)))
        if text.startswith("(") and text.endswith(")"):
            text, is_negative = text[1:-1].strip(), True
        if text[:1] and text[0] in _MINUS:
            text, is_negative = text[1:].strip(), True
        elif text[:1] == "+":
            text = text[1:].strip()
        if text[-1:] and text[-1] in _MINUS:
            text, is_negative = text[:-1].strip(), True
    text = re.sub(f"[{_APOSTROPHES}]", "'", re.sub(f"[{_SPACES}]", " ", text))
    return re.sub(r"(?<=[.,]) | (?=[.,])", "", text), is_negative


def _numbers(plain: str) -> dict[str, str | None]:
    """All plain numbers that digits with separators may mean, and the decimal mark that each supposes."""
    groups, separators = re.split(r"[ '.,]", plain), re.findall(r"[ '.,]", plain)
    if not separators:
        return {plain: None}
    numbers: dict[str, str | None] = {}
    if _is_grouped(groups, separators):
        numbers["".join(groups)] = {".": ",", ",": "."}.get(separators[0])
    whole, mark, marks = groups[:-1], separators[-1], separators[:-1]
    if mark in ".," and mark not in marks and (not marks or _is_grouped(whole, marks)):
        numbers[f"{''.join(whole) or '0'}.{groups[-1] or '0'}"] = mark
    return numbers


def _is_grouped(groups: list[str], separators: list[str]) -> bool:
    """Whether one separator groups the digits by thousands, or the Indian way: three at the end and two before."""
    if len(set(separators)) != 1 or groups[0] in ("", "0") or len(groups[-1]) != 3:
        return False
    inner = groups[1:-1]
    western = len(groups[0]) <= 3 and all(len(group) == 3 for group in inner)
    indian = len(groups[0]) <= 2 and bool(inner) and all(len(group) == 2 for group in inner)
    return western or indian


def _canonical(number: str, is_negative: bool) -> str:
    """At least two decimal places, no superfluous zeros, `-` when negative."""
    value = Decimal(number)
    whole, _, places = f"{value:f}".partition(".")
    sign = "-" if is_negative and value else ""
    return f"{sign}{whole.lstrip('0') or '0'}.{places.rstrip('0').ljust(2, '0')}"
