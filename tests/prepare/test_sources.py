"""The documents of a folder: in order, filtered, sampled, and nothing from outside it."""

import os
from pathlib import Path

import pytest

from groundtruth.errors import RequestError
from groundtruth.prepare.sources import Selection, find_documents, sample_size
from tests.prepare.documents import write_pdf


def names(folder: Path, **selection: object) -> list[str]:
    return [document.name for document in find_documents(folder, Selection(**selection))[0]]  # type: ignore[arg-type]


@pytest.fixture
def many(folder: Path) -> Path:
    for number in range(40):
        (folder / f"vendor-{number % 4}").mkdir(exist_ok=True)
        (folder / f"vendor-{number % 4}" / f"{number:02d}.pdf").write_bytes(b"%PDF")
    return folder


def test_documents_come_in_the_order_of_their_paths(many: Path):
    found = names(many)
    assert found == sorted(found)
    assert len(found) == 40


def test_filters_match_the_path_or_the_name_in_any_case(many: Path):
    assert len(names(many, filters=("vendor-1/*",))) == 10
    assert names(many, filters=("07.PDF",)) == ["vendor-3/07.pdf"]


def test_the_same_seed_draws_the_same_sample_and_another_seed_another(many: Path):
    first = names(many, sample="10", seed=1)
    assert len(first) == 10
    assert names(many, sample="25%", seed=1) == first
    assert names(many, sample="10", seed=2) != first


def test_a_sample_loses_little_when_the_folder_grows(many: Path):
    before = set(names(many, sample="10"))
    (many / "new.pdf").write_bytes(b"%PDF")
    assert len(before & set(names(many, sample="10"))) >= 9


def test_gold_documents_are_in_every_sample(many: Path):
    found, _ = find_documents(many, Selection(gold=("*/1?.pdf",), sample="1"))
    assert sum(document.is_gold for document in found) == 10
    assert len(found) <= 11


@pytest.mark.parametrize("sample", ["", "x", "-1", "101%", "1.5"])
def test_a_sample_that_is_no_number_is_refused(sample: str):
    with pytest.raises(RequestError, match="--sample"):
        sample_size(sample, 10)


def test_links_out_of_the_folder_are_not_followed(folder: Path, tmp_path: Path):
    outside = tmp_path / "outside"
    write_pdf(outside / "secret.pdf")
    write_pdf(folder / "a.pdf")
    (folder / "link.pdf").symlink_to(outside / "secret.pdf")
    (folder / "inside.pdf").symlink_to(folder / "a.pdf")
    (folder / "dangling.pdf").symlink_to(folder / "nowhere.pdf")
    (folder / "linked-folder").symlink_to(outside)
    found, problems = find_documents(folder, Selection())
    assert [document.name for document in found] == ["a.pdf", "inside.pdf"]
    assert {problem.document: problem.kind for problem in problems} == {"link.pdf": "link", "dangling.pdf": "link"} | {
        "dangling.pdf": "unreadable"
    }


def test_empty_and_odd_files_are_problems_and_hidden_ones_are_passed_over(folder: Path):
    (folder / "empty.pdf").touch()
    (folder / ".DS_Store").write_bytes(b"x")
    os.mkfifo(folder / "pipe.pdf")
    found, problems = find_documents(folder, Selection())
    assert found == []
    assert [(problem.document, problem.kind) for problem in problems] == [
        ("empty.pdf", "empty"),
        ("pipe.pdf", "unsupported"),
    ]


def test_no_folder_and_nothing_in_it_are_one_clear_message(folder: Path):
    with pytest.raises(RequestError, match="there is no such folder"):
        find_documents(folder / "nowhere", Selection())
    with pytest.raises(RequestError, match=r"there are no files that match \*\.tif"):
        find_documents(folder, Selection(filters=("*.tif",)))
