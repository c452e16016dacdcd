"""File names for pages, made from their S3 keys: safe on every file system, and each used once."""

import hashlib
import re
import unicodedata

_LONGEST = 120
"""Bytes of a stem: room for endings below the 255 that file systems take."""
_KEPT = frozenset("-_.")
_SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,100}[A-Za-z0-9_-]")
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})
_IMAGE_ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".gif", ".webp", ".heic"})


def safe_stem(text: str) -> str:
    """The text as the stem of a file name: no separators, no leading dot, no control characters, no name that Windows keeps for itself."""
    if _SAFE.fullmatch(text) and text.partition(".")[0].lower() not in _RESERVED:
        return text
    normal = unicodedata.normalize("NFC", text)
    stem = "".join(c if c.isalnum() or c in _KEPT else "_" for c in normal).strip(".")
    stem = stem.encode("utf-8", "ignore")[:_LONGEST].decode("utf-8", "ignore").rstrip(".")
    if not stem or stem.startswith("-"):
        stem = f"_{stem}"
    return f"_{stem}" if stem.partition(".")[0].lower() in _RESERVED else stem


class PageNames:
    """Gives every page a name that no other page of the export has, not even by letter case. The same manifest gives the same names."""

    def __init__(self) -> None:
        self._taken: set[int] = set()
        self.renamed = 0
        """How many pages did not get the name of their S3 key."""

    def name(self, source_ref: str, line: int) -> tuple[str, str]:
        """The stem and the ending (`.png`, empty without one) of the page's files."""
        key = source_ref.rpartition("/")[2] if source_ref else ""
        base, dot, ending = key.rpartition(".")
        suffix = f".{ending.lower()}" if dot else ""
        if suffix not in _IMAGE_ENDINGS:
            base, suffix = key, ""
        plain = safe_stem(base or f"line-{line:06}")
        if self._take(plain):
            return plain, suffix
        self.renamed += 1
        mark = hashlib.blake2b(source_ref.encode("utf-8", "replace"), digest_size=4).hexdigest()
        if self._take(stem := f"{plain}-{mark}"):
            return stem, suffix
        number = 2
        while not self._take(stem := f"{plain}-{mark}-{number}"):
            number += 1
        return stem, suffix

    def _take(self, stem: str) -> bool:
        folded = stem.lower() if stem.isascii() else unicodedata.normalize("NFKC", stem).casefold()
        number = hash(folded)  # 64 bits instead of the text: memory for 100,000 pages stays small
        if number in self._taken:
            return False
        self._taken.add(number)
        return True
