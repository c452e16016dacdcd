"""File names: safe and used once, whatever the keys are; and paths that cannot leave the folder."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundtruth.errors import StorageError
from groundtruth.export.folder import OutputFolder
from groundtruth.export.names import PageNames, safe_stem

RESERVED = {"con", "prn", "aux", "nul", "com1", "lpt9"}

keys = st.text() | st.text(alphabet="./\\ aA:0é\u0000\n-", max_size=12) | st.sampled_from(["CON.png", "nul", "a" * 400])


@given(keys)
def test_a_stem_is_one_safe_segment(text: str) -> None:
    stem = safe_stem(text)
    assert stem
    assert not set(stem) & set('/\\:*?"<>|\0\n\r\t')
    assert not stem.startswith((".", "-"))
    assert not stem.endswith(".")
    assert len(stem.encode()) <= 130
    assert stem.partition(".")[0].lower() not in RESERVED
    assert safe_stem(stem) == stem


@given(st.lists(keys, max_size=20))
def test_no_two_pages_share_a_name_even_without_case(found: list[str]) -> None:
    names = PageNames()
    stems = [names.name(f"s3://b/{key}", number)[0] for number, key in enumerate(found)]
    assert len({stem.casefold() for stem in stems}) == len(stems)


def test_the_first_keeps_its_name_and_the_others_get_a_mark() -> None:
    names = PageNames()
    refs = ["s3://b/x/scan.png", "s3://b/y/scan.png", "s3://b/y/SCAN.png", "s3://b/y/scan.png"]
    found = ["".join(names.name(ref, 1)) for ref in refs]
    assert found[0] == "scan.png"
    assert all(name.lower().startswith("scan-") and name.endswith(".png") for name in found[1:])
    assert names.renamed == 3
    again = PageNames()
    assert ["".join(again.name(ref, 1)) for ref in refs] == found


def test_text_without_an_image_is_named_by_its_line() -> None:
    assert PageNames().name("", 17) == ("line-000017", "")


@pytest.mark.parametrize("relative", ["../x", "a/../../x", "/etc/x", "a/..", "", "a/\0"])
def test_nothing_is_written_outside_the_folder(tmp_path: Path, relative: str) -> None:
    with OutputFolder(tmp_path / "out") as folder, pytest.raises(StorageError):
        folder.write(relative, b"")
    assert not (tmp_path / "x").exists()
