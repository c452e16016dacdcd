"""Reads the payload of a consolidation call: which data objects, and what each worker answered.

Ground Truth's payload is a JSON array of data objects. An answer is a JSON string in `annotationData.content`, or lies in S3
at `annotationData.s3Uri` (also spelled `s3uri`), bare or in a worker-response file.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from consolidation.answers import unwrapped
from consolidation.data_objects import Answer, DataObject, count
from consolidation.errors import PayloadError
from consolidation.page_words import PageWords, read_words, words_uri

ReadObject = Callable[[str], bytes]
"""Reads the bytes at an S3 URI; raises PayloadError."""

LONGEST_ID = 1_024
"""Bytes of a data object's id, as Ground Truth allows in streaming jobs."""
_READERS = 16
_AHEAD = 64
"""Pages whose words are read in one go, which bounds the memory."""
_UNREADABLE_IN_S3 = "its file in S3 could not be read"
_NOT_JSON = "not JSON"
_NOT_AN_OBJECT = "not an object"


class Payload:
    """The data objects of one call, parsed one by one so that a large payload is never held twice.

    word_folders: those of page images and of their words, where words are wanted (`page_words`). `skipped`: entries without a usable id, for which no
    response entry can exist.
    """

    def __init__(self, uri: str, read: ReadObject, word_folders: tuple[str, str] | None = None) -> None:
        self._read = read
        self._word_folders = word_folders
        entries = _parsed_payload(read(uri), uri)
        self.skipped = 0
        self._annotations: dict[str, list[Any]] = {}
        self._notes: dict[str, list[str]] = {}
        self._sources: dict[str, tuple[str, int | None]] = {}
        for entry in entries:
            self._add(entry)

    @property
    def ids(self) -> list[str]:
        """The requested objects' ids, each once, in the payload's order."""
        return list(self._notes)

    def data_objects(self) -> Iterator[DataObject]:
        """Each object once, in the order of ids, so that nothing depends on the payload's order. Can be read once."""
        contents = self._answers_in_s3()
        for object_id, words in self._with_words(sorted(self._annotations)):
            annotations = self._annotations.pop(object_id)
            source, characters = self._sources.pop(object_id)
            notes = self._notes[object_id]
            if self._word_folders is not None and words is None:
                notes = [*notes, "the words of its page were not found: boxes are compared by their edges"]
            answers, remarks = _answers(annotations, notes, contents)
            yield DataObject(object_id, answers, remarks, source, characters, words)

    def _add(self, entry: object) -> None:
        object_id = entry.get("datasetObjectId") if isinstance(entry, dict) else None
        if isinstance(object_id, int) and not isinstance(object_id, bool):
            object_id = str(object_id)
        if not isinstance(entry, dict) or not isinstance(object_id, str) or not _can_be_echoed(object_id):
            self.skipped += 1
            return
        notes = self._notes.setdefault(object_id, [])
        self._sources.setdefault(object_id, _source(entry.get("dataObject")))
        annotations = entry.get("annotations")
        if object_id in self._annotations:
            notes.append("the payload lists this object twice")
        if annotations is not None and not isinstance(annotations, list):
            notes.append("its annotations are not a list")
        self._annotations.setdefault(object_id, []).extend(annotations if isinstance(annotations, list) else [])

    def _answers_in_s3(self) -> dict[str, bytes | None]:
        """The files that answers refer to, by URI; None for one that could not be read."""
        everything = (annotation for annotations in self._annotations.values() for annotation in annotations)
        uris = sorted({uri for annotation in everything if (uri := _answer_uri(annotation))})
        if not uris:
            return {}
        with ThreadPoolExecutor(max_workers=_READERS) as pool:
            return dict(zip(uris, pool.map(self._read_or_none, uris), strict=True))

    def _with_words(self, ids: list[str]) -> Iterator[tuple[str, PageWords | None]]:
        """The ids, each with the words of its page where they are wanted and found, read some ahead."""
        folders = self._word_folders
        if folders is None:
            yield from ((object_id, None) for object_id in ids)
            return
        with ThreadPoolExecutor(max_workers=_READERS) as pool:
            for start in range(0, len(ids), _AHEAD):
                part = ids[start : start + _AHEAD]
                uris = [words_uri(self._sources[object_id][0], folders) for object_id in part]
                yield from zip(part, pool.map(self._words_at, uris), strict=True)

    def _words_at(self, uri: str | None) -> PageWords | None:
        body = None if uri is None else self._read_or_none(uri)
        return None if body is None else read_words(body)

    def _read_or_none(self, uri: str) -> bytes | None:
        try:
            return self._read(uri)
        except PayloadError:
            return None


def _can_be_echoed(object_id: str) -> bool:
    """Whether the id can stand in a response: not blank, of sensible length, and encodable as UTF-8."""
    try:
        return 0 < len(object_id.encode()) <= LONGEST_ID
    except UnicodeEncodeError:
        return False


def _parsed_payload(body: bytes, uri: str) -> list[Any]:
    try:
        entries = json.loads(body)
    except (ValueError, RecursionError) as error:
        what = "nested too deeply" if isinstance(error, RecursionError) else "not JSON"
        raise PayloadError(
            f"{uri}: the payload is {what}. Check that the event names the consolidation request."
        ) from None
    if not isinstance(entries, list):
        raise PayloadError(
            f"{uri}: the payload is {type(entries).__name__}, not an array of data objects. "
            "Check that the event names the consolidation request."
        )
    return entries


def _source(data_object: object) -> tuple[str, int | None]:
    """Where the object lies in S3, or its text with its length; empty when the payload does not tell."""
    if not isinstance(data_object, dict):
        return "", None
    uri, text = data_object.get("s3Uri", data_object.get("s3uri")), data_object.get("content")
    if isinstance(uri, str):
        return uri, None
    return (text, _units(text)) if isinstance(text, str) else ("", None)


def _units(text: str) -> int:
    """The length of a text in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _answers(
    annotations: list[Any], notes: Iterable[str], contents: dict[str, bytes | None]
) -> tuple[tuple[Answer, ...], tuple[str, ...]]:
    """The workers' answers, sorted by worker, and remarks."""
    answers: dict[str, Answer] = {}
    remarks = list(dict.fromkeys(notes))
    repeated = anonymous = 0
    for annotation in annotations:
        worker = annotation.get("workerId") if isinstance(annotation, dict) else None
        if not isinstance(worker, str) or not worker:
            anonymous += 1
            continue
        if worker in answers:
            repeated += 1
            continue
        answers[worker] = _answer(worker, annotation.get("annotationData"), contents)
    if repeated:
        remarks.append(f"{count(repeated, 'further answer')} of the same worker not counted")
    if anonymous:
        remarks.append(f"{count(anonymous, 'answer')} without a worker not counted")
    return tuple(answers[worker] for worker in sorted(answers)), tuple(remarks)


def _answer_uri(annotation: object) -> str | None:
    """Where the answer of an annotation lies in S3; None when it is in the payload itself."""
    data = annotation.get("annotationData") if isinstance(annotation, dict) else None
    if not isinstance(data, dict) or "content" in data:
        return None
    uri = data.get("s3Uri", data.get("s3uri"))
    return uri if isinstance(uri, str) else None


def _answer(worker: str, data: object, contents: dict[str, bytes | None]) -> Answer:
    if not isinstance(data, dict):
        return Answer(worker, None, _NOT_AN_OBJECT)
    content = data.get("content")
    if "content" not in data:
        uri = data.get("s3Uri", data.get("s3uri"))
        body = contents.get(uri) if isinstance(uri, str) else None
        if body is None:
            return Answer(worker, None, _UNREADABLE_IN_S3)
        content = _of_worker(worker, _loaded(body))
    if isinstance(content, str):
        content = _loaded(content)
        if isinstance(content, str):
            content = _loaded(content)
    if content is _BROKEN:
        return Answer(worker, None, _NOT_JSON)
    content = unwrapped(content)
    return Answer(worker, content) if isinstance(content, dict) else Answer(worker, None, _NOT_AN_OBJECT)


_BROKEN = object()


def _loaded(text: str | bytes) -> Any:
    """The parsed JSON, or `_BROKEN`."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return _BROKEN


def _of_worker(worker: str, content: Any) -> Any:
    """The worker's own answer when the file is a worker-response file, else the content as it is."""
    responses = content.get("answers") if isinstance(content, dict) else None
    wrapped = (
        [response for response in responses or () if isinstance(response, dict) and "answerContent" in response]
        if isinstance(responses, list)
        else []
    )
    if not wrapped:
        return content.get("answerContent", content) if isinstance(content, dict) else content
    own = [response["answerContent"] for response in wrapped if response.get("workerId", worker) == worker]
    return own[-1] if own else None
