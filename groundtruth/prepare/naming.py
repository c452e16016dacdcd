"""What documents are called: in the manifest, and in S3 (contract section 5; S3 user guide, "Safe characters").

File names come from anywhere. What goes into a key is letters, digits, dots, hyphens and underscores, so that it needs no
quoting in a URL, cannot climb out of its prefix, and is a file name on any system.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from groundtruth.errors import RequestError
from groundtruth.storage import S3Location

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_BUCKET = re.compile(r"(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_LONGEST_SLUG = 300
_LONGEST_PREFIX = 500


def shown_name(parts: Sequence[str]) -> str:
    """A path's parts as one name that can be printed and written as UTF-8: what cannot be is replaced."""
    text = "/".join(parts).encode("utf-8", "replace").decode()
    return "".join("\ufffd" if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else c for c in text)


def slugs(paths: Iterable[Sequence[str]]) -> list[str]:
    """A slug for each path (its parts below the folder), the same for the same folder and no two alike, whatever the case.

    A path of safe characters gives itself without its ending. Others also get eight digits of the path's SHA-256, and so do files that differ in
    nothing but their ending or the case: all of them but a single PDF.
    """
    listed = [tuple(parts) for parts in paths]
    plain = [_plain(parts) for parts in listed]
    uses = Counter(slug.casefold() for slug in plain)
    uses_by_pdf = Counter(slug.casefold() for slug, parts in zip(plain, listed, strict=True) if _is_pdf(parts))
    taken: set[str] = set()
    result = []
    for parts, slug in zip(listed, plain, strict=True):
        is_itself = "/".join(parts) == f"{slug}{PurePosixPath(parts[-1]).suffix}"
        rivals = (uses_by_pdf if _is_pdf(parts) else uses)[slug.casefold()]
        chosen = slug
        if not is_itself or rivals > 1:
            digest = hashlib.sha256("/".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
            chosen = f"{slug}-{digest[:8]}"
            if chosen.casefold() in taken or chosen.casefold() in uses:
                chosen = f"{slug}-{digest}"
        taken.add(chosen.casefold())
        result.append(chosen)
    return result


def _is_pdf(parts: Sequence[str]) -> bool:
    return parts[-1].lower().endswith(".pdf")


def _plain(parts: Sequence[str]) -> str:
    *folders, file = parts
    named = [*folders, PurePosixPath(file).stem]
    slug = "/".join(_segment(part) for part in named)
    return slug if len(slug) <= _LONGEST_SLUG else _segment(named[-1])[:_LONGEST_SLUG]


def _segment(part: str) -> str:
    """One part of a path in safe characters, accents taken off; never empty, never dots alone."""
    letters = unicodedata.normalize("NFKD", part).encode("ascii", "ignore" if part.isascii() else "replace").decode()
    return _UNSAFE.sub("-", letters).strip("-.")[:200] or "file"


def destination(uri: str) -> S3Location:
    """The place in S3 that the user names. Raises RequestError when it is none, or could not hold the objects."""
    scheme, _, rest = uri.partition("://")
    bucket, _, prefix = rest.partition("/")
    prefix = prefix.strip("/")
    if scheme != "s3" or not bucket:
        raise RequestError(f'"{uri}" is not a place in S3. Write s3://bucket/prefix.')
    if not _BUCKET.fullmatch(bucket):
        raise RequestError(
            f'"{uri}": "{bucket}" cannot be a bucket: 3 to 63 lower-case letters, digits, dots and hyphens.'
        )
    segments = prefix.split("/") if prefix else []
    if any(segment in {"", ".", ".."} or not segment.isprintable() for segment in segments):
        raise RequestError(f'"{uri}": the prefix has an empty, "." or ".." part. Write s3://bucket/prefix.')
    if len(prefix.encode()) > _LONGEST_PREFIX:
        raise RequestError(f'"{uri}": the prefix is longer than {_LONGEST_PREFIX} bytes. Shorten it.')
    return S3Location(bucket, prefix)
