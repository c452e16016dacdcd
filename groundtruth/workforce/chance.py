"""Chance that depends on nothing but what it is asked for.

Every worker's answer to every object draws from a stream of its own, so answers do not change with the order of the
objects, with how many there are, or with who else works on them.
"""

import hashlib
import random


def digest(*parts: object) -> bytes:
    """Sixteen bytes that stand for these parts, the same on every machine."""
    return hashlib.blake2b("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def stream(*parts: object) -> random.Random:
    """A stream of chance of its own for these parts; building one takes a few microseconds."""
    return random.Random(int.from_bytes(digest(*parts)))  # noqa: S311  the simulation guards no secret
