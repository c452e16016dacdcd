"""JSON of one line as fast as it can be had: orjson for nearly all of it, Python's own where the two would differ."""

import json
from typing import Any

import orjson

_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_LONG_NUMBER = b"0" * 19
"""orjson makes a fraction of a whole number above 64 bits."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def loads(line: bytes) -> Any:
    """The value that a line's JSON states. Raises ValueError or RecursionError when it is none."""
    if line.translate(_DIGITS).find(_LONG_NUMBER) < 0:
        try:
            return orjson.loads(line)
        except orjson.JSONDecodeError:  # half of a surrogate pair, NaN, or no JSON at all
            pass
    return json.loads(line.decode())


def dumps(value: Any) -> bytes:
    """Compact JSON in UTF-8; half a surrogate pair, which UTF-8 cannot hold, keeps its JSON escape."""
    try:
        return orjson.dumps(value)
    except TypeError:  # half of a surrogate pair, a whole number above 64 bits
        return _encode(value).encode("utf-8", "backslashreplace")
