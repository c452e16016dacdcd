"""The normal forms in which answers to a field are compared.

Two answers say the same when their normal forms are equal: `1.204,50` and `1,204.50`, `31/01/26` and `2026-01-31`, `ACME  Ltd.` and
`Acme Ltd`. An answer that may mean several things has several readings.
"""

import re
import unicodedata
from dataclasses import dataclass

from consolidation.amounts import amount_readings
from consolidation.currencies import currency_readings
from consolidation.dates import date_readings, order_shown

LONGEST_COMPARED = 2_000
"""Characters of an answer that are compared."""

_SPACES = re.compile(r"\s+")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[^\w\s]+(?=\d)")
_PUNCTUATION = re.compile(r"[^\w\s]|_")
_DIGIT = re.compile("[0-9]")
_WITHOUT_PUNCTUATION = {code: None for code in range(128) if _PUNCTUATION.match(chr(code))}
"""What `_PUNCTUATION` finds in ASCII, for `str.translate`."""
_SPACE_OF_WORDS = re.compile(r"(?<!\d) | (?!\d)")
_DASHES_AND_SPACES = re.compile(r"[\s\-\u00ad\u2010-\u2015\u2212]+")


@dataclass(frozen=True, slots=True)
class NormalForm:
    """What an answer means. key: equal for answers that say the same, unless ambiguous. normalized: what is shown, None when the answer is
    not of the field's type or is ambiguous. readings: more than one when it is ambiguous. habit: what the answer shows of how its document
    writes dates (`day-first`, `month-first`) or decimals (`.`, `,`), None when it shows neither."""

    key: str
    normalized: str | None
    readings: frozenset[str]
    habit: str | None = None

    @property
    def is_ambiguous(self) -> bool:
        """Whether the answer may mean several things."""
        return len(self.readings) > 1

    def read_as(self, reading: str) -> "NormalForm":
        """The same answer with its ambiguity resolved."""
        return NormalForm(f"={reading}", reading, frozenset({reading}))


def normal_form(field_type: str, text: str) -> NormalForm:
    """The normal form of `text`, which is not blank, in a field of that type.

    An answer that is not of the type is compared as text, and has no normalized form.
    """
    text = text[:LONGEST_COMPARED]
    if field_type == "text":
        return _text_form(text)
    if field_type == "identifier":
        return _identifier_form(text)
    if field_type == "amount":
        return _amount_form(text)
    if field_type == "date":
        return _form_of(text, date_readings(text), order_shown(text))
    return _form_of(text, currency_readings(text), None)


def _amount_form(text: str) -> NormalForm:
    readings = amount_readings(text)
    habit = next(iter(readings.values())) if len(readings) == 1 else None
    return _form_of(text, frozenset(readings), habit)


def _form_of(text: str, readings: frozenset[str], habit: str | None) -> NormalForm:
    if not readings:
        return NormalForm(f"?{_comparable(text)}", None, frozenset())
    if len(readings) > 1:
        return NormalForm(f"|{'|'.join(sorted(readings))}", None, readings)
    reading = next(iter(readings))
    return NormalForm(f"={reading}", reading, readings, habit)


def _text_form(text: str) -> NormalForm:
    """Case, space and punctuation do not count; between digits they do, as `1.50` is not `150`."""
    if text.isascii() and not _DIGIT.search(text):  # most texts, in a fraction of the time
        words = text.lower().translate(_WITHOUT_PUNCTUATION).split()
        if words:
            shown = " ".join(words)
            return NormalForm(f"={''.join(words)}", shown, frozenset({shown}))
    shown = _readable(text)
    return NormalForm(f"={_SPACE_OF_WORDS.sub('', shown)}", shown, frozenset({shown}))


def _identifier_form(text: str) -> NormalForm:
    """Case, spaces and dashes do not count. The letter O and the digit 0 stay apart."""
    shown = _DASHES_AND_SPACES.sub("", unicodedata.normalize("NFKC", text)).upper()
    shown = shown or _SPACES.sub(" ", text).strip()
    return NormalForm(f"={shown}", shown, frozenset({shown}))


def _readable(text: str) -> str:
    """Case folded, without punctuation but between digits, single spaces."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    kept = _PUNCTUATION.sub("", _BETWEEN_DIGITS.sub(" ", folded))
    return _SPACES.sub(" ", kept).strip() or _SPACES.sub(" ", folded).strip()


def _comparable(text: str) -> str:
    """`_readable` without the spaces beside anything but digits."""
    return _SPACE_OF_WORDS.sub("", _readable(text))
