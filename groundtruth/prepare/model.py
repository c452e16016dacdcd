"""What passes between the steps: documents found, pages made of them, and what could not be used."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Document:
    """A file of the folder.

    name: its path below the folder, `/` between the parts, without characters that cannot be shown. slug: what its objects are called in S3,
    safe in any key and unlike any other document's.
    """

    path: Path
    name: str
    slug: str
    size: int
    modified: int
    """Of the file: bytes, and nanoseconds since 1970."""
    is_gold: bool = False

    def page_name(self, page: int) -> str:
        """What a page's objects are called; pages count from 1."""
        return f"{self.slug}-p{page:03d}"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a document, or one page of it, is not in the manifest. kind: encrypted, broken, empty, unsupported, too-large, link, unreadable, crashed or slow."""

    document: str
    kind: str
    reason: str
    page: int | None = None


type Content = bytes | Path
"""What goes to S3: the bytes themselves, or the file with them."""


def content_bytes(content: Content) -> bytes:
    """The bytes. Raises OSError when the file cannot be read."""
    return content if isinstance(content, bytes) else content.read_bytes()


@dataclass(frozen=True, slots=True)
class PageImage:
    """A page's image as it goes to S3. content: None when an earlier run has put it there.

    sha256: of the image's bytes, hexadecimal. fingerprint: see `groundtruth.prepare.fingerprint`. words: the words of the page's
    text layer, JSON, None without; has_words: whether there are any. note: what was changed to keep within a limit, empty when nothing was.
    """

    page: int
    content: Content | None
    extension: str
    sha256: str
    size: int
    width: int
    height: int
    fingerprint: bytes
    words: bytes | None = None
    has_words: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class PartRequest:
    """Some pages of one document to make: from `first` on (counted from 1), at most `most`.

    spool: the folder for files made on the way. number: of the document, which keeps its files there apart from those of others.
    """

    document: Document
    first: int
    most: int
    dpi: int
    with_words: bool
    spool: Path
    number: int = 0

    def stem(self, page: int) -> Path:
        """The path of a page's files without their endings."""
        return self.spool / f"{self.number:06d}-{page:06d}"


@dataclass(frozen=True, slots=True)
class Part:
    """The pages that came of a request. page_count: of the whole document, 0 when it has none to give."""

    page_count: int
    pages: tuple[PageImage, ...] = ()
    problems: tuple[Problem, ...] = ()
