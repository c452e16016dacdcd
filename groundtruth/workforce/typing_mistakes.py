"""How people retype what they read: in a style of their own, and with slips of the finger."""

import datetime
import math
import random
import re
from collections.abc import Callable

from groundtruth.workforce import values

_ROWS = ("1234567890-", "qwertyuiop", "asdfghjkl", "zxcvbnm,.")
_MISREADINGS = {
    "O": "0",
    "0": "O",
    "l": "1",
    "1": "l",
    "I": "1",
    "5": "S",
    "S": "5",
    "B": "8",
    "8": "B",
    "o": "0",
    "Z": "2",
}


def _adjacent_keys() -> dict[str, str]:
    """Each key's neighbours on its own row: where a finger lands by mistake."""
    return {key: row[max(at - 1, 0) : at] + row[at + 1 : at + 2] for row in _ROWS for at, key in enumerate(row)}


_ADJACENT = _adjacent_keys()


def mistype(text: str, chance_per_character: float, chance: random.Random) -> str:
    """`text` with slips at the given rate: a neighbouring key, two keys swapped, one dropped, one doubled, O for 0."""
    if chance_per_character <= 0 or not text:
        return text
    characters = list(text)
    at = _gap(chance_per_character, chance)
    while at < len(characters):
        _slip(characters, at, chance)
        at += 2 + _gap(chance_per_character, chance)
    return "".join(characters)


def mistype_once(text: str, chance: random.Random) -> str:
    """`text` with one slip, which changes it wherever it can be changed."""
    characters = list(text)
    for _ in range(8):
        _slip(characters, chance.randrange(len(characters)), chance)
        if "".join(characters) != text:
            break
    return "".join(characters)


def _gap(rate: float, chance: random.Random) -> int:
    """How many characters go well before the next slip; geometric, so one draw a slip instead of one a character."""
    return int(math.log(1.0 - chance.random()) / math.log1p(-rate)) if rate < 1 else 0


def _slip(characters: list[str], at: int, chance: random.Random) -> None:
    character, kind = characters[at], chance.random()
    if kind < 0.15 and character in _MISREADINGS:
        characters[at] = _MISREADINGS[character]
    elif kind < 0.55:
        near = _ADJACENT.get(character.lower(), "")
        slipped = chance.choice(near) if near else character * 2
        characters[at] = slipped.upper() if character.isupper() else slipped
    elif kind < 0.75 and at + 1 < len(characters):
        characters[at], characters[at + 1] = characters[at + 1], character
    elif kind < 0.9 and len(characters) > 1:
        # An emptied place keeps the later places where they are.
        characters[at] = ""
    else:
        characters[at] = character * 2


def restyle(text: str, field_type: str | None, chance: random.Random) -> str:
    """`text` as another person writes it; it means the same by `groundtruth.workforce.values`."""
    styled = _STYLES.get(field_type or "text", _restyle_text)(text, chance)
    return styled if values.same_value(field_type or "text", text, styled) else text


def _restyle_amount(text: str, chance: random.Random) -> str:
    number = values.amount(text)
    if number is None:
        return text
    places = max(-int(number.as_tuple().exponent), 0)
    plain = f"{number:.{places}f}"
    grouped = f"{number:,.{places}f}"
    continental = grouped.translate({ord(","): ".", ord("."): ","})
    return chance.choice((plain, grouped, continental, plain.replace(".", ","), grouped.replace(",", " ")))


def _restyle_date(text: str, chance: random.Random) -> str:
    possible = values.days(text)
    if len(possible) != 1:
        # Nobody can tell the month from the day here; people keep the order and change the signs between.
        return re.sub(r"[/.\-]", chance.choice("/.-"), text)
    (day,) = possible
    form = chance.choice(("%Y-%m-%d", "%d %b %Y", "%d/%m/%Y", "%d.%m.%Y", "%b %d, %Y"))
    ambiguous = day.day <= 12 and day.day != day.month and form in ("%d/%m/%Y", "%d.%m.%Y")
    return _written(day, "%Y-%m-%d" if ambiguous else form)


def _written(day: datetime.date, form: str) -> str:
    month = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")[day.month - 1]
    return day.strftime(form.replace("%b", month))


def _restyle_currency(text: str, chance: random.Random) -> str:
    signs = {"EUR": "€", "USD": "$", "GBP": "£"}
    code = values.currency(text)
    return chance.choice((code, signs.get(code, code), code.lower()))


def _restyle_identifier(text: str, chance: random.Random) -> str:
    return chance.choice(
        (text.lower(), text.replace("-", " "), text.replace("-", ""), text.replace(" ", ""), text + " ")
    )


def _restyle_text(text: str, chance: random.Random) -> str:
    return chance.choice(
        (text.upper(), text.title(), text.replace(".", ""), text.replace(",", ""), f" {text}", text.lower())
    )


_STYLES: dict[str, Callable[[str, random.Random], str]] = {
    "amount": _restyle_amount,
    "date": _restyle_date,
    "currency": _restyle_currency,
    "identifier": _restyle_identifier,
    "text": _restyle_text,
}
