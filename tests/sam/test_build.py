"""What `sam build` makes: packages that Lambda takes and starts quickly."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.sam

LARGEST = 85_000_000
"""Bytes of an unzipped package; Lambda's own limit is 250 MB."""
FUNCTIONS = [
    f"{task}{kind}"
    for task in ("DocumentType", "InvoiceBoxes", "InvoiceFields")
    for kind in ("PreAnnotation", "Consolidation")
]


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_the_template_is_valid(sam) -> None:
    assert "is a valid SAM Template" in sam("validate", "--lint").stdout


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_package_holds_its_handler_and_stays_small(built: Path, function: str) -> None:
    package = built / function
    assert (package / "app.py").is_file()
    assert size(package) <= LARGEST


def test_pre_annotation_brings_no_numpy(built: Path) -> None:
    assert not (built / "InvoiceBoxesPreAnnotation/numpy").exists()
    assert (built / "InvoiceBoxesConsolidation/numpy").exists()
