"""Companies that do not exist: names, addresses, numbers. Domains are reserved for examples, bank codes are no bank's."""

import random
from dataclasses import dataclass

from groundtruth.invoices.regions import Region, write_code

_NAMES = {
    "en": ("Acme Paper", "Bluebird Tools", "Copperfield & Sons", "Harbour Lane Catering", "Northgate Print Works", "Redwood Cables",
           "Silver Fern Cleaning", "Tidewater Logistics", "Willow Office Supply", "O'Brannigan Motors"),
    "de": ("Nordlicht Papier", "Schraubenhandel Wiesner", "Bürobedarf Köhler", "Elektro Sonnental", "Gärtnerei Grünblick",
           "Müller-Lindt Werkzeuge", "Druckerei Federkiel", "Spedition Rabenstein"),
    "fr": ("Papeterie du Pont", "Ateliers Beauséjour", "Imprimerie Clairval", "Boulangerie des Tilleuls", "Électricité Marchand",
           "Transports Delorme", "Jardins de l'Étang"),
    "nl": ("Molenaar Kantoor", "Drukkerij de Waterlelie", "Van Rietveld Techniek", "Bloemen van Duin", "IJsselzicht Transport",
           "Gereedschap De Vos"),
    "es": ("Papelería La Estrella", "Talleres Navarredonda", "Imprenta del Río", "Suministros Peñalba", "Jardinería Olivar",
           "Cafés Montaña"),
}  # fmt: skip
_FORMS = {
    "US": ("Inc.", "LLC", "Corp."),
    "GB": ("Ltd", "Limited", "LLP"),
    "IE": ("Ltd", "DAC"),
    "DE": ("GmbH", "GmbH & Co. KG", "e.K."),
    "CH": ("AG", "GmbH"),
    "FR": ("SARL", "SAS", "SA"),
    "NL": ("B.V.", "V.O.F."),
    "ES": ("S.L.", "S.A."),
}
_STREETS = {
    "en": ("{n} Example Street", "{n} Old Mill Road", "Unit {n}, Station Yard"),
    "de": ("Beispielstraße {n}", "Am Mühlbach {n}", "Hauptstraße {n}a"),
    "fr": ("{n}, rue de l'Exemple", "{n} bis, avenue des Érables"),
    "nl": ("Voorbeeldstraat {n}", "Molenweg {n}"),
    "es": ("Calle del Ejemplo, {n}", "Avda. de la Fuente {n}"),
}
_PRODUCTS = {
    "en": ("Copy paper A4, 500 sheets", "Toner cartridge, black", "Desk lamp, adjustable", "Cleaning service, per hour", "Delivery and handling",
           "Hex bolts M8 x 40, box", "Network cable, 5 m", "Filing cabinet, 3 drawers", "Consulting", "Maintenance contract", "Hand soap, 5 l"),
    "de": ("Kopierpapier A4, 500 Blatt", "Tonerkassette schwarz", "Schreibtischlampe", "Reinigung, je Stunde", "Versandkosten",
           "Sechskantschrauben M8 x 40", "Netzwerkkabel 5 m", "Aktenschrank, 3 Schübe", "Beratung", "Wartungsvertrag", "Handseife 5 l"),
    "fr": ("Papier A4, 500 feuilles", "Cartouche d'encre noire", "Lampe de bureau", "Nettoyage, à l'heure", "Frais de port",
           "Vis hexagonales M8 x 40", "Câble réseau 5 m", "Classeur à tiroirs", "Conseil", "Contrat d'entretien", "Savon, bidon de 5 l"),
    "nl": ("Kopieerpapier A4, 500 vel", "Tonercartridge zwart", "Bureaulamp", "Schoonmaak, per uur", "Verzendkosten",
           "Zeskantbouten M8 x 40", "Netwerkkabel 5 m", "Dossierkast, 3 laden", "Advies", "Onderhoudscontract", "Handzeep 5 l"),
    "es": ("Papel A4, 500 hojas", "Cartucho de tinta negra", "Lámpara de escritorio", "Limpieza, por hora", "Gastos de envío",
           "Tornillos hexagonales M8 x 40", "Cable de red 5 m", "Archivador de 3 cajones", "Asesoría", "Mantenimiento", "Jabón, 5 l"),
}  # fmt: skip

_MANY, _SOME, _HOURS, _ONCE = (
    ("2", "5", "10", "12", "25", "40"),
    ("1", "2", "3", "4", "6"),
    ("1.5", "2", "4", "7.5", "16"),
    ("1",),
)
_TERMS = (
    (4.9, _MANY), (68.0, _SOME), (39.5, _SOME), (34.0, _HOURS), (12.5, _ONCE), (8.4, _MANY),
    (6.9, _MANY), (189.0, _SOME), (96.0, _HOURS), (240.0, _ONCE), (17.2, _SOME),
)  # fmt: skip
"""Usual price and quantities of each product, in the order in which every language lists them."""
PRODUCTS_KNOWN = len(_TERMS)
_DIALLING_CODES = {"GB": "44", "IE": "353", "DE": "49", "CH": "41", "FR": "33", "NL": "31", "ES": "34"}


@dataclass(frozen=True, slots=True)
class Company:
    """One company's letterhead."""

    name: str
    street: str
    city: str
    phone: str
    mail: str
    site: str
    tax_id: str
    account: str
    """Bank account: an IBAN whose bank code is all zeros, or a number for the US."""

    @property
    def address(self) -> tuple[str, str]:
        """Street and city."""
        return self.street, self.city


def invent_company(region: Region, chance: random.Random) -> Company:
    """A company of the region."""
    language = region.language
    plain = chance.choice(_NAMES[language])
    site = f"{_letters(plain)}.example"
    street = region.spelled(chance.choice(_STREETS[language]).format(n=chance.randint(2, 180)))
    code = write_code(region.code, chance)
    return Company(
        name=f"{plain} {chance.choice(_FORMS[region.country])}",
        street=street,
        city=region.address.format(city=chance.choice(region.cities), code=code),
        phone=_phone(region, chance),
        mail=f"{chance.choice(('office', 'billing', 'info'))}@{site}",
        site=f"www.{site}",
        tax_id=write_code("##-000####" if region.country == "US" else f"{region.country}000######", chance),
        account=write_code(
            "000000####" if region.country == "US" else f"{region.country}00 0000 0000 #### #### ##", chance
        ),
    )


@dataclass(frozen=True, slots=True)
class Product:
    """Something to sell: what it costs about, and how many of it people order."""

    name: str
    price: float
    quantities: tuple[str, ...]


def choose_products(region: Region, count: int, chance: random.Random) -> list[Product]:
    """`count` different things to sell, at most `PRODUCTS_KNOWN`."""
    products = [Product(name, *terms) for name, terms in zip(_PRODUCTS[region.language], _TERMS, strict=True)]
    return chance.sample(products, count)


def _phone(region: Region, chance: random.Random) -> str:
    number = write_code("555 01## ##", chance)
    return f"(555) {number[4:8]}" if region.country == "US" else f"+{_DIALLING_CODES[region.country]} {number}"


def _letters(name: str) -> str:
    folded = name.lower().translate(str.maketrans("äöüáàâéèêíîóôúûñç", "aouaaaeeeiioouunc"))
    return "".join(letter for letter in folded if letter.isascii() and letter.isalnum())
