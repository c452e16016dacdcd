"""COCO exports, read back by pycocotools."""

import json
from collections.abc import Callable
from pathlib import Path

from pycocotools.coco import COCO

from groundtruth.export import Summary
from tests.export.conftest import EXPECTED, PAGES, boxes_label, line

Run = Callable[..., Summary]


def loaded(path: Path) -> dict[str, list[tuple[str, float, float, float, float]]]:
    coco = COCO(str(path))
    names = {category["id"]: category["name"] for category in coco.loadCats(coco.getCatIds())}
    return {
        Path(image["file_name"]).stem: [
            (names[annotation["category_id"]], *annotation["bbox"])
            for annotation in coco.loadAnns(coco.getAnnIds(imgIds=[image["id"]]))
        ]
        for image in coco.loadImgs(coco.getImgIds())
    }


def test_pycocotools_reads_every_box_of_every_page(run: Run, tmp_path: Path) -> None:
    run("coco", *PAGES)
    assert loaded(tmp_path / "out/annotations/instances_all.json") == EXPECTED


def test_the_parts_of_a_split_have_the_same_categories_and_together_every_page(run: Run, tmp_path: Path) -> None:
    summary = run("coco", *PAGES, split=(0.4, 0.3, 0.3), seed=22)
    parts = [tmp_path / f"out/annotations/instances_{part}.json" for part in ("train", "validation", "test")]
    pages: dict[str, object] = {}
    for path in parts:
        pages.update(loaded(path))
    assert pages == EXPECTED
    assert len({json.dumps(json.loads(path.read_text())["categories"]) for path in parts}) == 1
    assert [part.pages for part in summary.parts.values()] == [len(loaded(path)) for path in parts]


def test_sizes_confidences_and_places_of_images_are_told(run: Run, tmp_path: Path) -> None:
    run("coco", *PAGES)
    coco = json.loads((tmp_path / "out/annotations/instances_all.json").read_text())
    first = coco["images"][0]
    assert (first["width"], first["height"], first["coco_url"]) == (1000, 800, "s3://acme/pages/a.png")
    assert [a["attributes"]["confidence"] for a in coco["annotations"][:2]] == [0.9, 0.8]
    assert [a["area"] for a in coco["annotations"][:2]] == [12000, 120.5 * 33]


def test_a_class_id_that_means_two_things_becomes_two_categories(run: Run, tmp_path: Path) -> None:
    one, two = boxes_label((0, 1, 1, 9, 9)), boxes_label((0, 2, 2, 9, 9))
    two["class-map"] = {"0": "stamp"}
    run("coco", line("1.png", one), line("2.png", two))
    assert loaded(tmp_path / "out/annotations/instances_all.json") == {
        "1": [("vendor_name", 1, 1, 9, 9)],
        "2": [("stamp", 2, 2, 9, 9)],
    }


def test_given_label_categories_fix_the_order_of_the_classes(run: Run, tmp_path: Path) -> None:
    summary = run("coco", *PAGES, label_categories=("total_amount", "iban", "vendor_name"))
    coco = json.loads((tmp_path / "out/annotations/instances_all.json").read_text())
    assert [c["name"] for c in coco["categories"]] == ["total_amount", "iban", "vendor_name"]
    assert summary.left_out_details["box of unknown class"].lines == (2,)
    assert summary.classes == {"total_amount": 3, "iban": 0, "vendor_name": 2}


def test_a_box_with_true_for_a_number_leaves_the_document_readable(run: Run, tmp_path: Path) -> None:
    label = boxes_label((0, True, 1, 9, 9))
    del label["objects"]
    run("coco", line("x.png", label))
    coco = json.loads((tmp_path / "out/annotations/instances_all.json").read_text())
    assert [repr(a["bbox"]) for a in coco["annotations"]] == ["[1, 1, 9, 9]"]
