"""Simulated workers make the mistakes they were told to, the same ones every time, in the shape that forms submit."""

import json
import re
from collections import Counter
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundtruth.errors import RequestError, TruthError
from groundtruth.workforce import SimulatedWorkforce, Truth, TruthFile, WorkforceSettings, score
from groundtruth.workforce.accuracy import Score, iou
from groundtruth.workforce.truth import Box

TYPES = [
    {"label": name, "displayName": name.replace("_", " ").title()}
    for name in ("invoice", "credit_note", "receipt", "other")
]
FIELDS = [
    {"label": "vendor_name", "displayName": "Vendor name", "type": "text"},
    {"label": "invoice_date", "displayName": "Invoice date", "type": "date"},
    {"label": "due_date", "displayName": "Due date", "type": "date"},
    {"label": "purchase_order", "displayName": "Purchase order", "type": "identifier"},
    {"label": "subtotal", "displayName": "Subtotal", "type": "amount"},
    {"label": "total_amount", "displayName": "Total amount", "type": "amount"},
]
DISPLAY = {field["label"]: field["displayName"] for field in FIELDS}
PRINTED = {
    "vendor_name": "Nordlicht Papier GmbH",
    "invoice_date": "31.01.2026",
    "due_date": "14.02.2026",
    "purchase_order": None,
    "subtotal": "1.204,50",
    "total_amount": "1.433,36",
}
PERFECT = WorkforceSettings(
    accuracy=1,
    accuracy_spread=0,
    box_jitter=0,
    box_jitter_pixels=0,
    captions=0,
    misses=0,
    spurious_boxes=0,
    typing_errors=0,
    restyling=0,
    blanks=0,
    empty_answers=0,
    spam_workers=0,
)
TRUTH = Truth(
    "invoice",
    1240,
    1754,
    tuple(Box(label, 900, 200 + 90 * at, 150, 24) for at, (label, value) in enumerate(PRINTED.items()) if value),
    PRINTED,
)


@pytest.fixture(scope="module")
def truth(tmp_path_factory) -> TruthFile:
    path = tmp_path_factory.mktemp("truth") / "truth.jsonl"
    boxes = [{key: getattr(box, key) for key in ("label", "left", "top", "width", "height")} for box in TRUTH.boxes]
    line = {
        "image": "a.png",
        "width": 1240,
        "height": 1754,
        "document_type": "invoice",
        "boxes": boxes,
        "fields": PRINTED,
    }
    untyped = {"image": "untyped.png", "fields": {"total_amount": "1.00"}}
    path.write_text(json.dumps(line) + "\n" + json.dumps(untyped) + "\n", encoding="utf-8")
    return TruthFile.read(path)


OBJECT = {"source-ref": "s3://bucket/pages/a.png"}


def workforce(truth, task_type, setting=PERFECT, workers=12, seed=5):
    return SimulatedWorkforce(task_type, truth, setting, workers, seed)


def contents(simulated, labels, objects, count):
    return [
        answer.content
        for at in range(objects)
        for answer in simulated.answers(str(at), OBJECT, {"labels": labels}, count)
    ]


def test_perfect_workers_choose_the_right_type_by_its_display_name(truth):
    assert contents(workforce(truth, "document-type"), TYPES, 20, 3) == [{"documentType": {"label": "Invoice"}}] * 60


def test_perfect_workers_draw_the_true_boxes(truth):
    (answer,) = contents(workforce(truth, "invoice-boxes"), FIELDS, 1, 1)
    assert answer["invoiceBoxes"]["inputImageProperties"] == {"width": 1240, "height": 1754}
    assert answer["invoiceBoxes"]["boundingBoxes"] == [
        {"label": DISPLAY[box.label], "left": box.left, "top": box.top, "width": box.width, "height": box.height}
        for box in TRUTH.boxes
    ]


def test_perfect_workers_type_what_is_printed_and_tick_what_is_not(truth):
    (answer,) = contents(workforce(truth, "invoice-fields"), FIELDS, 1, 1)
    ticked = answer.pop("not_on_document")
    assert answer == {label: value for label, value in PRINTED.items() if value}
    assert ticked == {label: value is None for label, value in PRINTED.items()}


def test_labels_that_are_not_asked_for_are_not_answered(truth):
    asked = [FIELDS[0]]
    (boxes,) = contents(workforce(truth, "invoice-boxes"), asked, 1, 1)
    assert [box["label"] for box in boxes["invoiceBoxes"]["boundingBoxes"]] == ["Vendor name"]
    (form,) = contents(workforce(truth, "invoice-fields"), asked, 1, 1)
    assert set(form) == {"vendor_name", "not_on_document"}


def test_plain_strings_serve_as_labels_and_without_any_the_truths_own(truth):
    (named,) = contents(workforce(truth, "document-type"), ["invoice", "receipt"], 1, 1)
    assert named == {"documentType": {"label": "invoice"}}
    answer = workforce(truth, "document-type").answers("0", OBJECT, {"categories": []}, 1)[0]
    assert answer.content == {"documentType": {"label": "invoice"}}


def test_a_type_that_is_not_on_offer_is_answered_as_other(truth):
    (answer,) = contents(workforce(truth, "document-type"), ["receipt", "other"], 1, 1)
    assert answer == {"documentType": {"label": "other"}}


@pytest.mark.parametrize("task_type", ["document-type", "invoice-boxes", "invoice-fields"])
def test_an_answer_depends_on_seed_object_and_worker_alone(truth, task_type):
    labels = TYPES if task_type == "document-type" else FIELDS
    ids = [str(number) for number in range(30)]

    def run(order, count, seed=5):
        simulated = workforce(truth, task_type, WorkforceSettings(), seed=seed)
        return {
            (object_id, answer.worker_id): answer
            for object_id in order
            for answer in simulated.answers(object_id, OBJECT, {"labels": labels}, count)
        }

    whole = run(ids, 5)
    assert run(list(reversed(ids)), 5) == whole
    fewer = run(ids[::3], 2)
    assert len(fewer) == 20
    assert fewer.items() <= whole.items()
    assert run(ids, 5, seed=6) != whole


def test_every_object_gets_as_many_different_workers_as_asked(truth):
    simulated = workforce(truth, "document-type", WorkforceSettings(), workers=7)
    share = Counter()
    for at in range(400):
        ids = [answer.worker_id for answer in simulated.answers(str(at), OBJECT, {"labels": TYPES}, 3)]
        assert len(set(ids)) == 3
        share.update(ids)
    assert len(share) == 7
    assert all(100 < times < 250 for times in share.values())
    assert all(re.fullmatch(r"private\.local\.[0-9a-f]{16}", worker) for worker in share)


def test_a_team_too_small_an_unknown_task_and_an_unknown_object_are_named(truth):
    with pytest.raises(RequestError, match="4 answers an object from a workforce of 3"):
        workforce(truth, "document-type", workers=3).answers("0", OBJECT, {"labels": TYPES}, 4)
    with pytest.raises(RequestError, match="'invoice-lines': simulated workers know document-type"):
        workforce(truth, "invoice-lines")
    with pytest.raises(RequestError, match="at least one worker"):
        workforce(truth, "document-type", workers=0)
    with pytest.raises(TruthError, match=r"truth\.jsonl: no line for object 9 \(s3://bucket/z\.png\)"):
        workforce(truth, "document-type").answers("9", {"source-ref": "s3://bucket/z.png"}, {"labels": TYPES}, 1)
    untyped = {"source-ref": "s3://bucket/untyped.png"}
    with pytest.raises(TruthError, match='has no "document_type"'):
        workforce(truth, "document-type").answers("9", untyped, {"labels": TYPES}, 1)
    with pytest.raises(TruthError, match='has no "width" and "height"'):
        workforce(truth, "invoice-boxes").answers("9", untyped, {"labels": FIELDS}, 1)


@pytest.mark.parametrize("name", ["accuracy", "misses", "typing_errors", "spam_workers"])
@pytest.mark.parametrize("value", [-0.1, 1.5, float("nan"), "0.5"])
def test_a_setting_that_cannot_be_is_named(name, value):
    with pytest.raises(RequestError, match=f"{name} = .*a share from 0 to 1"):
        WorkforceSettings(**{name: value})


def but(**changes):
    names = WorkforceSettings.__slots__
    return WorkforceSettings(**({name: getattr(PERFECT, name) for name in names} | changes))


def test_accuracy_is_the_share_of_right_types(truth):
    answers = contents(workforce(truth, "document-type", but(accuracy=0.8)), TYPES, 1000, 3)
    right = sum(answer["documentType"]["label"] == "Invoice" for answer in answers) / len(answers)
    assert right == pytest.approx(0.8, abs=0.02)


def test_workers_differ_by_the_spread(truth):
    simulated = workforce(truth, "document-type", but(accuracy=0.8, accuracy_spread=0.1), workers=40)
    accuracies = [worker.accuracy for worker in simulated.team]
    assert max(accuracies) - min(accuracies) > 0.05
    assert sum(accuracies) / 40 == pytest.approx(0.8, abs=0.05)


def test_wrong_types_fall_on_look_alikes(truth):
    setting = but(accuracy=0.5, confusion=1)
    labels = Counter(
        answer["documentType"]["label"]
        for answer in contents(workforce(truth, "document-type", setting), TYPES, 300, 3)
    )
    assert set(labels) == {"Invoice", "Credit Note", "Receipt"}


def test_jitter_moves_edges_and_keeps_the_box_recognisable(truth):
    setting = but(box_jitter=0.06, box_jitter_pixels=1)
    overlaps = []
    for answer in contents(workforce(truth, "invoice-boxes", setting), FIELDS, 100, 3):
        for drawn, box in zip(answer["invoiceBoxes"]["boundingBoxes"], TRUTH.boxes, strict=True):
            edges = {key: drawn[key] for key in ("left", "top", "width", "height")}
            overlaps.append(iou(Box("", **edges), box))
    assert 0.75 < median(overlaps) < 0.95
    assert sum(overlap < 0.5 for overlap in overlaps) < 0.01 * len(overlaps)


def test_misses_and_spurious_boxes_come_at_their_shares(truth):
    setting = but(misses=0.2, spurious_boxes=0.5)
    answers = contents(workforce(truth, "invoice-boxes", setting), FIELDS, 400, 3)
    boxes = sum(len(answer["invoiceBoxes"]["boundingBoxes"]) for answer in answers) / len(answers)
    assert boxes == pytest.approx(len(TRUTH.boxes) * 0.8 + 0.5, abs=0.15)


def test_a_mixed_up_field_swaps_labels_with_its_neighbour(truth):
    answers = contents(workforce(truth, "invoice-boxes", but(accuracy=0.7, confusion=1)), FIELDS, 200, 3)
    swapped = 0
    for answer in answers:
        labels = [box["label"] for box in answer["invoiceBoxes"]["boundingBoxes"]]
        swapped += labels[-2:] == ["Total amount", "Subtotal"]
    assert swapped > 50


def test_a_caption_makes_the_box_wider_to_the_left_or_higher(truth):
    for answer in contents(workforce(truth, "invoice-boxes", but(captions=1)), FIELDS, 30, 3):
        for drawn, box in zip(answer["invoiceBoxes"]["boundingBoxes"], TRUTH.boxes, strict=True):
            assert drawn["left"] < box.left - box.height or drawn["top"] < box.top - box.height
            assert drawn["left"] + drawn["width"] == box.left + box.width


def test_blanks_absences_and_empty_answers_are_told_apart(truth):
    blank, missed, empty = (but(**{name: 0.3}) for name in ("blanks", "misses", "empty_answers"))
    for setting, ticked in ((blank, False), (missed, True)):
        answers = contents(workforce(truth, "invoice-fields", setting), FIELDS, 200, 3)
        left_out = [answer for answer in answers if "vendor_name" not in answer]
        assert len(left_out) / len(answers) == pytest.approx(0.3, abs=0.06)
        assert {answer["not_on_document"]["vendor_name"] for answer in left_out} == {ticked}
    answers = contents(workforce(truth, "invoice-fields", empty), FIELDS, 200, 3)
    assert answers.count({}) / len(answers) == pytest.approx(0.3, abs=0.06)


def test_wrong_fields_are_read_from_the_neighbouring_line(truth):
    answers = contents(workforce(truth, "invoice-fields", but(accuracy=0.5, confusion=1)), FIELDS, 100, 3)
    assert {answer["subtotal"] for answer in answers} == {PRINTED["subtotal"], PRINTED["total_amount"]}


def test_spam_workers_are_the_share_of_the_team_and_know_nothing(truth):
    simulated = workforce(truth, "document-type", but(spam_workers=0.25), workers=12)
    spam = {worker.worker_id for worker in simulated.team if worker.is_spam}
    assert len(spam) == 3
    right = Counter()
    for at in range(400):
        for answer in simulated.answers(str(at), OBJECT, {"labels": TYPES}, 6):
            right[answer.worker_id in spam, answer.content["documentType"]["label"] == "Invoice"] += 1
    assert right[False, False] == 0
    assert right[True, True] / (right[True, True] + right[True, False]) == pytest.approx(0.25, abs=0.06)


def test_some_answers_never_come(truth):
    simulated = workforce(truth, "document-type", but(no_answer=0.4))
    counts = Counter(len(simulated.answers(str(at), OBJECT, {"labels": TYPES}, 2)) for at in range(500))
    assert counts[0] / 500 == pytest.approx(0.16, abs=0.05)
    assert counts[2] / 500 == pytest.approx(0.36, abs=0.06)


def test_seconds_are_spread_around_the_median(truth):
    simulated = workforce(truth, "invoice-fields", but(seconds=40), workers=30)
    seconds = [a.seconds for at in range(200) for a in simulated.answers(str(at), OBJECT, {"labels": FIELDS}, 3)]
    assert 32 < median(seconds) < 50
    assert min(seconds) > 1
    assert max(seconds) > 100


share = st.floats(0, 1)


@settings(max_examples=60, deadline=None)
@given(
    setting=st.builds(
        WorkforceSettings,
        accuracy=share,
        misses=share,
        spurious_boxes=share,
        captions=share,
        spam_workers=share,
        confusion=share,
        box_jitter=st.floats(0, 3),
    ),
    seed=st.integers(),
    object_id=st.text(max_size=8),
    edges=st.tuples(st.floats(-50, 150), st.floats(-50, 250), st.floats(0.1, 300), st.floats(0.1, 300)),
)
def test_boxes_stay_inside_the_image_whatever_the_settings(tmp_path_factory, *, setting, seed, object_id, edges):
    path = tmp_path_factory.mktemp("any") / "truth.jsonl"
    box = {"label": "total_amount"} | dict(zip(("left", "top", "width", "height"), edges, strict=True))
    path.write_text(json.dumps({"image": "a.png", "width": 100, "height": 200, "boxes": [box]}), encoding="utf-8")
    simulated = SimulatedWorkforce("invoice-boxes", TruthFile.read(path), setting, 3, seed)
    for answer in simulated.answers(object_id, OBJECT, {"labels": FIELDS}, 3):
        json.dumps(answer.content, allow_nan=False)
        for drawn in answer.content.get("invoiceBoxes", {}).get("boundingBoxes", []):
            assert all(isinstance(drawn[key], int) for key in ("left", "top", "width", "height"))
            assert 0 <= drawn["left"] < drawn["left"] + drawn["width"] <= 100
            assert 0 <= drawn["top"] < drawn["top"] + drawn["height"] <= 200
            assert drawn["label"] in DISPLAY.values()


def test_the_default_workers_agree_with_the_truth_mostly_but_not_always(truth):
    simulated = workforce(truth, "invoice-fields", WorkforceSettings(spam_workers=0))
    total = Score()
    for content in contents(simulated, FIELDS, 200, 3):
        ticked = content.get("not_on_document", {})
        fields = {label: {"value": content.get(label), "absent": ticked.get(label, False)} for label in PRINTED}
        total += score("invoice-fields", {"fields": fields}, TRUTH, FIELDS)
    assert 0.8 < total.accuracy < 0.95
