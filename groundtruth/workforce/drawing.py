"""How people draw boxes: a little off, sometimes with the caption inside, sometimes with a neighbour's label."""

import random
from collections.abc import Sequence

from groundtruth.workforce.labels import AskedLabel
from groundtruth.workforce.truth import Box, Truth
from groundtruth.workforce.workers import Attempt

Drawn = dict[str, str | int]

_HIGHEST_LINE = 0.03
"""Height of the highest line of writing on a page, as a share of the page's height."""


def draw_boxes(truth: Truth, labels: Sequence[AskedLabel], attempt: Attempt) -> list[Drawn]:
    """The boxes one worker submits for one page, labels by display name, whole pixels inside the image."""
    worker, settings, chance = attempt.worker, attempt.settings, attempt.chance
    if worker.is_spam:
        return [_random_box(truth, labels, chance) for _ in range(chance.randint(0, len(labels)))]
    by_name = {name: label for label in labels for name in (label.display_name, label.label)}
    seen = [(box, by_name[box.label]) for box in truth.boxes if box.label in by_name]
    seen = [entry for entry in seen if chance.random() >= settings.misses * worker.carelessness]
    chosen = _choose_labels([label for _, label in seen], labels, attempt)
    drawn = [_draw(box, label, truth, attempt) for (box, _), label in zip(seen, chosen, strict=True)]
    if chance.random() < settings.spurious_boxes * worker.carelessness:
        drawn.append(_spurious_box(truth, [box for box, _ in seen], labels, chosen, chance))
    return drawn


def _choose_labels(right: Sequence[AskedLabel], labels: Sequence[AskedLabel], attempt: Attempt) -> list[AskedLabel]:
    """The label given to each box.

    Mixing up two fields on the page swaps their labels: no field is there twice by that.
    """
    chosen = list(right)
    for at, label in enumerate(right):
        if attempt.chance.random() < attempt.worker.accuracy:
            continue
        other = attempt.mistaken(label, labels)
        if other in chosen:
            chosen[chosen.index(other)] = chosen[at]
        chosen[at] = other
    return chosen


def _draw(box: Box, label: AskedLabel, truth: Truth, attempt: Attempt) -> Drawn:
    worker, settings, chance = attempt.worker, attempt.settings, attempt.chance
    gauss = chance.gauss
    # The error follows the height of the writing, not the length or the number of lines.
    writing = min(box.height, _HIGHEST_LINE * truth.height)
    edge = (settings.box_jitter * writing + settings.box_jitter_pixels) * worker.carelessness**0.5
    margin = worker.margin * writing
    shift_x, shift_y = gauss(0.0, edge / 2), gauss(0.0, edge / 2)
    left = box.left + shift_x + gauss(0.0, edge) - margin
    top = box.top + shift_y + gauss(0.0, edge) - margin
    right = box.left + box.width + shift_x + gauss(0.0, edge) + margin
    bottom = box.top + box.height + shift_y + gauss(0.0, edge) + margin
    if chance.random() < settings.captions * worker.carelessness:
        if chance.random() < 0.7:
            left -= writing * chance.uniform(2.5, 7.0)
        else:
            top -= writing * chance.uniform(1.1, 1.6)
    return _inside(label, (left, top, right, bottom), truth)


def _inside(label: AskedLabel, edges: tuple[float, float, float, float], truth: Truth) -> Drawn:
    """As the form serialises a box: whole pixels, within the image, at least one pixel wide and high."""
    left, top, right, bottom = edges
    x = min(max(round(left), 0), truth.width - 1)
    y = min(max(round(top), 0), truth.height - 1)
    width = min(max(round(right) - x, 1), truth.width - x)
    height = min(max(round(bottom) - y, 1), truth.height - y)
    return {"label": label.display_name, "left": x, "top": y, "width": width, "height": height}


def _spurious_box(
    truth: Truth, seen: Sequence[Box], labels: Sequence[AskedLabel], chosen: Sequence[AskedLabel], chance: random.Random
) -> Drawn:
    """A box too many: mostly a field that is not there, found on a line beside one that is."""
    absent = [label for label in labels if label not in chosen] or list(labels)
    if not seen or chance.random() < 0.3:
        return _random_box(truth, absent, chance)
    model = chance.choice(seen)
    top = model.top + model.height * chance.choice((-3.0, -1.5, 1.5, 3.0))
    width = model.width * chance.uniform(0.5, 1.5)
    return _inside(chance.choice(absent), (model.left, top, model.left + width, top + model.height), truth)


def _random_box(truth: Truth, labels: Sequence[AskedLabel], chance: random.Random) -> Drawn:
    width, height = truth.width * chance.uniform(0.03, 0.3), truth.height * chance.uniform(0.01, 0.05)
    left, top = chance.uniform(0, truth.width - width), chance.uniform(0, truth.height - height)
    return _inside(chance.choice(labels), (left, top, left + width, top + height), truth)
