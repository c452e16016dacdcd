"""A manifest that Ground Truth would not take is refused with its line, what is wrong, and the remedy."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundtruth.errors import ManifestError
from groundtruth.manifest import read_manifest

GOOD = b'{"source-ref": "s3://invoices/1.png", "page": 1}'


def read(*lines: bytes) -> list[dict[str, object]]:
    return [line.data_object for line in read_manifest(lines, "q3.manifest")]


def test_every_key_of_a_line_is_kept_and_ids_count_from_zero():
    lines = list(read_manifest([GOOD, b'{"source": "TOTAL 9.00"}\r', b""], "q3.manifest"))
    assert [(line.dataset_object_id, line.source_ref) for line in lines] == [("0", "s3://invoices/1.png"), ("1", None)]
    assert lines[0].data_object == {"source-ref": "s3://invoices/1.png", "page": 1}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{'source': 'x'}", "Use double quotes"),
        (b"[", "no pretty-printing, no array"),
        (b'["s3://invoices/1.png"]', "not a JSON object"),
        (b"\xef\xbb\xbf" + GOOD, "without BOM"),
        (b'{"source": "\xff"}', "Save the manifest as UTF-8"),
        (b'{"source": "a", "source": "b"}', '"source" stands twice'),
        (b'{"page": 1}', 'neither "source-ref" nor "source"'),
        (b'{"source": "x", "source-ref": "s3://a/b"}', 'both "source-ref" and "source"'),
        (b'{"source-ref": "invoices/17.png"}', "Write s3://bucket/key"),
        (b'{"source-ref": "s3://invoices"}', "names a bucket and no object"),
        (b'{"source-ref": 7}', "is not a text"),
        (b'{"source": ""}', "is not a text"),
        (b'{"source": "x", "$id": 1}', '"$id" begins with "$"'),
        (json.dumps({"source": "x", "ocr": "y" * 20_001}).encode(), '"ocr" has more than 20,000 characters'),
        (json.dumps({"source": "x", **{f"k{i}": "y" * 19_000 for i in range(6)}}).encode(), "at most 100,000 a line"),
    ],
)
def test_a_bad_line_is_named(line: bytes, said: str):
    with pytest.raises(ManifestError, match=r"^q3.manifest, line 2: ") as raised:
        read(GOOD, line)
    assert said in str(raised.value)


def test_a_blank_line_between_objects_and_an_empty_manifest_are_refused():
    with pytest.raises(ManifestError, match="line 2: the line is blank"):
        read(GOOD, b"", GOOD)
    for nothing in ([], [b""], [b"\n", b""]):
        with pytest.raises(ManifestError, match="is empty"):
            read(*nothing)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_data_object_or_the_one_error(line: bytes):
    try:
        objects = read(GOOD, line)
    except ManifestError:
        return
    assert all(("source" in entry) != ("source-ref" in entry) for entry in objects)


KEYS = st.sampled_from(["page", "a", ":", 'say ":', "key: ", "\\", "é", "$x"])
TEXTS = st.sampled_from(["", ":", '": ', '{"a": 1}', "\\", "NaN", "plain", "line\nbreak"])


@st.composite
def objects(draw, depth=2) -> tuple[str, bool]:
    """A JSON object's text, spaced in any way, and whether a key stands twice in it or in one inside it."""
    keys = draw(st.lists(KEYS, max_size=3))
    has_twice = len(set(keys)) < len(keys)
    space = draw(st.sampled_from(["", " ", "\t "]))
    pairs = []
    for key in keys:
        if depth and draw(st.booleans()):
            text, is_inside = draw(objects(depth=depth - 1))
            has_twice = has_twice or is_inside
        else:
            text = json.dumps(draw(TEXTS), ensure_ascii=draw(st.booleans()))
        pairs.append(f"{json.dumps(key)}{space}:{space}{text}")
    return "{" + f",{space}".join(pairs) + "}", has_twice


@given(objects(), TEXTS)
def test_a_key_that_stands_twice_is_seen_however_the_line_is_written(inner: tuple[str, bool], source: str):
    text, has_twice = inner
    line = f'{{"source": {json.dumps("x" + source)}, "more" :[{text}]}}'.encode()
    if not has_twice:
        assert read(line) == [json.loads(line)]
        return
    with pytest.raises(ManifestError, match="stands twice"):
        read(line)
