"""The words of a PDF's own text stand where they are printed in the page's image."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from fpdf import FPDF
from PIL import Image

from groundtruth.prepare.model import PageImage, PartRequest, content_bytes
from groundtruth.prepare.rendering import make_part
from tests.prepare.documents import document, write_pdf


def pages(path: Path, spool: Path) -> tuple[PageImage, ...]:
    spool.mkdir(exist_ok=True)
    return make_part(PartRequest(document(path), 1, 8, 150, True, spool)).pages


def words_of(page: PageImage) -> dict:
    assert page.has_words
    assert page.words is not None
    return json.loads(page.words)


def assert_boxes_hold_the_ink(page: PageImage) -> None:
    """There is ink in every word's box, and none outside of all of them."""
    words = words_of(page)
    assert (words["width"], words["height"]) == (page.width, page.height)
    assert page.content is not None
    ink = np.asarray(Image.open(io.BytesIO(content_bytes(page.content))).convert("L")) < 128
    for word in words["words"]:
        rows = slice(word["top"], word["top"] + word["height"])
        columns = slice(word["left"], word["left"] + word["width"])
        assert ink[rows, columns].any(), word
        ink[max(word["top"] - 2, 0) : rows.stop + 2, max(word["left"] - 2, 0) : columns.stop + 2] = False
    assert not ink.any()


def test_words_stand_where_their_ink_is(tmp_path: Path):
    (page,) = pages(write_pdf(tmp_path / "a.pdf", text="Total 1,204.50"), tmp_path / "spool")
    assert [word["text"] for word in words_of(page)["words"]] == ["Total", "1,204.50", "page", "1"]
    assert_boxes_hold_the_ink(page)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_on_a_turned_page_they_are_turned_with_it(turn: int, tmp_path: Path):
    path = write_pdf(tmp_path / "a.pdf")
    path.write_bytes(path.read_bytes().replace(b"/Type /Page\n", b"/Type /Page /Rotate %d\n" % turn))
    (page,) = pages(path, tmp_path / "spool")
    assert (page.width > page.height) == (turn != 180)
    assert_boxes_hold_the_ink(page)


def test_a_page_without_text_has_no_words(tmp_path: Path):
    pdf = FPDF()
    pdf.add_page()
    (tmp_path / "a.pdf").write_bytes(bytes(pdf.output()))
    (page,) = pages(tmp_path / "a.pdf", tmp_path / "spool")
    assert not page.has_words
    assert page.words is None


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("free_fiber", {"n°562044387", "29.99", "VILLEURBANNE"}),
        ("AmazonWebServices", {"42183017", "$4.11"}),
        ("coolblue1", {"717,97"}),
    ],
)
def test_the_values_on_real_invoices_are_among_the_words(name: str, words: set[str], data: Path, tmp_path: Path):
    page = pages(data / "invoices" / f"{name}.pdf", tmp_path / "spool")[0]
    assert words <= {word["text"] for word in words_of(page)["words"]}
