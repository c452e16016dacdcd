from pathlib import Path

import pytest

from groundtruth.invoices import DrawnInvoice, draw_invoices

SEED = 20_26


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("invoices")


@pytest.fixture(scope="session")
def drawn(folder) -> tuple[DrawnInvoice, ...]:
    return draw_invoices(folder, 48, SEED)
