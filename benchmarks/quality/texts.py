"""The chapter on texts: every method on real transcriptions of speech and on simulated receipt fields."""

import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from crowds import DataMissingError
from methods import OURS, Peers
from report import Table, bold_best
from timing import ENOUGH, ROUNDS, fastest, of_merged

from consolidation.consolidate import task_of
from consolidation.data_objects import Answer, DataObject
from consolidation.label_categories import from_config
from consolidation.settings import INVOICE_FIELDS, Settings

SPEECH, RECEIPTS = "crowdspeech_dev_clean", "sroie_fields_sim5"
TYPES = {"date": "date", "total": "amount"}
MEDOID = "medoid by characters"
_PUNCTUATION = re.compile(r"[^\w\s']|_")


@dataclass(frozen=True)
class Texts:
    """items: their names. answers: by item, worker and text. truth: by item."""

    items: list[str]
    answers: list[list[tuple[str, str]]]
    truth: list[str]

    @property
    def plain(self) -> "Texts":
        """The same in lower case and without punctuation."""
        answers = [[(worker, plain(text)) for worker, text in answers] for answers in self.answers]
        return Texts(self.items, answers, [plain(text) for text in self.truth])


def chapter(folder: Path, libraries: Peers, tell: Callable[[str], None]) -> Iterator[str]:
    """The chapter's paragraphs, in Markdown. folder: holds the sets. tell: hears what is being measured."""
    yield "## Texts"
    yield (
        f"{SPEECH}: seven real transcriptions of each of 2,703 recordings. Word and character error: edit distance to the truth "
        "by its length, mean over items, all in lower case and without punctuation; all but ours are given the answers so. "
        f"{RECEIPTS}: company, address, date and total of 313 receipts, five typed answers each, with simulated slips. Exact: "
        "as printed; normalised: in lower case and without punctuation and repeated spaces. RASA and HRRASA embed texts by "
        "hashed character trigrams. Seconds are processor time; ours include reading the answers and making the labels. What takes less than "
        f"{ENOUGH:.0f} seconds is done up to {ROUNDS} times, and the fastest counts."
    )
    for name, exact, figures in ((SPEECH, (), _errors), (RECEIPTS, ("exact %",), _exact)):
        heads = ("method", *exact, "normalised %", "word error %", "character error %", "seconds")
        highest = (*(True for _ in exact), True, False, False, False)
        texts = read(folder, name)
        rows: dict[str, list[float | None]] = {}
        for method in (OURS, MEDOID, *libraries.methods("texts")):
            given = texts.plain if name == SPEECH else texts
            result = fastest(lambda: _merged(method, texts, given, libraries), of_merged)  # noqa: B023 - called at once
            tell(
                f"{name}, {len(texts.items)} items: {method}, {result if isinstance(result, str) else f'{result[0]:.2f} s'}"
            )
            if isinstance(result, str):
                yield f"{method} could not do {name}: {result}."
                rows[method] = [None] * (len(heads) - 1)
            else:
                rows[method] = [*figures(result[1], texts.truth), result[0]]
        yield f"### {name}"
        yield bold_best(Table(heads, rows, (2,) * (len(heads) - 1), highest))


def read(folder: Path, name: str) -> Texts:
    """The texts in `folder`/`name`. Raises DataMissingError when they are not there."""
    files = [folder / name / file for file in ("truth.tsv", "responses.tsv")]
    for file in files:
        if not file.is_file():
            raise DataMissingError(f"{file}: not found. The texts are read from shared/data beside the project.")
    truth = dict(line.split("\t", 1) for line in files[0].read_text().splitlines())
    answers: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for line in files[1].read_text().splitlines():
        item, worker, text = line.split("\t", 2)
        answers[item].append((worker, text))
    return Texts(list(truth), [answers[item] for item in truth], list(truth.values()))


def plain(text: str) -> str:
    """Lower case, no punctuation but apostrophes, single spaces."""
    return " ".join(_PUNCTUATION.sub(" ", text.lower()).split())


def _merged(method: str, texts: Texts, given: Texts, libraries: Peers) -> tuple[float, list[str]] | str:
    if method == OURS:
        return ours(texts)
    if method == MEDOID:
        started = time.process_time()
        merged = [medoid([text for _, text in answers]) for answers in given.answers]
        return time.process_time() - started, merged
    answers = [[item, worker, text] for item, one in enumerate(given.answers) for worker, text in one]
    return libraries.merged("texts", method, {"answers": answers, "items": len(texts.items)})


def ours(texts: Texts) -> tuple[float, list[str]]:
    """What the consolidation function makes of the texts, in one call with its default settings; an item `image/field` is a field of an object. Seconds
    from the answers to the label values."""
    places = [(name.partition("/")[0], name.partition("/")[2] or "text") for name in texts.items]
    answers: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for (name, field), given in zip(places, texts.answers, strict=True):
        for worker, text in given:
            answers[name][worker][field] = text
    fields = sorted({field for _, field in places})
    categories = from_config({"labels": [{"label": field, "type": TYPES.get(field, "text")} for field in fields]})
    task = task_of(Settings(INVOICE_FIELDS), categories)
    objects = [
        DataObject(name, tuple(Answer(worker, dict(by_worker[worker])) for worker in sorted(by_worker)))
        for name, by_worker in answers.items()
    ]
    started = time.process_time()
    values = task.label([task.collect(one) for one in objects])
    seconds = time.process_time() - started
    labels = {one.id: value["fields"] for one, value in zip(objects, values, strict=True)}
    return seconds, [labels[name][field]["value"] or "" for name, field in places]


def medoid(texts: Sequence[str]) -> str:
    """The text with the least sum of edit distances to all, the first of equals."""
    sums = {text: sum(distance(text, other) for other in texts) for text in dict.fromkeys(texts)}
    return min(sums, key=lambda text: sums[text])


def distance(first: Sequence[str], second: Sequence[str]) -> int:
    """Levenshtein distance between texts or lists of words, by the usual table, as integers' bits (Myers, 1999)."""
    if not first or not second:
        return len(first) + len(second)
    places: dict[str, int] = {}
    for position, mark in enumerate(first):
        places[mark] = places.get(mark, 0) | 1 << position
    every, last = (1 << len(first)) - 1, 1 << (len(first) - 1)
    rises, falls, total = every, 0, len(first)
    for mark in second:
        equal = places.get(mark, 0)
        level = (((equal & rises) + rises) ^ rises) | equal | falls
        up, down = falls | (every & ~(level | rises)), rises & level
        total += bool(up & last) - bool(down & last)
        up, down = (up << 1 | 1) & every, (down << 1) & every
        rises, falls = down | (every & ~(level | up)), up & level
    return total


def _errors(merged: Sequence[str], truth: Sequence[str]) -> list[float]:
    """Normalised matches and mean word and character error, %, all in lower case and without punctuation."""
    return _compared([plain(text) for text in merged], [plain(true) for true in truth])


def _exact(merged: Sequence[str], truth: Sequence[str]) -> list[float]:
    """Exact and normalised matches and mean word and character error, %, the errors as printed."""
    exact = fmean(text == true for text, true in zip(merged, truth, strict=True))
    normalised, *_ = _errors(merged, truth)
    return [100.0 * exact, normalised, *_compared(merged, truth)[1:]]


def _compared(merged: Sequence[str], truth: Sequence[str]) -> list[float]:
    """Equal texts and mean word and character error, %."""
    pairs = list(zip(merged, truth, strict=True))
    equal = fmean(text == true for text, true in pairs)
    words = fmean(distance(text.split(), true.split()) / max(len(true.split()), 1) for text, true in pairs)
    characters = fmean(distance(text, true) / max(len(true), 1) for text, true in pairs)
    return [100.0 * equal, 100.0 * words, 100.0 * characters]
