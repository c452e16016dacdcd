"""A document that hangs or kills its decoder costs itself only."""

import multiprocessing
import os
import threading
import time
from pathlib import Path

from groundtruth.prepare.model import Document, PartRequest
from groundtruth.prepare.processes import Renderers
from tests.prepare.documents import document, write_pdf


def hanging(folder: Path) -> Document:
    """A file that never comes to its end."""
    path = folder / "hangs.pdf"
    os.mkfifo(path)
    return document(path)


def request(what: Document, spool: Path, most: int = 1) -> PartRequest:
    return PartRequest(what, 1, most, 72, False, spool / what.path.stem)


def test_a_document_that_takes_too_long_is_given_up_and_the_next_is_made(tmp_path: Path):
    with Renderers(1, timeout=8) as renderers:
        slow = renderers.submit(request(hanging(tmp_path), tmp_path))
        good = renderers.submit(request(document(write_pdf(tmp_path / "good.pdf")), tmp_path))
        (problem,) = slow.result().problems
        assert (problem.kind, problem.reason) == ("slow", "took longer than 8 s (--timeout).")
        assert len(good.result().pages) == 1


def test_a_decoder_that_dies_is_reported_and_replaced(tmp_path: Path):
    with Renderers(1, timeout=60) as renderers:
        dying = renderers.submit(request(hanging(tmp_path), tmp_path))
        killer = threading.Thread(target=kill_once_busy, args=(tmp_path / "hangs",))
        killer.start()
        (problem,) = dying.result().problems
        killer.join()
        assert (problem.kind, problem.document) == ("crashed", "hangs.pdf")
        good = renderers.submit(request(document(write_pdf(tmp_path / "good.pdf", pages=3)), tmp_path, most=8))
        assert len(good.result().pages) == 3


def kill_once_busy(spool: Path) -> None:
    """Kill the decoders once one of them has its request; the folder for its files tells."""
    while not spool.is_dir():
        time.sleep(0.05)
    for process in multiprocessing.active_children():
        process.kill()
