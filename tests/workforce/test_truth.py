"""A truth file is joined to data objects without guessing, and says where it is wrong."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundtruth.errors import TruthError
from groundtruth.workforce import Box, TruthFile

RECEIPTS = Path(__file__).parents[3] / "shared" / "data" / "receipts" / "truth.jsonl"


def truth_file(folder: Path, *documents: object) -> TruthFile:
    path = folder / "truth.jsonl"
    path.write_text("".join(f"{json.dumps(document)}\n" for document in documents), encoding="utf-8")
    return TruthFile.read(path)


def page(image: str, **more: object) -> dict[str, object]:
    return {"image": image, "width": 100, "height": 200, "document_type": "invoice"} | more


def test_a_line_is_found_by_the_end_of_the_source_ref(tmp_path):
    truth = truth_file(tmp_path, page("pages/a.png"), page("b.png", document_type="receipt"))
    found = truth.of({"source-ref": "s3://bucket/2026/pages/a.png"})
    assert found is not None
    assert (found.document_type, found.width, found.height) == ("invoice", 100, 200)
    other = truth.of({"source-ref": "s3://bucket/b.png"})
    assert other is not None
    assert other.document_type == "receipt"


@pytest.mark.parametrize(
    "reference",
    [
        "s3://bucket/pages/ba.png",
        "s3://bucket/a.png/x",
        "s3://bucket/2026pages/a.png",
        "s3://pages/a.png",
        "s3://bucket/a.png",
    ],
)
def test_half_a_path_segment_and_the_bucket_are_no_match(tmp_path, reference):
    assert truth_file(tmp_path, page("pages/a.png")).of({"source-ref": reference}) is None


def test_a_whole_source_ref_is_matched_whole(tmp_path):
    truth = truth_file(tmp_path, {"source-ref": "s3://one/a.png", "document_type": "receipt"})
    assert truth.of({"source-ref": "s3://two/a.png"}) is None
    found = truth.of({"source-ref": "s3://one/a.png"})
    assert found is not None
    assert found.document_type == "receipt"


def test_a_line_with_both_names_is_one_line(tmp_path):
    truth = truth_file(tmp_path, page("a.png", **{"source-ref": "s3://one/pages/a.png"}))
    assert len(truth) == 1
    assert truth.of({"source-ref": "s3://one/pages/a.png"}) == truth.of({"source-ref": "s3://two/a.png"})


def test_two_lines_that_could_be_meant_are_an_error(tmp_path):
    truth = truth_file(tmp_path, page("a.png"), page("pages/a.png"))
    with pytest.raises(TruthError, match=r"truth\.jsonl, lines 1, 2: .*s3://bucket/pages/a\.png.*source-ref"):
        truth.of({"source-ref": "s3://bucket/pages/a.png"})


def test_objects_without_an_image_have_no_truth(tmp_path):
    truth = truth_file(tmp_path, page("a.png"))
    assert truth.of({"source": "ACME INVOICE 17"}) is None
    assert truth.of({}) is None


def test_missing_names_the_objects_the_file_lacks(tmp_path):
    truth = truth_file(tmp_path, page("a.png"))
    objects = [{"source-ref": "s3://b/a.png"}, {"source-ref": "s3://b/c.png"}, {"source": "some text"}]
    assert truth.missing(objects) == ("s3://b/c.png", "some text")


def test_boxes_and_fields_come_back_as_written(tmp_path):
    box = {"label": "total_amount", "left": 91.5, "top": 140, "width": 14, "height": 3}
    truth = truth_file(tmp_path, page("a.png", boxes=[box], fields={"total_amount": "1,204.50", "due_date": None}))
    found = truth.of({"source-ref": "s3://b/a.png"})
    assert found is not None
    assert found.boxes == (Box("total_amount", 91.5, 140, 14, 3),)
    assert dict(found.fields) == {"total_amount": "1,204.50", "due_date": None}


def test_the_file_knows_its_document_types(tmp_path):
    truth = truth_file(tmp_path, page("a.png"), page("b.png", document_type="receipt"), page("c.png"))
    assert truth.document_types == ("invoice", "receipt")


BOX = {"label": "total", "left": 1, "top": 1, "width": 5, "height": 5}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{'image': 'a.png'}", "not JSON"),
        ("[]", "not a JSON object"),
        ('"a.png"', "not a JSON object"),
        ("{}", 'neither "image" nor "source-ref"'),
        (json.dumps({"image": 7}), '"image" must be the path'),
        (json.dumps({"image": ""}), '"image" must be the path'),
        (json.dumps(page("a.png", document_type=3)), '"document_type" must be a label'),
        (json.dumps({"image": "a.png", "boxes": [BOX]}), '"width" must be the image\'s width in whole pixels'),
        (json.dumps(page("a.png", height=-4)), '"height" must be'),
        (json.dumps(page("a.png", boxes={})) + " ", None),
        (json.dumps(page("a.png", boxes="x")), '"boxes" must be a list'),
        (json.dumps(page("a.png", boxes=[BOX, {"label": 3}])), '"boxes" item 2: must be'),
        (json.dumps(page("a.png", boxes=[BOX | {"left": "3"}])), '"boxes" item 1: "left" must be a number'),
        (json.dumps(page("a.png", boxes=[BOX | {"top": float("nan")}])), '"top" must be a number'),
        (json.dumps(page("a.png", boxes=[BOX | {"width": 0}])), "more than 0 pixels"),
        (json.dumps(page("a.png", fields=[])), None),
        (json.dumps(page("a.png", fields=["x"])), '"fields" must be an object'),
        (json.dumps(page("a.png", fields={"total": 9.0})), 'field "total" is 9.0. Write the value as printed'),
        (json.dumps(page("first.png")), "already on line 1"),
    ],
)
def test_a_wrong_line_is_named_with_its_key(tmp_path, line, says):
    path = tmp_path / "truth.jsonl"
    path.write_text(json.dumps(page("first.png")) + "\n\n" + line + "\n", encoding="utf-8")
    if says is None:
        assert len(TruthFile.read(path)) == 2
        return
    with pytest.raises(TruthError) as error:
        TruthFile.read(path)
    assert str(error.value).startswith(f"{path}, line 3")
    assert says in str(error.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(TruthError, match=r"no-truth\.jsonl: the truth file cannot be read \(No such file"):
        TruthFile.read(tmp_path / "no-truth.jsonl")


def test_windows_line_ends_and_blank_lines_are_fine(tmp_path):
    path = tmp_path / "truth.jsonl"
    path.write_bytes(b"\r\n".join([json.dumps(page("a.png")).encode(), b"", json.dumps(page("é.png")).encode(), b""]))
    truth = TruthFile.read(path)
    assert truth.of({"source-ref": "s3://b/é.png"}) == truth.of({"source-ref": "s3://b/a.png"})


@given(content=st.binary(max_size=300))
def test_any_file_is_read_or_refused_in_one_message(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "truth.jsonl"
    path.write_bytes(content)
    message = None
    try:
        TruthFile.read(path)
    except TruthError as error:
        message = str(error)
    assert message is None or message.startswith(str(path))


@pytest.mark.data
def test_the_real_receipts_are_read_unchanged():
    if not RECEIPTS.exists():
        message = "shared/data/receipts is not beside the project"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    truth = TruthFile.read(RECEIPTS)
    assert len(truth) == 60
    found = truth.of({"source-ref": "s3://receipts/images/sroie-000.jpg"})
    assert found is not None
    assert found.fields["total"] == "9.00"
    assert found.document_type is None
    assert {box.label for box in found.boxes} == {"company", "address", "date", "total"}
