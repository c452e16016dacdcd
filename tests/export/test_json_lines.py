"""Lines are read and written as Python's json would, only faster."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundtruth.export.json_lines import dumps, loads

numbers = st.integers(-(2**80), 2**80) | st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(st.characters(), max_size=30)  # half surrogate pairs too
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@given(values, st.booleans())
def test_any_value_is_read_as_python_reads_it(value: Any, ascii_only: bool):
    text = json.dumps(value, ensure_ascii=ascii_only)
    line = text.encode("utf-8", "backslashreplace")
    found = loads(line)
    assert found == json.loads(line)
    assert json.dumps(found) == json.dumps(json.loads(line))  # 1 is not 1.0


@given(values)
def test_what_is_written_reads_as_the_value(value: Any):
    assert json.loads(dumps(value)) == value


@pytest.mark.parametrize("line", [b"", b"{", b"{'a': 1}", b'"\xff"', b"\xef\xbb\xbf{}", b"[" * 100_000])
def test_what_is_no_json_is_refused(line: bytes):
    with pytest.raises((ValueError, RecursionError)):
        loads(line)
