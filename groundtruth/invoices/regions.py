"""How a region prints: its language, its currency, its numbers and dates, its tax, its paper."""

import datetime
import random
from dataclasses import dataclass
from decimal import Decimal

_MONTHS = {
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "de": [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    "nl": [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
    "es": [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
}

ENGLISH, GERMAN, FRENCH, SWISS = ",.", ".,", " ,", "'."
"""Number styles: the sign between thousands and the decimal sign. 1,234.50 / 1.234,50 / 1 234,50 / 1'234.50"""


@dataclass(frozen=True, slots=True)
class Region:
    """Where a company is, and what its documents look like for that."""

    country: str
    language: str
    currency: str
    """ISO code."""
    sign: str
    """What stands for the currency when the code does not."""
    sign_first: bool
    numbers: str
    dates: tuple[str, ...]
    """Forms for `write_date`."""
    tax_rates: tuple[str, ...]
    """Percent."""
    paper: tuple[float, float]
    """Width and height of the page in mm."""
    cities: tuple[str, ...]
    address: str
    """Form of the line with the city; {code} is the postal code."""
    code: str
    """Form of a postal code; # is a digit, @ a letter."""

    def spelled(self, text: str) -> str:
        """Text in the region's spelling: Switzerland writes ss for ß."""
        return text.replace("ß", "ss") if self.country == "CH" else text


A4, LETTER = (210.0, 297.0), (215.9, 279.4)

REGIONS = (
    Region("US", "en", "USD", "$", True, ENGLISH, ("%b %d, %Y", "%m/%d/%Y", "%B %d, %Y"), ("6.25", "8.25", "7"),
           LETTER, ("Maple Falls", "Cedar Creek", "Riverton"), "{city}, ST {code}", "#####"),
    Region("GB", "en", "GBP", "£", True, ENGLISH, ("%d/%m/%Y", "%d %B %Y", "%d %b %Y"), ("20", "5"),
           A4, ("Ashford Green", "Millbridge", "Harrow Vale"), "{city} {code}", "@@# #@@"),
    Region("IE", "en", "EUR", "€", True, ENGLISH, ("%Y-%m-%d", "%d/%m/%Y", "%d-%b-%Y"), ("23", "13.5"),
           A4, ("Ballymore Quay", "Kilbracken"), "{city}, {code}", "@## @@##"),
    Region("DE", "de", "EUR", "€", False, GERMAN, ("%d.%m.%Y", "%d.%m.%y", "%d. %B %Y"), ("19", "7"),
           A4, ("Musterstadt", "Neuhausen am See", "Grünfelde"), "{code} {city}", "#####"),
    Region("CH", "de", "CHF", "Fr.", True, SWISS, ("%d.%m.%Y", "%d. %B %Y"), ("8.1", "2.6"),
           A4, ("Seewil", "Oberdorf am Berg"), "CH-{code} {city}", "####"),
    Region("FR", "fr", "EUR", "€", False, FRENCH, ("%d/%m/%Y", "%d %B %Y", "%d-%m-%Y"), ("20", "10", "5.5"),
           A4, ("Villeneuve-sur-Orme", "Saint-Éloi", "Beaumarché"), "{code} {city}", "#####"),
    Region("NL", "nl", "EUR", "€", True, GERMAN, ("%d-%m-%Y", "%d %B %Y", "%d-%m-%y"), ("21", "9"),
           A4, ("Waterdam", "Oudekerk aan de Vaart"), "{code} {city}", "#### @@"),
    Region("ES", "es", "EUR", "€", False, GERMAN, ("%d/%m/%Y", "%d de %B de %Y", "%d-%m-%Y"), ("21", "10"),
           A4, ("Villa Alameda", "Puerto Nuevo", "San Martín del Río"), "{code} {city}", "#####"),
)  # fmt: skip


def write_amount(amount: Decimal, numbers: str) -> str:
    """An amount with two decimals in a number style: `1.234,50`."""
    thousands, decimal = numbers[0], numbers[1]
    return f"{amount:,.2f}".translate({ord(","): thousands, ord("."): decimal})


def write_quantity(quantity: Decimal, numbers: str) -> str:
    """A quantity or a rate, without decimals that say nothing: `12`, `1,5`."""
    return f"{quantity.normalize():f}".replace(".", numbers[1])


def write_date(day: datetime.date, form: str, language: str) -> str:
    """A date in a form of strftime's signs, month names in the language."""
    name = _MONTHS[language][day.month - 1]
    parts = {
        "%d": str(day.day) if "%B" in form else f"{day.day:02d}",
        "%m": f"{day.month:02d}",
        "%Y": str(day.year),
        "%y": f"{day.year % 100:02d}",
        "%B": name,
        "%b": name[:3],
    }
    for sign, text in parts.items():
        form = form.replace(sign, text)
    return form


def write_code(form: str, chance: random.Random) -> str:
    """A number after a form: # a digit, @ a capital letter, everything else as it is."""
    return "".join(
        str(chance.randint(0, 9)) if sign == "#" else chance.choice("ABCDEFGHKLMNPRSTUVWX") if sign == "@" else sign
        for sign in form
    )
