"""Makes the page images of a document, whatever its format. Runs in a process of its own: what it is given is not to be trusted."""

from collections.abc import Callable

from groundtruth.prepare import pdf, pictures
from groundtruth.prepare.model import Document, Part, PartRequest, Problem

_HEAD = 1024
"""Bytes within which readers look for a PDF's mark (ISO 32000-2, annex I)."""

_HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}

_PICTURES = {"jpeg", "png", "tiff", "heic"}


def make_part(request: PartRequest) -> Part:
    """The pages asked for, as files below `request.spool` (an original that needs no change is left where it is). Never raises for a bad document."""
    document = request.document
    try:
        with document.path.open("rb") as file:
            kind = kind_of(file.read(_HEAD))
    except OSError as error:
        return Part(0, problems=(Problem(document.name, "unreadable", f"cannot be read: {error.strerror}."),))
    if kind is None:
        return Part(0, problems=(_unknown(document),))
    make: Callable[[PartRequest], Part] = pictures.make_part if kind in _PICTURES else pdf.make_part
    try:
        return make(request)
    except MemoryError:
        reason = "needs more memory than a document may take. Render it at a lower --dpi, or scale it down."
        return Part(0, problems=(Problem(document.name, "too-large", reason),))


def kind_of(head: bytes) -> str | None:
    """The format that a file's first bytes say: pdf, jpeg, png, tiff, heic; None when it is none of them."""
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return "tiff"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return "heic"
    return "pdf" if b"%PDF-" in head else None


def _unknown(document: Document) -> Problem:
    ending = document.path.suffix.lower()
    if ending in {".pdf", ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".heic", ".heif"}:
        return Problem(document.name, "broken", f"its contents are not what {ending} files hold.")
    return Problem(document.name, "unsupported", "not a PDF, TIFF, HEIC, PNG or JPEG.")
