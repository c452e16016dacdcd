"""A folder becomes page images and a manifest in S3: each once, in order, however often it is asked for and wherever it stopped."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import CliRunner
from PIL import Image

from groundtruth.command.main import cli
from groundtruth.command.prepare import prepare as prepare_command
from groundtruth.errors import RequestError, StorageError
from groundtruth.manifest import read_manifest
from groundtruth.prepare.bucket import Bucket
from groundtruth.prepare.duplicates import DuplicatePolicy
from groundtruth.prepare.naming import destination
from groundtruth.prepare.request import PrepareReport
from groundtruth.prepare.sources import Selection
from groundtruth.storage import EmbeddedS3, S3Location
from groundtruth.workforce import TruthFile
from tests.prepare.documents import write_pdf

Run = Callable[..., PrepareReport]


def lines(report: PrepareReport) -> list[dict[str, Any]]:
    content = report.manifest.read_bytes().splitlines()
    return [line.data_object for line in read_manifest(content, report.manifest.name)]


def stored(s3: EmbeddedS3) -> list[str]:
    found = boto3.client("s3").list_objects_v2(Bucket="acme").get("Contents", [])
    return sorted(entry["Key"] for entry in found)


@pytest.mark.data
def test_the_five_real_invoices(run: Run, s3: EmbeddedS3, data: Path):
    report = run(folder=data / "invoices", words=True, selection=Selection(filters=("*.pdf",)))
    assert (report.documents, report.pages, report.problems, report.duplicates) == (5, 7, (), ())
    assert report.manifest_uri == "s3://acme/q3/q3.manifest"
    assert s3.get(S3Location("acme", "q3/q3.manifest")) == report.manifest.read_bytes()
    found = lines(report)
    assert found[2] == {
        "source-ref": "s3://acme/q3/pages/QualityHosting-p001.png",
        "document": "QualityHosting.pdf",
        "page": 1,
        "words-ref": "s3://acme/q3/words/QualityHosting-p001.json",
    }
    for line in found:
        words = json.loads(s3.get(S3Location.parse(str(line["words-ref"]))))
        assert words["words"]
    head = boto3.client("s3").head_object(Bucket="acme", Key="q3/pages/coolblue1-p001.png")
    assert head["ContentType"] == "image/png"


@pytest.mark.data
def test_real_receipts_are_found_twice_and_stay_the_jpegs_they_are(run: Run, s3: EmbeddedS3, data: Path):
    filters = tuple(f"sroie-{number:03d}.jpg" for number in (12, 15, 16))
    report = run(folder=data / "receipts" / "images", selection=Selection(filters=filters))
    (duplicate,) = report.duplicates
    assert (duplicate.document, duplicate.of_document, duplicate.is_left_out) == (
        "sroie-015.jpg",
        "sroie-012.jpg",
        True,
    )
    assert stored(s3) == ["q3/pages/sroie-012-p001.jpg", "q3/pages/sroie-016-p001.jpg", "q3/q3.manifest"]
    original = (data / "receipts" / "images" / "sroie-012.jpg").read_bytes()
    assert s3.get(S3Location("acme", "q3/pages/sroie-012-p001.jpg")) == original


def test_bad_files_are_listed_and_the_others_are_prepared(run: Run, s3: EmbeddedS3, folder: Path):
    write_pdf(folder / "good.pdf", pages=10)
    write_pdf(folder / "locked.pdf", password="secret")
    (folder / "cut.pdf").write_bytes(write_pdf(folder / "good.pdf", pages=10).read_bytes()[:300])
    (folder / "empty.pdf").touch()
    (folder / "prices.xlsx").write_bytes(b"PK\x03\x04")
    report = run()
    assert [line["page"] for line in lines(report)] == list(range(1, 11))
    assert [(problem.document, problem.kind) for problem in report.problems] == [
        ("cut.pdf", "broken"),
        ("empty.pdf", "empty"),
        ("locked.pdf", "encrypted"),
        ("prices.xlsx", "unsupported"),
    ]


def test_what_is_there_is_neither_rendered_nor_sent_again(
    run: Run, s3: EmbeddedS3, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    write_pdf(folder / "a.pdf", pages=2)
    first = run(words=True)
    before = first.manifest.read_bytes()
    assert (first.uploaded, first.skipped) == (4, 0)
    monkeypatch.setattr("groundtruth.prepare.processes.Renderers.submit", lambda *_: pytest.fail("rendered again"))
    again = run(words=True)
    assert (again.uploaded, again.skipped) == (0, 4)
    assert again.manifest.read_bytes() == before


def test_without_the_journal_pages_are_rendered_but_only_what_differs_is_sent(
    run: Run, s3: EmbeddedS3, folder: Path, tmp_path: Path
):
    write_pdf(folder / "a.pdf", pages=2)
    write_pdf(folder / "b.pdf", text="other")
    run()
    (tmp_path / "q3.manifest.progress").unlink()
    write_pdf(folder / "b.pdf", text="changed")
    report = run()
    assert (report.uploaded, report.skipped) == (1, 2)


def test_a_changed_document_and_a_lost_object_are_prepared_anew(run: Run, s3: EmbeddedS3, folder: Path):
    write_pdf(folder / "a.pdf")
    write_pdf(folder / "b.pdf", text="other")
    run()
    boto3.client("s3").delete_object(Bucket="acme", Key="q3/pages/a-p001.png")
    assert run().uploaded == 1
    write_pdf(folder / "b.pdf", text="changed")
    assert run().uploaded == 1


def test_a_run_that_s3_stopped_goes_on_where_it_was(
    run: Run, s3: EmbeddedS3, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    for number in range(6):
        write_pdf(folder / f"{number}.pdf", text=f"INV-{number}" * (number + 1))
    put = Bucket.put_content
    sent: list[str] = []

    def refuse_the_fifth(bucket: Bucket, name: str, path: Path, sha256: str) -> bool:
        sent.append(name)
        if len(sent) > 4:
            raise StorageError("s3://acme/q3: S3 would not write it: Access Denied")
        return put(bucket, name, path, sha256)

    monkeypatch.setattr(Bucket, "put_content", refuse_the_fifth)
    with pytest.raises(StorageError, match="Access Denied"):
        run(uploads=1)
    monkeypatch.setattr(Bucket, "put_content", put)
    report = run()
    assert (report.pages, report.uploaded, report.skipped) == (6, 2, 4)


def test_the_same_image_is_left_out_or_kept_and_one_that_looks_like_it_is_reported(
    run: Run, s3: EmbeddedS3, folder: Path
):
    write_pdf(folder / "a.pdf")
    (folder / "b.pdf").write_bytes((folder / "a.pdf").read_bytes())
    run(dpi=100)
    with Image.open(folder.parent / "s3" / "acme" / "q3" / "pages" / "a-p001.png") as page:
        page.convert("RGB").save(folder / "c.jpg", quality=80)
    report = run()
    assert [(d.kind, d.document, d.of_document, d.is_left_out) for d in report.duplicates] == [
        ("exact", "b.pdf", "a.pdf", True),
        ("near", "c.jpg", "a.pdf", False),
    ]
    assert [line["document"] for line in lines(report)] == ["a.pdf", "c.jpg"]
    kept = run(exact_duplicates=DuplicatePolicy.KEEP, near_duplicates=DuplicatePolicy.LEAVE_OUT)
    assert [line["document"] for line in lines(kept)] == ["a.pdf", "b.pdf"]


def test_vendor_and_gold_stand_on_the_line_and_gold_truth_fits_the_page(
    run: Run, s3: EmbeddedS3, folder: Path, tmp_path: Path
):
    write_pdf(folder / "Acme Ltd" / "1.pdf")
    write_pdf(folder / "2.pdf", text="other")
    truth = tmp_path / "truth.jsonl"
    box = {"label": "total_amount", "left": 100, "top": 200, "width": 10, "height": 20}
    known = {"image": "old/1.png", "width": 620, "height": 877, "boxes": [box], "fields": {"total_amount": "1,00"}}
    truth.write_text(json.dumps(known) + "\n")
    report = run(vendor_from="folder", gold_truth=truth)
    other, gold = lines(report)
    assert "vendor" not in other
    assert "gold" not in other
    assert (gold["vendor"], gold["gold"]) == ("Acme Ltd", True)
    rewritten = TruthFile.read(tmp_path / "q3.gold.jsonl")
    found = rewritten.of(gold)
    assert found is not None
    assert [(b.left, b.top) for b in found.boxes or ()] == [(200, 400)]  # at 150 dpi the page is twice as large
    for task_type in ("document-type", "invoice-boxes", "invoice-fields"):
        config = Path(__file__).parents[2] / "label_categories" / f"{task_type}.json"
        assert "gold" not in json.loads(config.read_text())["task"]["manifestKeys"]


def test_the_vendor_is_what_a_regular_expression_finds_in_the_path(run: Run, s3: EmbeddedS3, folder: Path):
    write_pdf(folder / "acme-0001.pdf")
    assert lines(run(vendor_from=r"([a-z]+)-\d+"))[0]["vendor"] == "acme"
    with pytest.raises(RequestError, match="no regular expression"):
        run(vendor_from="(")


@pytest.mark.data
def test_saved_responses_give_initial_values_and_missing_ones_a_note(
    run: Run, s3: EmbeddedS3, folder: Path, data: Path, tmp_path: Path
):
    write_pdf(folder / "a.pdf", pages=2)
    responses = tmp_path / "responses"
    responses.mkdir()
    real = (data / "textract" / "invoice-expense-response.json").read_bytes()
    (responses / "a-p001.json").write_bytes(real)
    report = run(textract=responses)
    first, second = lines(report)
    assert first["textract-fields"]["fields"]["total_amount"]["value"] == "$6231.09"  # type: ignore[index]
    assert "textract-fields" not in second
    assert report.with_predictions == 1
    assert [note.split(":")[0] for note in report.notes] == ["a.pdf, page 2"]
    (responses / "a-p001.json").unlink()
    (responses / "a.json").write_bytes(real)  # of the whole document
    assert ["textract-boxes" in line for line in lines(run(textract=responses))] == [True, False]


@pytest.fixture
def textract(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """A Textract that answers every call with a real response; the bodies of its calls."""
    answer = (data / "textract" / "expense-2.json").read_bytes()
    calls: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["X-Amz-Target"] == "Textract.AnalyzeExpense"
            calls.append(body)
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL_TEXTRACT", f"http://127.0.0.1:{server.server_port}")
    yield calls
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.data
def test_textract_is_called_once_a_page_whatever_is_run_again(
    run: Run, s3: EmbeddedS3, folder: Path, tmp_path: Path, textract: list[bytes]
):
    write_pdf(folder / "a.pdf", pages=2)
    report = run(textract="call")
    assert len(textract) == 2
    assert all("textract-boxes" in line for line in lines(report))
    run(textract="call")
    (tmp_path / "q3.manifest.progress").unlink()
    again = run(textract="call")
    assert len(textract) == 2
    assert lines(again) == lines(report)


def test_a_dry_run_writes_nothing_and_asks_nobody(run: Run, folder: Path, tmp_path: Path):
    write_pdf(folder / "a.pdf", pages=2)
    before = sorted(tmp_path.rglob("*"))
    report = run(dry_run=True, textract="call", endpoint_url="http://127.0.0.1:9")
    assert (report.pages, report.manifest_uri) == (2, None)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_bucket_that_is_not_there_is_one_clear_message_or_made(run: Run, s3: EmbeddedS3, folder: Path):
    write_pdf(folder / "a.pdf")
    there = destination("s3://other/q3")
    with pytest.raises(RequestError, match=r"s3://other: there is no such bucket\. .*--create-bucket"):
        run(destination=there)
    assert run(destination=there, create_bucket=True).pages == 1


def test_the_command_prints_the_manifest_and_the_rest_as_json(
    s3: EmbeddedS3, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    write_pdf(folder / "a.pdf")
    (folder / "notes.txt").write_text("x")
    arguments = [str(folder), "s3://acme/q3", "--workers", "1"]
    plain = CliRunner().invoke(prepare_command, arguments, standalone_mode=False)
    assert (plain.return_value, plain.stdout) == (0, "s3://acme/q3/invoices.manifest\n")
    assert "notes.txt: not a PDF, TIFF, HEIC, PNG or JPEG." in plain.stderr
    result = CliRunner().invoke(prepare_command, [*arguments, "--json"], standalone_mode=False)
    summary = json.loads(result.stdout)
    assert (summary["pages"], summary["skipped"], summary["problems"][0]["kind"]) == (1, 1, "unsupported")


def test_a_folder_where_nothing_can_be_used_is_a_failure_that_says_why(
    s3: EmbeddedS3, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    (folder / "notes.txt").write_text("x")
    result = CliRunner().invoke(prepare_command, [str(folder), "s3://acme/q3"], standalone_mode=False)
    assert (result.return_value, result.stdout) == (1, "")
    assert "notes.txt" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere", "s3://acme/q3"], "nowhere: there is no such folder."),
        ([".", "acme/q3"], '"acme/q3" is not a place in S3. Write s3://bucket/prefix.'),
        ([".", "s3://acme/q3", "--textract", "responses"], "name their folder with --textract-responses"),
        ([".", "s3://acme/q3", "--sample", "some"], '--sample "some"'),
    ],
)
def test_bad_arguments_are_one_clear_message(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    write_pdf(tmp_path / "a.pdf")
    result = CliRunner().invoke(cli, ["prepare", *arguments], standalone_mode=False)
    assert isinstance(result.exception, RequestError)
    assert message in str(result.exception)
