"""`groundtruth render` writes the page of a task, and says what is wrong with its input."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from groundtruth.command.render import render
from groundtruth.errors import RequestError, TemplateError
from groundtruth.templates import CROWD_ELEMENTS_URL

SOURCE = f"""<script src="{CROWD_ELEMENTS_URL}"></script>
<img src="{{{{ task.input.image | grant_read_access }}}}">{{{{ task.input.vendor }}}}"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "t.liquid.html").write_text(SOURCE)
    (tmp_path / "task.json").write_text('{"image": "s3://acme/pages/1.png", "vendor": "Ä"}')
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages/1.png").write_bytes(b"png")
    return tmp_path


def run(folder: Path, *options: str, source: bool = True) -> Result:
    arguments = [str(folder / "t.liquid.html"), "--input", str(folder / "task.json"), *options]
    return CliRunner().invoke(
        render, [*arguments, *(["--source", str(folder)] if source else [])], standalone_mode=False
    )


def test_the_page_goes_to_a_file_with_its_documents_inside(folder: Path):
    result = run(folder, "-o", str(folder / "page.html"))
    assert (result.return_value, result.output) == (0, "")
    assert (folder / "page.html").read_text(encoding="utf-8") == (
        f'<script src="{CROWD_ELEMENTS_URL}"></script>\n<img src="data:image/png;base64,cG5n">Ä'
    )


def test_the_page_goes_to_standard_output_with_other_elements(folder: Path):
    assert run(folder, "--crowd-elements", "/crowd.js").stdout.startswith('<script src="/crowd.js"></script>')


def test_what_a_function_answered_serves_as_input(folder: Path):
    answer = {"taskInput": {"image": "https://example.com/1.png", "vendor": "B"}, "isHumanAnnotationRequired": True}
    (folder / "task.json").write_text(json.dumps(answer))
    assert '<img src="https://example.com/1.png">B' in run(folder).stdout


def test_without_a_folder_the_uri_is_signed(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    page = run(folder, source=False).stdout
    assert "https://acme.s3.amazonaws.com/pages/1.png?" in page
    assert "X-Amz-Expires=3600" in page


def test_undefined_variables_are_told_and_fail_when_strict(folder: Path):
    (folder / "task.json").write_text('{"image": "https://example.com/1.png"}')
    result = run(folder)
    assert result.return_value == 0
    assert "t.liquid.html, line 2: the task input has no task.input.vendor" in " ".join(result.stderr.split())
    assert run(folder, "--strict").return_value == 1


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("task.json", "{", "task.json: the task input is not JSON"),
        ("task.json", None, "task.json: the task input cannot be read"),
        ("t.liquid.html", "{% if %}", "t.liquid.html, line 1: "),
        ("t.liquid.html", None, "t.liquid.html: cannot be read"),
        ("task.json", '{"image": "s3://acme/2.png"}', '"s3://acme/2.png" is not in'),
        ("task.json", '{"image": "s3://acme/../../etc/passwd"}', "is not in"),
    ],
)
def test_unusable_input_is_one_clear_message(folder: Path, file: str, content: str | None, says: str):
    (folder / file).unlink()
    if content is not None:
        (folder / file).write_text(content)
    error = run(folder).exception
    assert isinstance(error, RequestError | TemplateError)
    assert says in str(error)


def test_serve_writes_no_file(folder: Path):
    assert "--serve" in str(run(folder, "--serve", "-o", "x.html").exception)
