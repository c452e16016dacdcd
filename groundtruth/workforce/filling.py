"""How people fill in the fields of a form: mostly as printed, sometimes in their own style, sometimes from the wrong
line.
"""

import random
from collections.abc import Mapping, Sequence

from groundtruth.workforce.labels import AskedLabel, look_alikes
from groundtruth.workforce.truth import Truth
from groundtruth.workforce.typing_mistakes import mistype, mistype_once, restyle
from groundtruth.workforce.workers import Attempt

NOT_ON_DOCUMENT = "not_on_document"


def fill_fields(truth: Truth, labels: Sequence[AskedLabel], attempt: Attempt) -> dict[str, object]:
    """One worker's form: a text by label unless it was left blank, and the group of "not on this document" boxes."""
    printed = {asked.label: _printed(truth, asked) for asked in labels}
    answer: dict[str, object] = {}
    absent: dict[str, bool] = {}
    for asked in labels:
        typed, absent[asked.label] = (
            _spam(printed, attempt.chance) if attempt.worker.is_spam else _fill(asked, labels, printed, attempt)
        )
        if typed:
            answer[asked.label] = typed
    answer[NOT_ON_DOCUMENT] = absent
    return answer


def _printed(truth: Truth, asked: AskedLabel) -> str | None:
    return truth.fields.get(asked.label) or truth.fields.get(asked.display_name) or None


def _fill(
    asked: AskedLabel,
    labels: Sequence[AskedLabel],
    printed: Mapping[str, str | None],
    attempt: Attempt,
) -> tuple[str | None, bool]:
    """What is typed into one field, and whether "not on this document" is ticked."""
    worker, settings, chance = attempt.worker, attempt.settings, attempt.chance
    value = printed[asked.label]
    is_right = chance.random() < worker.accuracy
    if value is None:
        wrong = None if is_right else _of_another_field(asked, labels, printed, attempt)
        # A field that is not there and not mistaken for another is at worst left blank without a word.
        return (wrong, False) if wrong else (None, is_right or chance.random() < 0.5)
    omission = chance.random()
    if omission < settings.blanks * worker.carelessness:
        return None, False
    if omission < (settings.blanks + settings.misses) * worker.carelessness:
        return None, True
    if not is_right:
        return _of_another_field(asked, labels, printed, attempt) or mistype_once(value, chance), False
    if chance.random() < settings.restyling:
        value = restyle(value, asked.type, chance)
    return mistype(value, settings.typing_errors * worker.carelessness, chance), False


def _of_another_field(
    asked: AskedLabel,
    labels: Sequence[AskedLabel],
    printed: Mapping[str, str | None],
    attempt: Attempt,
) -> str | None:
    """The value of a field that this one is mixed up with, when there is one on the document."""
    if attempt.chance.random() >= attempt.settings.confusion:
        return None
    values = [value for other in look_alikes(asked, labels) if (value := printed[other.label])]
    return attempt.chance.choice(values) if values else None


def _spam(printed: Mapping[str, str | None], chance: random.Random) -> tuple[str | None, bool]:
    kind = chance.random()
    if kind < 0.4:
        return None, kind < 0.2
    if kind < 0.7:
        values = [value for value in printed.values() if value]
        return (chance.choice(values) if values else "x"), False
    return "".join(chance.choices("asdfjkl1230", k=chance.randint(1, 8))), False
