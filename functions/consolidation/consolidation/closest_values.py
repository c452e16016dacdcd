"""The value of a field on which no value has most of the votes: the one that evidence speaks for, else the one closest to all answers.

Texts are compared word by word, everything else character by character. Of a text or an identifier the answers may together say more than each of them: then
the value is composed of their words or characters, and says so. An amount, a date or a currency is always one that somebody typed: with one digit of each
worker's it would be a number that nobody saw.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from consolidation.alignment import Units
from consolidation.evidence import checked_number, declared_sum, sole, sums
from consolidation.field_values import BY_ALIGNMENT, BY_ARITHMETIC, BY_CHECKSUM, BY_DISTANCE, Candidate, Chosen
from consolidation.normal_forms import NormalForm, normal_form
from consolidation.settings import UNRESOLVED, Settings
from consolidation.text_consensus import Answers, Closest, closest_texts
from consolidation.voting import Decision

MAJORITY_SHARE = 0.5
"""A value with more than this confidence stands, however far the others are."""
FEWEST_VALUES = 3
"""Between two values the distance is the same from either."""
LONGEST = 400
"""Words or characters that are compared; a longer answer is not composed."""
_COMPOSABLE = ("text", "identifier")
_EVIDENT = ("identifier", "text", "amount")


@dataclass(frozen=True, slots=True)
class TypedVotes:
    """The votes for one field of one object: the object's number, the field's name and type, the candidates, and of each vote the worker, the candidate
    and the text, None for absent. sums_to: the amount that it is a part of."""

    item: int
    name: str
    type: str
    candidates: tuple[Candidate, ...]
    votes: tuple[tuple[int, int, str | None], ...]
    sums_to: str | None = None


class _Numbers(dict[str, int]):
    """Numbers what it is asked for, from 1 on. spelled: what each number stands for."""

    def __init__(self) -> None:
        super().__init__()
        self.spelled = [""]

    def __missing__(self, key: str) -> int:
        self[key] = number = len(self.spelled)
        self.spelled.append(key)
        return number


class _WordNumbers(dict[str, int]):
    """The number of each word's normal form; 0 for punctuation alone."""

    def __init__(self, numbers: _Numbers) -> None:
        super().__init__()
        self._numbers = numbers

    def __missing__(self, word: str) -> int:
        is_word = any(map(str.isalnum, word))
        self[word] = number = self._numbers[normal_form("text", word).key] if is_word else 0
        return number


class _Words:
    """Numbers the words and characters of a call, and spells them again."""

    def __init__(self) -> None:
        self._numbers = _Numbers()
        self._of_word = _WordNumbers(self._numbers)

    def of_text(self, text: str) -> Units:
        """The words of a text by their normal forms, those of punctuation alone left out."""
        return tuple(filter(None, map(self._of_word.__getitem__, text.split())))

    def of_characters(self, text: str) -> Units:
        return tuple(map(self._numbers.__getitem__, text))

    def spelled(self, units: Units, texts: Sequence[str]) -> str:
        """The words of `units` as most of the texts write them; among equals with more capitals."""
        written: dict[int, dict[str, int]] = {unit: {} for unit in units}
        for word, times in Counter(chain.from_iterable(map(str.split, texts))).items():
            if (spellings := written.get(self._of_word[word])) is not None:
                spellings[word] = times
        return " ".join(
            max(written[unit].items(), key=lambda entry: (entry[1], _capitals(entry[0]), entry[0]))[0] for unit in units
        )

    def characters(self, units: Units) -> str:
        return "".join(self._numbers.spelled[unit] for unit in units)


def closest_values(
    fields: Sequence[TypedVotes], decisions: Mapping[int, Decision], settings: Settings
) -> dict[int, Chosen]:
    """The value chosen for each field, by its position, that needs one."""
    if settings.tie_policy == UNRESOLVED:
        return {}
    words = _Words()
    proven = _proven(fields, decisions)
    open_fields = {
        item: fields[item]
        for item, decision in decisions.items()
        if item not in proven and _is_open(fields[item], decision)
    }
    found = closest_texts([_answers(field, words) for field in open_fields.values()])
    return proven | {
        item: _chosen(field, closest, words)
        for (item, field), closest in zip(open_fields.items(), found, strict=True)
        if closest is not None
    }


def _proven(fields: Sequence[TypedVotes], decisions: Mapping[int, Decision]) -> dict[int, Chosen]:
    """The open fields of which evidence speaks for exactly one answer."""
    doubtful = [
        position
        for position, decision in decisions.items()
        if (decision.tied or decision.confidence <= MAJORITY_SHARE) and fields[position].type in _EVIDENT
    ]
    result: dict[int, Chosen] = {}
    amounts = _agreed_amounts(fields, decisions) if doubtful else {}
    totals = _totals(fields) if doubtful else {}
    for position in doubtful:
        field = fields[position]
        others = amounts.get(field.item, {})
        if field.type == "amount":
            by, found = BY_ARITHMETIC, _adding_up(field, others, totals.get(field.item, {}))
        else:
            by, found = BY_CHECKSUM, [c.value and checked_number(c.value) for c in field.candidates]
        label = sole(found)
        if label is not None and len(field.candidates) > 1:
            votes = sum(voted == label for _, voted, _ in field.votes)
            result[position] = Chosen(field.candidates[label], label, votes, by, evidence=found[label])
    return result


def _adding_up(field: TypedVotes, amounts: Mapping[str, str | None], totals: Mapping[str, str]) -> list[str | None]:
    """Which sum each candidate makes right: one that the label categories declare, where exactly one candidate does, else any of two other amounts."""
    declared = [c.normalized and declared_sum(c.normalized, field.name, totals, amounts) for c in field.candidates]
    if sole(declared) is not None:
        return declared
    there = {name: amount for name, amount in amounts.items() if amount is not None}
    return [c.normalized and sums(c.normalized, there) for c in field.candidates]


def _totals(fields: Sequence[TypedVotes]) -> dict[int, dict[str, str]]:
    """The field that each field of an object adds up to."""
    result: dict[int, dict[str, str]] = {}
    for field in fields:
        if field.sums_to is not None:
            result.setdefault(field.item, {})[field.name] = field.sums_to
    return result


def _agreed_amounts(
    fields: Sequence[TypedVotes], decisions: Mapping[int, Decision]
) -> dict[int, dict[str, str | None]]:
    """The amounts on which each object's workers agree, by field; None where they agree that there is none, or all left it blank."""
    result: dict[int, dict[str, str | None]] = {}
    for position, field in enumerate(fields):
        if field.type != "amount":
            continue
        decision = decisions.get(position)
        if decision is None:
            result.setdefault(field.item, {})[field.name] = None
        elif decision.label is not None and not decision.tied and decision.confidence > MAJORITY_SHARE:
            candidate = field.candidates[decision.label]
            if candidate.normalized is not None or candidate.value is None:
                result.setdefault(field.item, {})[field.name] = candidate.normalized
    return result


def _is_open(field: TypedVotes, decision: Decision) -> bool:
    """Whether the votes leave the field open and the texts can tell: at least three values, and more texts than votes for absent."""
    if not decision.tied and (decision.confidence > MAJORITY_SHARE or field.type not in _COMPOSABLE):
        return False
    texts = sum(text is not None for _, _, text in field.votes)
    values = sum(candidate.value is not None for candidate in field.candidates)
    return values >= FEWEST_VALUES and 2 * texts > len(field.votes)


def _answers(field: TypedVotes, words: _Words) -> Answers:
    typed = [(worker, text) for worker, _, text in field.votes if text is not None]
    units = tuple(_units(field.type, text, words) for _, text in typed)
    may_compose = field.type in _COMPOSABLE and max(map(len, units)) <= LONGEST
    return Answers(tuple(one[:LONGEST] for one in units), tuple(worker for worker, _ in typed), may_compose)


def _units(field_type: str, text: str, words: _Words) -> Units:
    if field_type == "text":
        return words.of_text(text)
    if field_type == "identifier":
        return words.of_characters(normal_form(field_type, text).normalized or text)
    return words.of_characters(" ".join(text.casefold().split()))


def _chosen(field: TypedVotes, closest: Closest, words: _Words) -> Chosen:
    typed = [(label, text) for _, label, text in field.votes if text is not None]
    if closest.answers:
        label = Counter(typed[position][0] for position in closest.answers).most_common(1)[0][0]
        votes = sum(voted == label for _, voted, _ in field.votes)
        return Chosen(field.candidates[label], label, votes, BY_DISTANCE, closest.agreement)
    is_text = field.type == "text"
    value = words.spelled(closest.units, [t for _, t in typed]) if is_text else words.characters(closest.units)
    form: NormalForm = normal_form(field.type, value)
    labels = {
        candidate.normalized: label for label, candidate in enumerate(field.candidates) if candidate.value is not None
    }
    label_of_same = labels.get(form.normalized)
    if label_of_same is not None:
        votes = sum(voted == label_of_same for _, voted, _ in field.votes)
        return Chosen(field.candidates[label_of_same], label_of_same, votes, BY_DISTANCE, closest.agreement)
    return Chosen(Candidate(value, form.normalized), None, 0, BY_ALIGNMENT, closest.agreement)


def _capitals(word: str) -> int:
    return sum(map(str.isupper, word))
