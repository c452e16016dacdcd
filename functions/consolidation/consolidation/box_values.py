"""The label value of invoice boxes: the shape of Ground Truth's built-in boxes, and the quality of each."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from consolidation.boxes import CollectedBoxes
from consolidation.data_objects import count
from consolidation.label_categories import LabelCategories
from consolidation.settings import Settings
from consolidation.value import (
    AGREED,
    ERROR,
    LOW_AGREEMENT,
    MOST_CHARACTERS,
    TIE,
    Cut,
    LabelValue,
    Quality,
    outside,
    size,
    with_notes,
    without,
)
from consolidation.voting import Decision

DEPTH = 3
"""Colour channels that `image_size` states; Ground Truth's built-in boxes always say 3 for pages in colour."""
MOST_DROPPED = 20


class MergedBox(NamedTuple):
    """A merged box in whole pixels. label: rank of the label, -1 for an unresolved tie. vote: the vote on its label where workers differed.
    is_surplus: there is a better one of its label, which occurs once."""

    label: int
    left: int
    top: int
    right: int
    bottom: int
    confidence: float
    votes: int
    vote: Decision | None
    is_surplus: bool = False


class SplitBox(NamedTuple):
    """A place that some workers drew as one box and others as several. Its edges are the medians of those who drew one. one, several: how many workers."""

    label: int
    left: int
    top: int
    right: int
    bottom: int
    one: int
    several: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The merged boxes of one object, in reading order, and its splits."""

    kept: list[MergedBox]
    dropped: list[MergedBox]
    splits: list[SplitBox]


def box_value(
    collected: CollectedBoxes,
    outcome: Outcome,
    confidence: float,
    notes: Sequence[str],
    names: Sequence[str],
    categories: LabelCategories,
    settings: Settings,
) -> LabelValue:
    """The label value of one object. names: label names by rank. confidence: the object's."""
    image = collected.image
    value: LabelValue = {
        "image_size": [] if image is None else [{"width": image[0], "height": image[1], "depth": DEPTH}],
        "annotations": [],
        "class-map": {},
        "objects": [],
    }
    if not collected.workers:
        return with_notes(value | collected.unanswered.as_json(), notes)
    remarks = [*notes]
    if image is None:
        remarks.append("no answer tells the image's size")
    known, workers = len(categories), len(collected.workers)
    ids = _class_ids(outcome.kept, known)
    value["annotations"] = [
        {"class_id": ids[label], "left": left, "top": top, "width": right - left, "height": bottom - top}
        for label, left, top, right, bottom, _, _, _, _ in outcome.kept
    ]
    value["class-map"] = {str(class_id): names[label] for label, class_id in ids.items()}
    value["objects"] = [_object(box, workers, names, settings) for box in outcome.kept]
    if outcome.dropped:
        value["dropped"] = [_dropped(box, names, settings) for box in outcome.dropped[:MOST_DROPPED]]
    if len(outcome.dropped) > MOST_DROPPED:
        remarks.append(f"{count(len(outcome.dropped), 'box')} dropped, {MOST_DROPPED} of them listed")
    if outcome.splits:
        value["splits"] = [_split(split, names) for split in outcome.splits[:MOST_DROPPED]]
        remarks.append(f"{count(len(outcome.splits), 'place')} drawn as one box by some and as several by others")
    unknown = [names[label] for label in ids if label >= known]
    if unknown:
        remarks.append(outside(unknown, known))
    if not outcome.kept and not outcome.dropped:
        remarks.append("nothing to label: no worker drew a box")
    ties = [box.label < 0 for box in (*outcome.kept, *outcome.dropped) if box.vote is not None and box.vote.tied]
    quality = quality_of("box", len(ties), sum(ties), confidence, workers, settings)
    value |= quality.as_json()
    return with_notes(value, remarks)


def _class_ids(boxes: Sequence[MergedBox], categories: int) -> dict[int, int]:
    """Class id by label rank, in order: the category's position; labels outside follow in sorted order within the object."""
    used = sorted({box.label for box in boxes})
    known = bisect_left(used, categories)
    return dict(zip(used, [*used[:known], *range(categories, categories + len(used) - known)], strict=True))


def _object(box: MergedBox, workers: int, names: Sequence[str], settings: Settings) -> dict[str, Any]:
    quality = {"confidence": box.confidence, "votes": box.votes, "workers": workers}
    return quality if box.vote is None else quality | vote_told(box.vote, names, settings)


def vote_told(vote: Decision, names: Sequence[str], settings: Settings) -> dict[str, Any]:
    """The labels' votes, and the tie when there was one."""
    told: dict[str, Any] = {"labels": {names[label]: votes for label, votes in sorted(vote.counts.items())}}
    if vote.tied:
        told["tie"] = {"labels": [names[label] for label in vote.tied], "policy": settings.tie_policy}
    return told


def _dropped(box: MergedBox, names: Sequence[str], settings: Settings) -> dict[str, Any]:
    told: dict[str, Any] = {
        "label": None if box.label < 0 else names[box.label],
        "left": box.left,
        "top": box.top,
        "width": box.right - box.left,
        "height": box.bottom - box.top,
        "votes": box.votes,
        "reason": "tie" if box.label < 0 else "occurs once" if box.is_surplus else "quorum",
    }
    return told if box.vote is None else told | vote_told(box.vote, names, settings)


def _split(split: SplitBox, names: Sequence[str]) -> dict[str, Any]:
    return {
        "label": names[split.label],
        "left": split.left,
        "top": split.top,
        "width": split.right - split.left,
        "height": split.bottom - split.top,
        "one": split.one,
        "several": split.several,
    }


def quality_of(noun: str, ties: int, unresolved: int, confidence: float, workers: int, settings: Settings) -> Quality:
    """The quality of an object's marks. ties: how many have a tie of labels; unresolved: how many of them stay without a label."""
    if ties:
        reason = f"{count(ties, noun)} with a tie of labels, {unresolved} of them unresolved and dropped"
        return Quality(confidence, workers, TIE, reason)
    if confidence < settings.minimum_confidence:
        reason = f"confidence {confidence:.2f} is below {settings.minimum_confidence:g}"
        return Quality(confidence, workers, LOW_AGREEMENT, reason)
    return Quality(confidence, workers, AGREED)


def without_votes(value: LabelValue) -> LabelValue:
    """The value without the votes on labels."""
    plain = ("confidence", "votes", "workers")
    return {**value, "objects": [{key: entry[key] for key in plain} for entry in value["objects"]]}


def _fewer_annotations(value: LabelValue) -> LabelValue:
    """The surest annotations that fit: of boxes and other marks a list, of spans one under `entities`.

    A label that lacks some must not pass for a good one, so its status is `error`.
    """
    whole, objects = value["annotations"], value["objects"]
    annotations = whole if isinstance(whole, list) else whole["entities"]
    surest = sorted(range(len(annotations)), key=lambda position: (-objects[position]["confidence"], position))
    room = MOST_CHARACTERS - size({**value, "annotations": _shown(whole, []), "objects": []}) - 2 * LONGEST_REASON
    chosen: list[int] = []
    for position in surest:
        room -= size(annotations[position]) + size(objects[position]) + 4
        if room < 0:
            break
        chosen.append(position)
    chosen.sort()
    reason = f"{len(annotations) - len(chosen)} of {len(annotations)} annotations cut: the value would be too long"
    quality = Quality(value["confidence"], value["workers"], ERROR, reason).as_json()
    kept = [annotations[position] for position in chosen]
    return {**value, "annotations": _shown(whole, kept), "objects": [objects[p] for p in chosen], **quality}


def _shown(whole: Any, kept: list[Any]) -> Any:
    """What stands under `annotations` for those that are kept of the whole."""
    return kept if isinstance(whole, list) else {**whole, "entities": kept}


LONGEST_REASON = 200

DETAILS = (
    Cut("splits", without("splits")),
    Cut("dropped", without("dropped")),
    Cut("labels voted", without_votes),
    Cut("notes", without("notes")),
)
"""What a value that is too long loses first."""

LAST = (Cut("annotations", _fewer_annotations),)
"""What it loses when that was not enough."""
