"""Reads a currency: an ISO 4217 code, a symbol or a name.

`$`, `kr` or `¥` alone mean several currencies; all of them are given as readings.
"""

import re
import unicodedata

_ISO_4217 = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF
CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD
HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD
MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN
PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY
TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
"""
_CODES = frozenset(_ISO_4217.split())

_DOLLARS = "USD CAD AUD NZD SGD HKD MXN"
_NAMES = {
    name: frozenset(codes.split())
    for names, codes in (
        ("€ euro euros eur.", "EUR"),
        ("£ pound pounds sterling|pound sterling|pounds sterling gb£ uk£", "GBP"),
        ("$ dollar dollars", _DOLLARS),
        ("us$ u.s.$ us-$ usd$ $us|us dollar|us dollars|u.s. dollar|u.s. dollars", "USD"),
        ("ca$ c$ cad$ can$|canadian dollar|canadian dollars", "CAD"),
        ("a$ au$ aud$|australian dollar|australian dollars", "AUD"),
        ("nz$", "NZD"),
        ("s$ sg$|singapore dollar|singapore dollars", "SGD"),
        ("hk$|hong kong dollar|hong kong dollars", "HKD"),
        ("nt$", "TWD"),
        ("mx$ mex$", "MXN"),
        ("r$ real reais", "BRL"),
        ("¥", "JPY CNY"),
        ("jp¥ yen 円", "JPY"),
        ("cn¥ rmb yuan renminbi 元", "CNY"),
        ("₹ rupees|indian rupee|indian rupees", "INR"),
        ("rs rs. rupee", "INR PKR LKR NPR"),
        ("kr kr.", "SEK NOK DKK ISK"),
        ("skr", "SEK"),
        ("nkr", "NOK"),
        ("dkr", "DKK"),
        ("fr fr. sfr sfr. franken|swiss franc|swiss francs", "CHF"),
        ("rm ringgit", "MYR"),
        ("zł zl złoty zloty", "PLN"),
        ("kč kc", "CZK"),
        ("ft forint", "HUF"),
        ("lei leu", "RON"),
        ("лв лв.", "BGN"),
        ("₺ tl", "TRY"),
        ("₽ руб руб.", "RUB"),
        ("₴", "UAH"),
        ("₩", "KRW"),
        ("₪", "ILS"),
        ("฿ baht", "THB"),
        ("₫", "VND"),
        ("₱", "PHP"),
        ("₦", "NGN"),
        ("rp rp.", "IDR"),
        ("rand", "ZAR"),
    )
    for part in names.split("|")
    for name in (part.split() if names.split("|")[0] == part else [part])
}
_SPACES = re.compile(r"\s+")
_NUMERIC = re.compile(r"[\d.,'()\s+\-\u2212]*\d[\d.,'()\s+\-\u2212]*")


def _alternatives() -> str:
    names = sorted({*_NAMES, *(code.casefold() for code in _CODES)}, key=len, reverse=True)
    return "|".join(re.escape(name) for name in names)


_BEFORE = re.compile(rf"^(?:{_alternatives()})(?![^\W\d_])\s*", re.IGNORECASE)
_AFTER = re.compile(rf"\s*(?<![^\W\d_])(?:{_alternatives()})$", re.IGNORECASE)
_SYMBOLS = re.compile(r"^[$€£¥₹₺₽₴₩₪฿₫₱₦¢]\s*|\s*[$€£¥₹₺₽₴₩₪฿₫₱₦¢]$")


def currency_readings(text: str) -> frozenset[str]:
    """All ISO 4217 codes that `text` may mean; empty when it names no currency. An amount beside it is left out."""
    name = _SPACES.sub(" ", _NUMERIC.sub(" ", unicodedata.normalize("NFKC", text))).strip().strip(":;,")
    folded = name.casefold()
    if name.upper() in _CODES:
        return frozenset({name.upper()})
    if folded in _NAMES:
        return _NAMES[folded]
    words = {word.strip("():;,") for word in folded.split(" ")}
    found = {code for word in words if (code := word.upper()) in _CODES}
    return frozenset(found) if len(found) == 1 else frozenset()


def without_currency(text: str) -> str:
    """`text` without a currency's symbol, code or name at either end."""
    return _AFTER.sub("", _BEFORE.sub("", _SYMBOLS.sub("", text.strip()))).strip()
