"""Which spelling of an answer to show, when workers who mean the same typed it differently.

What is typed is looked at apart from how: first the characters, without case and repeated spaces, then case, then spaces. So a worker with a slip of the
finger in one place still counts for the case, and one who types in lower case for the characters.
"""

from collections import Counter
from collections.abc import Sequence

from consolidation.edit_distance import edit_distance

LONGEST_BY_CHARACTERS = 60
"""Longer texts are compared by words."""
_UPPER, _LOWER, _TITLE, _MIXED, _NONE = range(5)


def best_spelling(texts: Sequence[str], everyone: Sequence[str]) -> str:
    """The best of `texts`, which mean the same. everyone: all answers, these among them.

    The one whose characters (in a long text: words) are closest to everyone's by edit distance; then in the case that most have; then with more
    capitals, which a hurried copyist leaves out but does not add; then the most frequent, spaces aside; then without needless spaces; then the
    shortest, then the first in code order.
    """
    counts = Counter(texts)
    if len(counts) == 1:
        return texts[0]
    cases = Counter(map(_case, everyone))
    spaced = Counter(map(_single_spaced, texts))
    distances = _distances(set(map(_bare, counts)), Counter(map(_bare, everyone)))

    def rank(text: str) -> tuple[int, int, int, int, int, int, int, str]:
        plain = _single_spaced(text)
        return (
            distances[_bare(text)],
            -cases[_case(text)],
            -sum(character.isupper() for character in text),
            -spaced[plain],
            len(text) - len(plain),
            -counts[text],
            len(text),
            text,
        )

    return min(counts, key=rank)


def _distances(texts: set[str], everyone: Counter[str]) -> dict[str, int]:
    """The sum of the edit distances of each text to everyone's; zero where there is nothing to compare."""
    if len(texts) == 1:
        return dict.fromkeys(texts, 0)
    if max(map(len, texts)) <= LONGEST_BY_CHARACTERS:
        return {text: sum(edit_distance(text, other) * n for other, n in everyone.items()) for text in texts}
    words = [(other.split(), n) for other, n in everyone.items()]
    return {text: sum(edit_distance(text.split(), other) * n for other, n in words) for text in texts}


def _bare(text: str) -> str:
    return _single_spaced(text.casefold())


def _single_spaced(text: str) -> str:
    return " ".join(text.split())


def _case(text: str) -> int:
    """Which case a text is written in."""
    upper, lower = text.upper(), text.lower()
    if upper == lower:
        return _NONE
    if text == upper:
        return _UPPER
    if text == lower:
        return _LOWER
    return _TITLE if text == text.title() else _MIXED
