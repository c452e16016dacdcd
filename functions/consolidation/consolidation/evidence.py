"""What speaks for one of several answers besides votes: check digits, and amounts that add up.

Evidence picks among what workers typed and never makes a value. It is asked only where the votes leave a field open, and counts only if it speaks for
exactly one of the answers.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import permutations

_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_BARE = re.compile(r"[^A-Z0-9]")
IBAN = "IBAN check digits"
VAT = "VAT number check digits"
MOST_TOLD = 10
"""Fields of a sum that are named."""
MOST_AMOUNTS = 20
"""Amounts of a document that are added up, two by two."""


def checked_number(text: str) -> str | None:
    """Which check digits of `text` are right (`IBAN`, `VAT`), None when there are none or they are wrong."""
    bare = _BARE.sub("", text.upper())
    if _IBAN.fullmatch(bare) and _has_iban_digits(bare):
        return IBAN
    return VAT if _has_vat_digits(bare) else None


def sums(value: str, others: Mapping[str, str]) -> str | None:
    """How `value` is the sum or the difference of two of the other amounts, by field: `subtotal + tax_amount`; None when it is not. Zeros tell nothing."""
    amount = Decimal(value)
    known = [(name, number) for name, text in others.items() if (number := Decimal(text))][:MOST_AMOUNTS]
    for (first, a), (second, b) in permutations(known, 2):
        if first < second and a + b == amount:
            return f"{first} + {second}"
        if a - b == amount:
            return f"{first} - {second}"
    return None


def declared_sum(value: str, name: str, totals: Mapping[str, str], known: Mapping[str, str | None]) -> str | None:
    """How `value` in field `name` makes a sum right that the label categories declare: `line_1 + line_2`, or `subtotal - line_1`; None when it makes none.

    totals: the field that each part adds up to. known: the amount of every field that workers agree on, None for one that they agree is not there. While
    another field of the sum is open, it tells nothing.
    """
    amount = Decimal(value)
    parts = [part for part, total in totals.items() if total == name]
    if parts and amount == _total(parts, known):
        return _told([part for part in parts if known[part] is not None], " + ")
    total = totals.get(name)
    whole = None if total is None else known.get(total)
    if total is None or whole is None:
        return None
    others = [part for part, of in totals.items() if of == total and part != name]
    rest = _total(others, known) if others else Decimal(0)
    if rest is None or amount != Decimal(whole) - rest:
        return None
    return _told([total, *(part for part in others if known[part] is not None)], " - ")


def _total(parts: Sequence[str], known: Mapping[str, str | None]) -> Decimal | None:
    """The sum of the parts; None while one is open, and when none is there."""
    amounts = [Decimal(amount) for part in parts if (amount := known.get(part)) is not None]
    return sum(amounts, Decimal(0)) if all(part in known for part in parts) and amounts else None


def _told(names: Sequence[str], sign: str) -> str:
    more = [f"{len(names) - MOST_TOLD} more"] if len(names) > MOST_TOLD else []
    return sign.join([*names[:MOST_TOLD], *more])


def sole(found: Sequence[str | None]) -> int | None:
    """The position of the only answer that evidence speaks for, None when it speaks for none or several."""
    positions = [position for position, evidence in enumerate(found) if evidence is not None]
    return positions[0] if len(positions) == 1 else None


def _has_iban_digits(bare: str) -> bool:
    """ISO 13616: remainder 1 of 97, the first four characters last, letters as 10 to 35."""
    return int("".join(str(int(mark, 36)) for mark in bare[4:] + bare[:4])) % 97 == 1


def _has_vat_digits(bare: str) -> bool:
    """The check digits of the countries whose rule is public and without exceptions in use."""
    country, digits = bare[:2], bare[2:].removeprefix("U") if bare[:2] == "AT" else bare[2:]
    if not digits.isdecimal() or len(digits) != _VAT_DIGITS.get(country):
        return False
    rules = {"AT": _austrian, "BE": _belgian, "DE": _german, "FR": _french, "IT": _luhn, "LU": _luxembourgish}
    return rules[country](digits)


_VAT_DIGITS = {"AT": 8, "BE": 10, "DE": 9, "FR": 11, "IT": 11, "LU": 8}


def _austrian(digits: str) -> bool:
    total = sum(sum(divmod(int(digit) * (1 + place % 2), 10)) for place, digit in enumerate(digits[:7]))
    return (10 - (total + 4) % 10) % 10 == int(digits[7])


def _belgian(digits: str) -> bool:
    return 97 - int(digits[:8]) % 97 == int(digits[8:])


def _german(digits: str) -> bool:
    """ISO 7064, MOD 11,10."""
    product = 10
    for digit in digits[:8]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(digits[8])


def _french(digits: str) -> bool:
    return (12 + 3 * (int(digits[2:]) % 97)) % 97 == int(digits[:2])


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(sum(divmod(number, 10)) for number in doubled) % 10 == 0


def _luxembourgish(digits: str) -> bool:
    return int(digits[:6]) % 89 == int(digits[6:])
