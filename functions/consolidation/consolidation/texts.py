"""Cleans text that came through a form."""

import html
import re

_LONE_SURROGATES = re.compile("[\ud800-\udfff]")
_SPACES = re.compile(r"\s+")


def clean(text: str) -> str:
    """`text` without outer space, with HTML entities resolved and lone surrogates replaced.

    Ground Truth's auto-escaping leaks: a value that passed through a form can come back with entities. A lone surrogate
    is legal in JSON's escapes but cannot be encoded as UTF-8, so one of them would cost the whole response.
    """
    if "&" in text:
        text = html.unescape(text)
    if not text.isascii():
        text = _LONE_SURROGATES.sub("\ufffd", text)
    return text.strip()


def folded(text: str) -> str:
    """The form in which names of labels are compared: cleaned, case folded, single spaces."""
    return _SPACES.sub(" ", clean(text)).casefold()
