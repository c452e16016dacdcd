"""Documents made on the spot."""

from pathlib import Path

from fpdf import FPDF
from fpdf.enums import EncryptionMethod

from groundtruth.prepare.model import Document


def write_pdf(path: Path, pages: int = 1, text: str = "INV-10442", password: str | None = None) -> Path:
    """A PDF of A4 pages that say `<text> page <n>`."""
    pdf = FPDF(format="A4")
    pdf.set_font("Helvetica", size=24)
    for number in range(1, pages + 1):
        pdf.add_page()
        pdf.text(20, 30 + 20 * number, f"{text} page {number}")
    if password:
        pdf.set_encryption(owner_password="owner", user_password=password, encryption_method=EncryptionMethod.AES_128)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(pdf.output()))
    return path


def document(path: Path, slug: str = "document") -> Document:
    """A file as the search for documents gives it."""
    about = path.stat()
    return Document(path, path.name, slug, about.st_size, about.st_mtime_ns)
