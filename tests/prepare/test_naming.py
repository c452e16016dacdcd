"""Whatever files are called, their objects get names that are safe, different, and the same every time."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundtruth.errors import RequestError
from groundtruth.prepare.naming import destination, shown_name, slugs

names = st.text(st.characters(exclude_characters="/\0"), min_size=1, max_size=40).filter(lambda n: n not in {".", ".."})
paths = st.lists(names, min_size=1, max_size=4).map(tuple)


@given(st.lists(paths, unique=True, max_size=30))
def test_slugs_are_safe_and_no_two_are_alike_even_where_case_does_not_count(listed: list[tuple[str, ...]]):
    found = slugs(listed)
    assert len({slug.casefold() for slug in found}) == len(listed)
    for slug in found:
        assert len(slug) < 700
        for segment in slug.split("/"):
            assert re.fullmatch(r"[A-Za-z0-9._-]+", segment)
            assert not segment.startswith(".")


@given(st.lists(paths, unique=True, max_size=10))
def test_slugs_do_not_depend_on_the_order_of_hashing(listed: list[tuple[str, ...]]):
    assert slugs(listed) == slugs(listed)


def test_a_plain_pdf_keeps_its_name_whatever_lies_beside_it():
    assert slugs([("INV-1.json",), ("INV-1.pdf",), ("acme", "2.pdf")])[1:] == ["INV-1", "acme/2"]


@pytest.mark.parametrize(
    "listed",
    [
        [("a b.pdf",), ("a-b.pdf",), ("a_b.pdf",)],
        [("a.pdf",), ("A.PDF",)],
        [("scan.jpg",), ("scan.png",), ("scan.jpeg",)],
        [("..", "..", "etc", "passwd")],
        [("é.pdf",), ("e.pdf",)],
        [("a/b.pdf".replace("/", "\\"),), ("a", "b.pdf")],
    ],
)
def test_names_that_would_collide_do_not(listed: list[tuple[str, ...]]):
    found = slugs(listed)
    assert len({slug.casefold() for slug in found}) == len(listed)
    assert not any(".." in slug.split("/") for slug in found)


def test_the_name_of_a_document_can_always_be_written_and_shown():
    assert shown_name(["rechnung\udcff.pdf"]) == "rechnung?.pdf"
    assert shown_name(["a\x1b[31m\u202efdp.pdf"]) == "a\ufffd[31m\ufffdfdp.pdf"


@pytest.mark.parametrize(
    "uri",
    [
        "acme/q3",
        "https://acme/q3",
        "s3://",
        "s3:///q3",
        "s3://Acme/q3",
        "s3://a/q3",
        "s3://acme..x/q3",
        "s3://acme/../other",
        "s3://acme/a//b",
        "s3://acme/a\nb",
        "s3://acme/" + "a" * 501,
    ],
)
def test_a_destination_that_cannot_be_is_refused_in_one_sentence(uri: str):
    with pytest.raises(RequestError) as caught:
        destination(uri)
    assert uri.split("\n", maxsplit=1)[0] in str(caught.value)


def test_a_destination_may_end_in_a_slash_or_be_a_whole_bucket():
    assert str(destination("s3://acme/q3/")) == "s3://acme/q3"
    assert str(destination("s3://acme").joined("pages/1.png")) == "s3://acme/pages/1.png"
