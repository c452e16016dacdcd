"""Looks at every object that a manifest names."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import batched

from groundtruth.check import rules
from groundtruth.check.account import Account, RefusedError
from groundtruth.check.finding import Finding
from groundtruth.storage import S3Location

LARGEST_IMAGE = 40_000_000
"""Bytes of an image (developer guide, input-data-limits)."""

_AT_ONCE = 16
_BATCH = 1_000


def object_findings(account: Account, file: str, sources: Iterable[tuple[int, str]]) -> Iterator[Finding]:
    """What is wrong with the objects of a manifest's lines (number, S3 URI), in their order.

    Raises RequestError when S3 cannot be asked at all.
    """

    def look(source: tuple[int, str]) -> Finding | None:
        line, uri = source
        return _finding(account, file, line, S3Location.parse(uri))

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for batch in batched(sources, _BATCH, strict=False):
            yield from (finding for finding in pool.map(look, batch) if finding is not None)


def _finding(account: Account, file: str, line: int, location: S3Location) -> Finding | None:
    try:
        head = account.head(location.bucket, location.key)
    except RefusedError:
        message = f"You may not read {location}, or it does not exist."
        remedy = "Look whether it exists; with s3:ListBucket on the bucket, S3 tells the two apart."
        return rules.OBJECT_REFUSED.finding(message, remedy, line=line, file=file)
    if head is None:
        return rules.OBJECT_MISSING.finding(
            f"There is no object {location}.", "Upload it, or remove the line.", line=line, file=file
        )
    size = head["ContentLength"]
    if size == 0:
        return rules.OBJECT_SIZE.finding(f"{location} is empty.", "Upload it again.", line=line, file=file)
    if size > LARGEST_IMAGE:
        message = f"{location} has {size:,} bytes; an image may have {LARGEST_IMAGE:,}."
        return rules.OBJECT_SIZE.finding(message, "Render it at a lower resolution.", line=line, file=file)
    return None
