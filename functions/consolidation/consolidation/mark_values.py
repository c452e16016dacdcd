"""The label value of marks beside boxes: in the keys of boxes where they lie in an image, in those of Ground Truth's named entities in a text."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from consolidation.box_values import DEPTH, MOST_DROPPED, quality_of, vote_told
from consolidation.data_objects import count
from consolidation.drawn_marks import SHAPES, SPANS, CollectedMarks
from consolidation.label_categories import LabelCategories
from consolidation.mark_shapes import Floats
from consolidation.settings import Settings
from consolidation.value import LabelValue, outside, with_notes
from consolidation.voting import Decision


class MergedMark(NamedTuple):
    """A merged mark. shape: position in `SHAPES`. label: rank of the label, -1 for an unresolved tie. vote: the vote on its label where workers differed.
    is_surplus: there is a better one of its label, which occurs once."""

    shape: int
    label: int
    geometry: Floats
    confidence: float
    votes: int
    vote: Decision | None
    is_surplus: bool

    @property
    def told(self) -> dict[str, Any]:
        """Its geometry."""
        return SHAPES[self.shape].told(self.geometry)


class SplitMark(NamedTuple):
    """A place that some workers marked as one and others as several. one, several: how many workers."""

    shape: int
    label: int
    geometry: Floats
    one: int
    several: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The merged marks of one object, in the order they are told, and its splits."""

    kept: list[MergedMark] = field(default_factory=list)
    dropped: list[MergedMark] = field(default_factory=list)
    splits: list[SplitMark] = field(default_factory=list)


def mark_value(
    collected: CollectedMarks,
    outcome: Outcome,
    confidence: float,
    notes: Sequence[str],
    names: Sequence[str],
    categories: LabelCategories,
    settings: Settings,
) -> LabelValue:
    """The label value of one object. names: label names by rank. confidence: the object's."""
    workers = len(collected.workers)
    remarks = [*notes]
    is_text = collected.shapes == {SPANS}
    value = _entities(outcome, names) if is_text else _on_image(collected, outcome, names, len(categories))
    value["objects"] = [_object(mark, workers, names, settings) for mark in outcome.kept]
    if not is_text and collected.image is None:
        remarks.append("no answer tells the image's size")
    if outcome.dropped:
        value["dropped"] = [_dropped(mark, names, settings) for mark in outcome.dropped[:MOST_DROPPED]]
    if len(outcome.dropped) > MOST_DROPPED:
        remarks.append(f"{count(len(outcome.dropped), 'mark')} dropped, {MOST_DROPPED} of them listed")
    if outcome.splits:
        value["splits"] = [_split(split, names) for split in outcome.splits[:MOST_DROPPED]]
        remarks.append(f"{count(len(outcome.splits), 'place')} marked as one by some and as several by others")
    unknown = sorted({names[mark.label] for mark in outcome.kept if mark.label >= len(categories)})
    if unknown and not is_text:
        remarks.append(outside(unknown, len(categories)))
    if not outcome.kept and not outcome.dropped:
        remarks.append("nothing to label: no worker marked anything")
    ties = [mark.label < 0 for mark in (*outcome.kept, *outcome.dropped) if mark.vote is not None and mark.vote.tied]
    quality = quality_of("mark", len(ties), sum(ties), confidence, workers, settings)
    return with_notes({**value, **quality.as_json()}, remarks)


def _on_image(collected: CollectedMarks, outcome: Outcome, names: Sequence[str], categories: int) -> LabelValue:
    image = collected.image
    used = sorted({mark.label for mark in outcome.kept})
    beyond = [label for label in used if label >= categories]
    ids = {label: label if label < categories else categories + beyond.index(label) for label in used}
    return {
        "image_size": [] if image is None else [{"width": image[0], "height": image[1], "depth": DEPTH}],
        "annotations": [{"class_id": ids[mark.label], **mark.told} for mark in outcome.kept],
        "class-map": {str(ids[label]): names[label] for label in used},
    }


def _entities(outcome: Outcome, names: Sequence[str]) -> LabelValue:
    """As Ground Truth's built-in task for named entities."""
    used = sorted({mark.label for mark in outcome.kept})
    return {
        "annotations": {
            "labels": [{"label": names[label]} for label in used],
            "entities": [{"label": names[mark.label], **mark.told} for mark in outcome.kept],
        }
    }


def _object(mark: MergedMark, workers: int, names: Sequence[str], settings: Settings) -> dict[str, Any]:
    quality = {"confidence": mark.confidence, "votes": mark.votes, "workers": workers}
    return quality if mark.vote is None else quality | vote_told(mark.vote, names, settings)


def _dropped(mark: MergedMark, names: Sequence[str], settings: Settings) -> dict[str, Any]:
    told: dict[str, Any] = {
        "label": None if mark.label < 0 else names[mark.label],
        **mark.told,
        "votes": mark.votes,
        "reason": "tie" if mark.label < 0 else "occurs once" if mark.is_surplus else "quorum",
    }
    return told if mark.vote is None else told | vote_told(mark.vote, names, settings)


def _split(split: SplitMark, names: Sequence[str]) -> dict[str, Any]:
    told = SHAPES[split.shape].told(split.geometry)
    return {"label": names[split.label], **told, "one": split.one, "several": split.several}
