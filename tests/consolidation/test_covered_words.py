"""With the words of pages, boxes are compared by the words that they cover."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labelling_cases import URI, box, categories, data_object, page

from consolidation.errors import PayloadError, SettingsError
from consolidation.labelling import label_payload
from consolidation.page_words import read_words, words_uri
from consolidation.settings import Settings

LABELS = categories("subtotal", "total_amount")
SOURCE = "s3://acme-groundtruth/q3/pages/acme/INV-10442-p001.png"
WORDS = "s3://acme-groundtruth/q3/words/acme/INV-10442-p001.json"


def words(*places, width=1240, height=1754):
    listed = [{"text": "x", "left": x, "top": y, "width": w, "height": h} for x, y, w, h in places]
    return json.dumps({"width": width, "height": height, "words": listed}).encode()


def label(found, *answers, box_words=("pages", "words"), **options):
    """The label of one page; found: the body of the words file, None where there is none."""
    entry = data_object("0", {f"w{n}": answer for n, answer in enumerate(answers)})
    entry["dataObject"] = {"s3Uri": SOURCE}
    asked = []

    def read(uri):
        if uri == URI:
            return json.dumps([entry]).encode()
        asked.append(uri)
        if found is None:
            raise PayloadError("not there")
        return found

    labelled = label_payload(
        URI,
        read,
        categories=LABELS,
        settings=Settings("invoice-boxes", box_words=box_words, **options),
        label_attribute="label",
        record=lambda *error: pytest.fail(str(error)),
    )
    (value,) = (e["consolidatedAnnotation"]["content"]["label"] for e in labelled.response.entries)
    return value, asked


LOOSE, TIGHT = box("total_amount", 80, 85, 260, 80), box("total_amount", 101, 101, 58, 18)


def test_boxes_around_the_same_words_are_one_however_they_are_drawn():
    value, asked = label(words((100, 100, 60, 20)), page(LOOSE), page(TIGHT))
    assert asked == [WORDS]
    assert [entry["votes"] for entry in value["objects"]] == [2]
    assert (value["confidence"], value["status"]) == (1.0, "agreed")


def test_without_words_they_are_two():
    value, asked = label(words((100, 100, 60, 20)), page(LOOSE), page(TIGHT), box_words=None)
    assert asked == []
    assert [entry["votes"] for entry in value["objects"]] == [1, 1]


def test_boxes_around_other_words_stay_apart_though_they_overlap():
    lines = words((100, 100, 60, 20), (100, 124, 60, 20))
    value, _ = label(lines, page(box("subtotal", 95, 95, 70, 34)), page(box("subtotal", 95, 113, 70, 36)))
    assert [entry["votes"] for entry in value["objects"]] == [1, 1]


def test_a_merged_box_has_the_edges_that_workers_drew():
    value, _ = label(words((100, 100, 60, 20)), page(LOOSE), page(LOOSE), page(LOOSE))
    assert value["annotations"] == [{"class_id": 1, "left": 80, "top": 85, "width": 260, "height": 80}]


def test_boxes_around_no_word_are_compared_by_their_edges():
    stamp = box("subtotal", 500, 500, 100, 100)
    value, _ = label(words((100, 100, 60, 20)), page(stamp), page(box("subtotal", 505, 500, 100, 100)))
    assert value["objects"][0]["votes"] == 2
    assert 0.9 < value["confidence"] < 1.0


def test_words_of_an_image_of_another_size_are_scaled():
    half = words((50, 50, 30, 10), width=620, height=877)
    value, _ = label(half, page(LOOSE), page(TIGHT))
    assert [entry["votes"] for entry in value["objects"]] == [2]


@pytest.mark.parametrize(
    "found", [None, b"not JSON", b"[]", b'{"words": []}', b'{"width": 0, "height": 1, "words": []}']
)
def test_missing_words_are_noted_and_edges_count(found):
    value, _ = label(found, page(LOOSE), page(LOOSE))
    assert value["objects"][0]["votes"] == 2
    assert value["notes"] == ["the words of its page were not found: boxes are compared by their edges"]


def test_words_without_a_place_are_passed_over():
    body = {"width": 9, "height": 9, "words": [{"text": "a"}, "b", {"left": 1, "top": 1, "width": 1, "height": True}]}
    found = read_words(json.dumps(body).encode())
    assert found is not None
    assert len(found.edges) == 0


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (SOURCE, WORDS),
        ("s3://b/pages/pages/p.jpeg", "s3://b/pages/words/p.json"),
        ("s3://b/pages/p", "s3://b/words/p.json"),
        ("s3://b/images/p.png", None),
        ("ACME /pages/ text", None),
    ],
)
def test_words_lie_beside_the_pages_under_the_same_name(image, expected):
    assert words_uri(image, ("pages", "words")) == expected


def test_the_folders_are_set_in_the_environment():
    environment = {"TASK_TYPE": "invoice-boxes"}
    assert Settings.from_environment(environment).box_words is None
    assert Settings.from_environment(environment | {"BOX_WORDS": "pages:/ocr/words/"}).box_words == (
        "pages",
        "ocr/words",
    )
    for wrong in ("pages", ":words", "a:b:c"):
        with pytest.raises(SettingsError, match=r"BOX_WORDS is .* such as pages:words"):
            Settings.from_environment(environment | {"BOX_WORDS": wrong})


some_words = st.lists(st.tuples(*[st.integers(0, 1200)] * 2, *[st.integers(0, 90)] * 2), max_size=12)
some_boxes = st.lists(st.tuples(*[st.integers(0, 1200)] * 2, *[st.integers(1, 400)] * 2), max_size=4)


@settings(deadline=None, max_examples=40)
@given(some_words, st.lists(some_boxes, min_size=1, max_size=4))
def test_any_words_leave_values_bounded_and_unanimous_boxes_unchanged(places, drawn):
    pages = [page(*(box("subtotal", *place) for place in one)) for one in drawn]
    value, _ = label(words(*places), *pages)
    assert 0.0 <= value["confidence"] <= 1.0
    assert all(0.0 <= entry["confidence"] <= 1.0 for entry in value["objects"])
    one = box("subtotal", 100, 100, 300, 200)
    same, _ = label(words(*places), page(one), page(one))
    assert [(a["left"], a["top"], a["width"], a["height"]) for a in same["annotations"]] == [(100, 100, 300, 200)]
    assert same["confidence"] == 1.0
