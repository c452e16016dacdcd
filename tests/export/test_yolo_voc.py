"""YOLO and Pascal VOC exports, read back by strict loaders of the documented formats.

The library of YOLO needs PyTorch; its rules are kept here: every image has a label file of the same name under `labels`, five numbers a line, shares of 0 to
1, class numbers below the count of names, names numbered from 0.
"""

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from PIL import Image

from groundtruth.export import ImageMode, Summary
from tests.export.conftest import EXPECTED, PAGES, boxes_label, line, png

Run = Callable[..., Summary]
Pages = dict[str, list[tuple[str, float, float, float, float]]]


def load_yolo(out: Path, key: str) -> Pages:
    data = yaml.safe_load((out / "data.yaml").read_text())
    assert list(data["names"]) == list(range(len(data["names"])))
    pages: Pages = {}
    images = sorted((out / data[key]).iterdir())
    assert images
    for image in images:
        assert image.suffix in {".png", ".jpg"}
        with Image.open(image) as opened:
            width, height = opened.size
        label = Path(str(image.with_suffix(".txt")).replace("/images/", "/labels/"))
        pages[image.stem] = []
        for text in label.read_text().splitlines():
            number, *shares = text.split(" ")
            x, y, w, h = map(float, shares)
            assert all(0 <= share <= 1 for share in (x, y, w, h))
            name = data["names"][int(number)]
            pages[image.stem].append((name, (x - w / 2) * width, (y - h / 2) * height, w * width, h * height))
    return pages


def load_voc(out: Path, part: str) -> Pages:
    pages: Pages = {}
    for stem in (out / f"ImageSets/Main/{part}.txt").read_text().split("\n")[:-1]:
        root = ElementTree.parse(out / f"Annotations/{stem}.xml").getroot()
        assert root.tag == "annotation"
        filename = root.findtext("filename") or ""
        with Image.open(out / "JPEGImages" / filename) as opened:
            assert [root.findtext(f"size/{side}") for side in ("width", "height")] == [str(n) for n in opened.size]
        pages[stem] = []
        for found in root.findall("object"):
            left, top, right, bottom = (
                float(found.findtext(f"bndbox/{edge}") or "") for edge in ("xmin", "ymin", "xmax", "ymax")
            )
            pages[stem].append((found.findtext("name") or "", left, top, right - left, bottom - top))
    return pages


def assert_same(found: Pages, expected: Pages) -> None:
    assert found.keys() == expected.keys()
    for name, boxes in expected.items():
        assert [box[0] for box in found[name]] == [box[0] for box in boxes]
        for one, other in zip(found[name], boxes, strict=True):
            assert one[1:] == pytest.approx(other[1:], abs=1e-5)


def test_a_yolo_loader_finds_every_box_beside_its_image(run: Run, images: Path, tmp_path: Path) -> None:
    run("yolo", *PAGES, images=ImageMode.COPY, source=images)
    assert_same(load_yolo(tmp_path / "out", "train"), EXPECTED)
    assert_same(load_yolo(tmp_path / "out", "val"), EXPECTED)


def test_yolo_data_names_the_folder_of_each_part(run: Run, images: Path, tmp_path: Path) -> None:
    summary = run("yolo", *PAGES, images=ImageMode.LINK, source=images, split=(0.4, 0.3, 0.3), seed=22)
    assert all(part.pages for part in summary.parts.values()), "the seed leaves a part empty: choose another"
    pages: Pages = {}
    for key in ("train", "val", "test"):
        pages.update(load_yolo(tmp_path / "out", key))
    assert_same(pages, EXPECTED)


def test_yolo_names_can_hold_anything(run: Run, tmp_path: Path) -> None:
    label = boxes_label((0, 1, 1, 9, 9))
    label["class-map"] = {"0": "né: 'a' # {b}\n- c"}
    run("yolo", line("1.png", label))
    assert yaml.safe_load((tmp_path / "out/data.yaml").read_text())["names"] == {0: "né: 'a' # {b}\n- c"}


def test_a_voc_loader_finds_every_box_beside_its_image(run: Run, images: Path, tmp_path: Path) -> None:
    run("voc", *PAGES, images=ImageMode.COPY, source=images)
    assert_same(load_voc(tmp_path / "out", "trainval"), EXPECTED)


def test_voc_lists_each_part(run: Run, images: Path, tmp_path: Path) -> None:
    run("voc", *PAGES, images=ImageMode.COPY, source=images, split=(0.4, 0.3, 0.3), seed=22)
    pages: Pages = {}
    for part in ("train", "val", "test"):
        pages.update(load_voc(tmp_path / "out", part))
    assert_same(pages, EXPECTED)


def test_voc_stays_xml_whatever_the_names_are(run: Run, tmp_path: Path) -> None:
    label = boxes_label((0, 1, 1, 9, 9))
    label["class-map"] = {"0": "<b>&\u0001\ud800]]>"}
    run("voc", line("1 & <2>.png", label))
    (path,) = (tmp_path / "out/Annotations").iterdir()
    root = ElementTree.parse(path).getroot()
    assert root.findtext("object/name") == "<b>&\ufffd\ufffd]]>"
    assert root.findtext("source/image") == "s3://acme/pages/1 & <2>.png"


@pytest.mark.parametrize("to", ["yolo", "voc", "coco"])
def test_without_a_size_the_image_tells_it_and_boxes_are_cut_to_it(run: Run, to: str, tmp_path: Path) -> None:
    label = boxes_label((0, 10, 10, 500, 20), (1, 300, 10, 5, 5))
    label["image_size"] = []
    (tmp_path / "source").mkdir()
    (tmp_path / "source/x.png").write_bytes(png(100, 50))
    summary = run(to, line("x.png", label), source=tmp_path / "source")
    assert summary.pages == 1
    assert summary.classes == {"vendor_name": 1, "invoice_date": 0}
    assert summary.changed["box cut at the image's edge"].count == 1
    assert summary.left_out_details["box outside the image"].count == 1
    assert run(to, line("x.png", label), overwrite=True).left_out["no image size"].lines == (1,)
