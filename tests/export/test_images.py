"""Page images, the output folder, and manifests in S3."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from groundtruth.errors import RequestError, StorageError
from groundtruth.export import ExportSettings, ImageMode, Summary, export
from groundtruth.storage import EmbeddedS3, S3Location
from tests.export.conftest import PAGES, boxes_label, line, png

Run = Callable[..., Summary]


@pytest.fixture
def s3(tmp_path: Path) -> Iterator[EmbeddedS3]:
    with EmbeddedS3(tmp_path / "s3") as storage:
        storage.ensure_bucket("acme")
        yield storage


def test_manifest_and_images_come_from_s3(s3: EmbeddedS3, tmp_path: Path) -> None:
    manifest = "s3://acme/out/output.manifest"
    s3.put(S3Location.parse(manifest), "".join(json.dumps(page) + "\n" for page in PAGES).encode())
    for number, name in enumerate("abd"):
        s3.put(S3Location("acme", f"pages/{name}.png"), png(1000, 800, number))
    settings = ExportSettings("coco", images=ImageMode.COPY)
    summary = export(manifest, tmp_path / "out", settings, s3)
    assert sorted(path.name for path in (tmp_path / "out/images/all").iterdir()) == ["a.png", "b.png", "d.png"]
    assert (tmp_path / "out/images/all/b.png").read_bytes() == png(1000, 800, 1)
    assert summary.left_out["no image"].lines == (3,)

    s3.put(S3Location("acme", "pages/c.png"), png(1000, 800, 2))
    untouched = (tmp_path / "out/images/all/b.png").stat().st_mtime_ns
    assert export(manifest, tmp_path / "out", settings, s3).pages == 4, "started again it goes on"
    assert (tmp_path / "out/images/all/b.png").stat().st_mtime_ns == untouched


def test_keys_that_climb_stay_in_the_folder_and_read_nothing_else(run: Run, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(png(1000, 800))
    source = tmp_path / "source"
    source.mkdir()
    (source / "inside.png").symlink_to(tmp_path / "secret.png")
    refs = ["s3://acme/../secret.png", "s3://acme/x/../../secret.png", "s3://acme/inside.png"]
    pages = [{**line("x", boxes_label((0, 1, 1, 9, 9))), "source-ref": ref} for ref in refs]
    summary = run("yolo", *pages, images=ImageMode.COPY, source=source)
    assert summary.left_out["no image"].count == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "output.manifest", "secret.png", "source"]


def test_an_image_of_another_size_than_its_label_says_is_told(run: Run, images: Path) -> None:
    (images / "pages/a.png").write_bytes(png(500, 400))
    summary = run("coco", *PAGES, images=ImageMode.LINK, source=images)
    assert summary.changed["image size differs"].lines == (1,)


def test_links_lead_to_the_source(run: Run, images: Path, tmp_path: Path) -> None:
    run("voc", *PAGES, images=ImageMode.LINK, source=images)
    link = tmp_path / "out/JPEGImages/a.png"
    assert link.is_symlink()
    assert link.resolve() == (images / "pages/a.png").resolve()


def test_links_need_a_folder(run: Run) -> None:
    with pytest.raises(RequestError, match="--source"):
        run("yolo", *PAGES, images=ImageMode.LINK)


def test_no_image_at_all_is_an_error(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    pages = [line(f"{n}.png", boxes_label()) for n in range(40)]
    with pytest.raises(StorageError, match="None of the first 25 images"):
        run("yolo", *pages, images=ImageMode.COPY, source=tmp_path / "empty")


def test_two_exports_never_mix(run: Run, tmp_path: Path) -> None:
    run("yolo", *PAGES, split=(0.4, 0.3, 0.3))
    with pytest.raises(RequestError, match="--overwrite"):
        run("yolo", *PAGES, split=(0.4, 0.3, 0.3), seed=1)
    with pytest.raises(RequestError, match="--overwrite"):
        run("yolo", *PAGES[:2], split=(0.4, 0.3, 0.3))
    run("coco", *PAGES, overwrite=True)
    assert not (tmp_path / "out/labels").exists()


def test_a_folder_of_something_else_is_never_touched(run: Run, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/thesis.txt").write_text("years of work")
    with pytest.raises(RequestError, match="no export"):
        run("coco", *PAGES, overwrite=True)
    assert (tmp_path / "out/thesis.txt").read_text() == "years of work"


def test_inline_text_has_no_image_to_export(run: Run) -> None:
    label = {"class_id": 0, "class-name": "invoice", "votes": {}, "confidence": 1, "status": "agreed"}
    page = {"source": "Invoice no. 7", "t": label, "t-metadata": {"type": "groundtruth/custom"}}
    assert run("ground-truth", page).pages == 1
    assert run("huggingface", page, images=ImageMode.COPY, overwrite=True).left_out["no image"].count == 1
