"""What passes from the payload to the task types: data objects with their workers' answers."""

from dataclasses import dataclass
from typing import Any

from consolidation.page_words import PageWords


@dataclass(frozen=True, slots=True)
class Answer:
    """One worker's answer to one data object.

    content: the answer object keyed by the template's element names; None when it could not be read, and then `problem` says why.
    """

    worker: str
    content: dict[str, Any] | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class DataObject:
    """A data object that Ground Truth asks a label for. `notes` are remarks for the label value.

    source: the document's S3 URI, or its text; empty when the payload does not tell. characters: of a text, counted so that an offset in UTF-16 units, as
    browsers count, is never beyond; None for a document in S3. words: of the page, where they were asked for and found.
    """

    id: str
    answers: tuple[Answer, ...]
    notes: tuple[str, ...] = ()
    source: str = ""
    characters: int | None = None
    words: PageWords | None = None

    @property
    def unreadable(self) -> int:
        """How many answers could not be read."""
        return sum(answer.content is None for answer in self.answers)


def count(number: int, noun: str) -> str:
    """`1 answer`, `2 answers`: for notes and reasons."""
    plural = noun + ("es" if noun.endswith(("x", "s")) else "s")
    return f"{number} {noun if number == 1 else plural}"
