"""The files that a job needs in S3, and where each goes.

A template goes to a key with a hash of what it holds, and label categories, manifest and gold to keys of the job's name: what a running job reads is
never overwritten. Gold, the truth of some objects, lies beside the label categories, where the consolidation functions look for it; no manifest line
and no template names it.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from groundtruth.errors import RequestError, StorageError
from groundtruth.storage import RemoteS3, S3Location
from groundtruth.submit.asked import Asked
from groundtruth.submit.places import Places

_GOLD = ".gold.jsonl"
_REGION = re.compile(
    r"(?P<begin><(?P<tag>full-instructions|detailed-instructions)\b[^>]*>).*?(?P<end></(?P=tag)\s*>)", re.DOTALL
)
_HASH = 12


@dataclass(frozen=True)
class Material:
    """A file of the job. source: what people are told that it came from. path: where it is here. target: where it is in S3, or goes.

    is_there: it lies at the target already.
    """

    source: str
    path: Path
    target: S3Location
    is_there: bool = False


@dataclass(frozen=True)
class Materials:
    """Everything that a job reads. gold: None when there is none; gold_objects: how many objects it has the truth of."""

    manifest: Material
    template: Material
    label_categories: Material
    gold: Material | None
    gold_objects: int = 0

    @property
    def all(self) -> tuple[Material, ...]:
        """In the order in which they are uploaded."""
        return tuple(
            part for part in (self.manifest, self.template, self.label_categories, self.gold) if part is not None
        )


def gather(asked: Asked, manifest: str, name: str, places: Places, storage: RemoteS3, folder: Path) -> Materials:
    """Find the files; what lies in S3 is fetched into the folder. Raises RequestError and StorageError."""
    gold = _gold(asked, manifest, name, places, storage, folder)
    lines = 0 if gold is None else sum(1 for line in gold.path.read_bytes().splitlines() if line.strip())
    return Materials(
        _manifest(manifest, name, places, storage, folder),
        _template(asked, places, storage, folder),
        _label_categories(asked, name, places, storage, folder),
        gold,
        lines,
    )


def _manifest(manifest: str, name: str, places: Places, storage: RemoteS3, folder: Path) -> Material:
    if not manifest.startswith("s3://"):
        path = Path(manifest)
        if not path.is_file():
            raise RequestError(f"{manifest}: there is no such manifest.")
        return Material(manifest, path, places.manifests.joined(f"{name}.manifest"))
    location = _object(manifest)
    if not storage.exists(location):
        raise RequestError(f"{manifest}: there is no such manifest in S3.")
    path = folder / "input.manifest"
    with path.open("wb") as copy:
        for line in storage.lines(location):
            copy.write(line + b"\n")
    return Material(manifest, path, location, True)


def _template(asked: Asked, places: Places, storage: RemoteS3, folder: Path) -> Material:
    body = _read(asked.template, "the worker template")
    path = asked.template
    if asked.instructions is not None:
        body = with_instructions(body, _read(asked.instructions, "--instructions"), str(asked.template))
        path = folder / asked.template.name
        path.write_text(body, encoding="utf-8")
    stem = asked.template.name.split(".", 1)[0]
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:_HASH]
    target = places.templates.joined(f"{stem}-{digest}.liquid.html")
    return Material(str(asked.template), path, target, _exists(storage, target))


def with_instructions(template: str, instructions: str, name: str) -> str:
    """The template with other full instructions. Raises RequestError when it has no place for them."""
    changed, count = _REGION.subn(lambda found: f"{found['begin']}\n{instructions}\n{found['end']}", template, count=1)
    if not count:
        raise RequestError(
            f"--instructions: {name} has neither <full-instructions> nor <detailed-instructions>. Add one, or edit the template."
        )
    return changed


def _label_categories(asked: Asked, name: str, places: Places, storage: RemoteS3, folder: Path) -> Material:
    """What was named, else what lies in S3 for this job, else the task type's."""
    target = places.label_categories.joined(f"{name.lower()}.json")
    if asked.label_categories is None and _exists(storage, target):
        path = folder / "label-categories.json"
        path.write_bytes(storage.get(target))
        return Material(str(target), path, target, True)
    path = asked.label_categories or asked.default_categories or Path()
    if not path.is_file():
        raise RequestError(
            f'There are no label categories for the task "{asked.task_type}": name a file with --label-categories.'
        )
    return Material(str(path), path, target)


def _gold(asked: Asked, manifest: str, name: str, places: Places, storage: RemoteS3, folder: Path) -> Material | None:
    """What was named, else what `groundtruth prepare --gold-truth` left beside the manifest."""
    target = places.label_categories.joined(f"{name.lower()}{_GOLD}")
    if asked.gold is not None:
        _read(asked.gold, "--gold")
        return Material(str(asked.gold), asked.gold, target)
    beside = manifest.removesuffix(".manifest") if manifest.endswith(".manifest") else manifest.rpartition(".")[0]
    if not manifest.startswith("s3://"):
        path = Path(manifest).with_name(f"{Path(manifest).stem}{_GOLD}")
        return Material(str(path), path, target) if path.is_file() else None
    location = _object(f"{beside}{_GOLD}") if beside else None
    if location is None or not _exists(storage, location):
        return None
    path = folder / "gold.jsonl"
    path.write_bytes(storage.get(location))
    return Material(str(location), path, target)


def _exists(storage: RemoteS3, location: S3Location) -> bool:
    """Whether the object is there; one that may not be looked at counts as missing."""
    try:
        return storage.exists(location)
    except StorageError:
        return False


def _object(uri: str) -> S3Location:
    location = S3Location.parse(uri)
    if not location.key:
        raise RequestError(f'"{uri}" names no object. Write s3://bucket/key.')
    return location


def _read(path: Path, what: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise RequestError(f"{path}: {what} cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise RequestError(f"{path}: {what} is not UTF-8 at byte {error.start}. Save it as UTF-8.") from error
