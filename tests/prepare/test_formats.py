"""Every format becomes page images that browsers show the right way up, within Ground Truth's limits; what cannot is named with its reason."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from fpdf import FPDF
from PIL import Image

from groundtruth.prepare import pictures, saving
from groundtruth.prepare.model import PageImage, Part, PartRequest, content_bytes
from groundtruth.prepare.rendering import make_part
from tests.prepare.documents import document, write_pdf


def part(path: Path, spool: Path, dpi: int = 150, most: int = 8) -> Part:
    spool.mkdir(exist_ok=True)
    return make_part(PartRequest(document(path), 1, most, dpi, False, spool))


def opened(page: PageImage) -> Image.Image:
    assert page.content is not None
    body = content_bytes(page.content)
    image = Image.open(io.BytesIO(body))
    image.load()
    assert image.size == (page.width, page.height)
    assert len(body) == page.size
    return image


def corner_marked(width: int = 60, height: int = 40) -> Image.Image:
    """A white picture whose top left corner is red."""
    image = Image.new("RGB", (width, height), "white")
    image.paste((200, 0, 0), (0, 0, 10, 10))
    return image


def is_red(image: Image.Image, x: int, y: int) -> bool:
    red, green, _ = np.asarray(image.convert("RGB"), np.int16)[y, x]
    return bool(red - green > 100)


def reason(result: Part) -> tuple[str, str]:
    assert not result.pages
    (problem,) = result.problems
    return problem.kind, problem.reason


def test_every_page_of_a_pdf_is_rendered_at_the_stated_resolution(tmp_path: Path):
    result = part(write_pdf(tmp_path / "a.pdf", pages=3), tmp_path / "spool", dpi=100)
    assert [page.page for page in result.pages] == [1, 2, 3]
    assert result.page_count == 3
    image = opened(result.pages[0])
    assert image.format == "PNG"
    assert image.info["dpi"] == pytest.approx((100, 100), abs=0.1)
    assert image.size == pytest.approx((827, 1169), abs=1)  # A4 at 100 dpi


def test_a_huge_pdf_page_is_rendered_smaller_and_says_so(tmp_path: Path):
    pdf = FPDF(unit="in", format=(190, 190))
    pdf.add_page()
    path = tmp_path / "plan.pdf"
    path.write_bytes(bytes(pdf.output()))
    (page,) = part(path, tmp_path / "spool", dpi=150).pages
    assert page.width * page.height <= 100_000_000
    assert page.note == "Rendered at 53 dpi, since the page is huge."


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\nnothing", "broken"),
        (b"\xff\xd8\xff\xe0 not a JPEG", "broken"),
        (b"\x89PNG\r\n\x1a\n", "broken"),
        (b"II*\0\x08\0\0\0\xff\xff", "broken"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "broken"),
        (b"PK\x03\x04 a spreadsheet", "unsupported"),
        (b"\0", "unsupported"),
    ],
)
def test_what_cannot_be_opened_is_a_problem_with_a_reason(content: bytes, kind: str, tmp_path: Path):
    path = tmp_path / "file"
    path.write_bytes(content)
    assert reason(part(path, tmp_path / "spool"))[0] == kind


def test_a_file_that_is_not_what_its_ending_says_is_broken_not_unsupported(tmp_path: Path):
    path = tmp_path / "a.pdf"
    path.write_bytes(b"<html>Please sign in</html>")
    assert reason(part(path, tmp_path / "spool")) == ("broken", "its contents are not what .pdf files hold.")


def test_a_pdf_that_needs_a_password_says_so(tmp_path: Path):
    path = write_pdf(tmp_path / "a.pdf", password="secret")
    assert reason(part(path, tmp_path / "spool")) == (
        "encrypted",
        "a password is needed to open it. Save it without one.",
    )


def test_a_pdf_that_anybody_may_open_but_not_change_is_prepared(tmp_path: Path):
    pdf = FPDF()
    pdf.add_page()
    pdf.set_encryption(owner_password="owner")
    path = tmp_path / "a.pdf"
    path.write_bytes(bytes(pdf.output()))
    assert len(part(path, tmp_path / "spool").pages) == 1


def test_a_truncated_picture_is_broken(tmp_path: Path):
    whole = io.BytesIO()
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (200, 200, 3), np.uint8)).save(whole, "JPEG")
    path = tmp_path / "a.jpg"
    path.write_bytes(whole.getvalue()[: len(whole.getvalue()) // 2])
    assert reason(part(path, tmp_path / "spool"))[0] == "broken"


def test_an_upright_jpeg_stays_as_it_is(tmp_path: Path):
    path = tmp_path / "scan.jpeg"
    corner_marked().save(path)
    (page,) = part(path, tmp_path / "spool").pages
    assert page.content == path
    assert page.extension == ".jpg"


@pytest.mark.parametrize("orientation", range(2, 9))
@pytest.mark.parametrize("ending", [".jpg", ".png", ".tif"])
def test_pictures_are_turned_as_their_exif_says(orientation: int, ending: str, tmp_path: Path):
    path = tmp_path / f"scan{ending}"
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]  # what the camera did, as Image.Transpose
    exif = Image.Exif()
    exif[0x0112] = orientation
    corner_marked().transpose(Image.Transpose(back)).save(path, exif=exif)
    (page,) = part(path, tmp_path / "spool").pages
    image = opened(page)
    assert image.size == (60, 40)
    assert is_red(image, 3, 3)
    assert not is_red(image, 56, 3)
    assert image.getexif().get(0x0112, 1) == 1


def test_heic_becomes_jpeg_the_right_way_up(tmp_path: Path):
    pillow_heif.register_heif_opener()
    path = tmp_path / "photo.heic"
    exif = Image.Exif()
    exif[0x0112] = 6
    corner_marked(64, 48).transpose(Image.Transpose.ROTATE_90).save(path, quality=95, exif=exif.tobytes())
    (page,) = part(path, tmp_path / "spool").pages
    image = opened(page)
    assert (page.extension, image.format, image.size) == (".jpg", "JPEG", (64, 48))
    assert is_red(image, 3, 3)


def test_each_page_of_a_tiff_is_a_page_and_its_thumbnails_are_none(tmp_path: Path):
    path = tmp_path / "fax.tiff"
    pages = [Image.new("1", (100, 140), 1), Image.new("L", (100, 140), 90), Image.new("CMYK", (100, 140))]
    thumbnail = Image.new("L", (10, 14))
    thumbnail.encoderinfo = {"tiffinfo": {0x00FE: 1}}
    pages[0].save(path, save_all=True, append_images=[*pages[1:], thumbnail], dpi=(200, 200))
    result = part(path, tmp_path / "spool")
    assert [page.page for page in result.pages] == [1, 2, 3]
    assert [opened(page).format for page in result.pages] == ["PNG"] * 3


def test_a_fax_with_two_resolutions_is_not_squashed(tmp_path: Path):
    path = tmp_path / "fax.tiff"
    Image.new("1", (1728, 1078), 1).save(path, dpi=(204, 98))
    (page,) = part(path, tmp_path / "spool").pages
    assert page.height / page.width == pytest.approx(1.3, abs=0.01)


@pytest.mark.parametrize("mode", ["CMYK", "I;16", "RGBA", "LA", "P", "F", "1"])
def test_any_kind_of_pixel_becomes_grey_or_colour_of_8_bits(mode: str, tmp_path: Path):
    path = tmp_path / "page.tiff"
    if mode == "I;16":
        Image.fromarray(np.full((40, 60), 65535, np.uint16)).save(path)
    elif mode == "F":
        Image.fromarray(np.ones((40, 60), np.float32)).save(path)
    elif mode == "P":
        path = path.with_suffix(".png")
        Image.new("RGBA", (60, 40), (9, 9, 9, 0)).quantize().save(path)
    else:
        paper = {"CMYK": (0, 0, 0, 0), "RGBA": (9, 9, 9, 0), "LA": (9, 0), "1": 1}[mode]
        Image.new(mode, (60, 40), paper).save(path)
    (page,) = part(path, tmp_path / "spool").pages
    image = opened(page)
    assert image.mode in {"L", "RGB"}
    assert np.asarray(image).min() == 255  # paper is white, whatever it was written as


def test_a_decompression_bomb_is_refused_before_it_is_decoded(tmp_path: Path):
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0)
    path = tmp_path / "bomb.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(9))))
    kind, text = reason(part(path, tmp_path / "spool"))
    assert kind == "too-large"
    assert "100,000,000 pixels" in text


def test_a_picture_a_little_over_the_limit_is_refused_too(tmp_path: Path):
    path = tmp_path / "plan.png"
    Image.new("1", (10_001, 10_000)).save(path)
    assert reason(part(path, tmp_path / "spool"))[0] == "too-large"


def test_a_page_that_would_be_too_many_bytes_as_png_becomes_jpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(saving, "LARGEST_IMAGE_BYTES", 200_000)
    path = tmp_path / "noise.tiff"
    Image.fromarray(np.random.default_rng(2).integers(100, 160, (400, 400, 3), np.uint8)).save(path)
    (page,) = part(path, tmp_path / "spool").pages
    assert page.extension == ".jpg"
    assert page.size <= 200_000
    assert "more than 40 MB" in page.note


def test_a_jpeg_of_too_many_bytes_is_saved_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "scan.jpg"
    Image.fromarray(np.random.default_rng(3).integers(0, 255, (300, 300, 3), np.uint8)).save(path, quality=100)
    limit = path.stat().st_size - 1
    monkeypatch.setattr(saving, "LARGEST_IMAGE_BYTES", limit)
    monkeypatch.setattr(pictures, "LARGEST_IMAGE_BYTES", limit)
    (page,) = part(path, tmp_path / "spool").pages
    assert page.content != path
    assert page.size <= limit
