"""Which spelling of an answer to show, when workers who mean the same typed it differently.

What is typed is looked at apart from how: first the characters, without case and repeated spaces, then case, then spaces. So a worker with a slip of the
finger in one place still counts for the case, and one who types in lower case for the characters.
"""

from collections import Counter
from collections.abc import Callable, Sequence

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
    if all(text == texts[0] for text in texts):
        return texts[0]
    counts = Counter(texts)
    left = list(counts)
    bare = {text: _bare(text) for text in {*everyone, *left}}
    if len({bare[text] for text in left}) > 1:
        distances = _distances({bare[text] for text in left}, Counter(bare[text] for text in everyone))
        left = _least(left, lambda text: distances[bare[text]])
    if len(left) > 1:
        cases = Counter(map(_case, everyone))
        left = _least(left, lambda text: -cases[_case(text)])
    if len(left) > 1:
        left = _least(left, lambda text: -sum(map(str.isupper, text)))
    if len(left) == 1:
        return left[0]
    spaced = Counter(map(_single_spaced, texts))

    def rank(text: str) -> tuple[int, int, int, int, str]:
        plain = _single_spaced(text)
        return -spaced[plain], len(text) - len(plain), -counts[text], len(text), text

    return min(left, key=rank)


def _least(texts: list[str], of: Callable[[str], int]) -> list[str]:
    """Those of which the number is least."""
    numbers = [of(text) for text in texts]
    least = min(numbers)
    return [text for text, number in zip(texts, numbers, strict=True) if number == least]


def _distances(texts: set[str], everyone: Counter[str]) -> dict[str, int]:
    """The sum of the edit distances of each text to everyone's."""
    if max(map(len, texts)) <= LONGEST_BY_CHARACTERS:
        return {text: sum(edit_distance(text, other) * n for other, n in everyone.items()) for text in texts}
    words = [(other.split(), n) for other, n in everyone.items()]
    return {
        text: sum(edit_distance(own, other) * n for other, n in words)
        for text, own in ((text, text.split()) for text in texts)
    }


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
