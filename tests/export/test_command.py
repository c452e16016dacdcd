"""`groundtruth export` as a user calls it."""

import json
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from groundtruth.command.export import export as command
from groundtruth.errors import RequestError
from groundtruth.export import FORMATS
from tests.export.conftest import PAGES, boxes_label, line

Write = Callable[..., str]


def call(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments, standalone_mode=False, catch_exceptions=False)


@pytest.mark.parametrize("to", sorted(set(FORMATS) - {"funsd"}))
def test_every_format_exports_a_boxes_job(write: Write, tmp_path: Path, to: str) -> None:
    result = call(
        write(*PAGES), "--to", to, "-o", str(tmp_path / "out"), "--json", "--endpoint-url", "http://127.0.0.1:1"
    )
    assert result.return_value == 0
    assert json.loads(result.stdout)["pages"] == len(PAGES)


def test_left_out_pages_are_told_with_the_remedy(
    write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tie = line("t.png", boxes_label((0, 1, 1, 9, 9), status="tie"))
    command.main([write(*PAGES, tie), "--to", "coco", "-o", str(tmp_path / "out")], standalone_mode=False)
    told = capsys.readouterr().err
    assert "4 of 5 pages" in told
    assert "Pages left out: 1 status tie (line 5). Export ties too with --status agreed,low_agreement,tie." in told


def test_exit_status_tells_that_nothing_was_exported(write: Write, tmp_path: Path) -> None:
    assert call(write(*PAGES), "--to", "funsd", "-o", str(tmp_path / "out")).return_value == 1


def test_bad_arguments_are_named(write: Write, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="nothing.manifest: the manifest cannot be read"):
        call("nothing.manifest", "--to", "coco", "-o", str(tmp_path / "out"))
    with pytest.raises(RequestError, match="--split 0.8,0.1,0.1"):
        call(write(*PAGES), "--to", "coco", "-o", str(tmp_path / "out"), "--split-by", "vendor")
    with pytest.raises(click.BadParameter, match="good: not one of agreed, low_agreement, tie"):
        call(write(*PAGES), "--to", "coco", "-o", str(tmp_path / "out"), "--status", "agreed,good")
