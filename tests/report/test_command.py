"""`groundtruth report` and `groundtruth review` as commands: a round from a job to its final manifest."""

import json
from collections.abc import Callable
from pathlib import Path

import boto3
import pytest
from click.testing import CliRunner
from PIL import Image

from groundtruth.command.main import cli
from groundtruth.errors import RequestError
from groundtruth.storage import EmbeddedS3
from tests.report.conftest import answer, field, fields_label

Job = Callable[..., Path]
FIELDS = {"vendor_name": field("Acme Ltd"), "total_amount": field("12.00", 0.5, "tie")}


def run(*arguments: object) -> str:
    result = CliRunner().invoke(
        cli, [str(argument) for argument in arguments], catch_exceptions=False, standalone_mode=False
    )
    if result.exception is not None:
        raise result.exception
    return result.stdout


@pytest.fixture
def manifest(make_job: Job) -> Path:
    said = {"vendor_name": "Acme Ltd", "total_amount": "12.00"}
    sure = fields_label({"vendor_name": field("Acme Ltd"), "total_amount": field("12.00")})
    return make_job([(fields_label(FIELDS), [answer("a", said)]), (sure, [answer("a", said)])])


def test_a_report_says_its_figures_as_json(manifest: Path, tmp_path: Path):
    told = json.loads(run("report", manifest, "-o", tmp_path / "r.html", "--json"))
    assert told["documents"] == told["answers"] == 2
    assert told["workers"][0]["worker"] == "private.local.a"
    assert told["accuracy"] is None
    assert (tmp_path / "r.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_images_are_linked_from_the_source_folder_or_put_into_the_page(manifest: Path, tmp_path: Path):
    (tmp_path / "pages").mkdir()
    Image.new("RGB", (40, 40)).save(tmp_path / "pages" / "p0.png")
    run("report", manifest, "-o", tmp_path / "r.html", "--source", tmp_path)
    assert '"pages/p0.png"' in (tmp_path / "r.html").read_text()
    run("report", manifest, "-o", tmp_path / "r.html", "--source", tmp_path, "--images", "inline")
    assert "data:image/webp;base64," in (tmp_path / "r.html").read_text()


def test_a_copy_of_the_manifest_finds_the_answers_where_they_are_said_to_lie(manifest: Path, tmp_path: Path):
    copy = tmp_path / "copy" / "q3.manifest"
    copy.parent.mkdir()
    copy.write_bytes(manifest.read_bytes())
    told = json.loads(run("report", copy, "-o", tmp_path / "r.html", "--json"))
    assert told["answers"] == 0
    assert "--responses" in told["notes"][0]
    job = manifest.parents[2]
    for place in (job, job / "annotations" / "worker-response"):
        told = json.loads(run("report", copy, "-o", tmp_path / "r.html", "--json", "--responses", place))
        assert (told["answers"], told["job"]) == (2, "job-1")
    run("review", copy, "-o", tmp_path / "review.manifest", "--responses", job)
    assert json.loads((tmp_path / "review.manifest").read_text())["review"]["fields"]["total_amount"]
    with pytest.raises(RequestError, match=r"no annotations/worker-response in it"):
        run("report", copy, "-o", tmp_path / "r.html", "--responses", tmp_path)


def test_a_job_in_s3_is_reported_and_reviewed_from_there(
    manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name, value in (("ACCESS_KEY_ID", "a"), ("SECRET_ACCESS_KEY", "b"), ("DEFAULT_REGION", "us-east-1")):
        monkeypatch.setenv(f"AWS_{name}", value)
    Image.new("RGB", (40, 40)).save(tmp_path / "p0.png")
    with EmbeddedS3(tmp_path / "served") as s3:
        s3.ensure_bucket("acme")
        client = boto3.client("s3", endpoint_url=s3.endpoint_url)
        root = tmp_path / "s3" / "acme"
        for path in (path for path in root.rglob("*") if path.is_file()):
            client.upload_file(str(path), "acme", path.relative_to(root).as_posix())
        client.upload_file(str(tmp_path / "p0.png"), "acme", "pages/p0.png")
        where = ("s3://acme/job-1/manifests/output/output.manifest", "--endpoint-url", s3.endpoint_url)
        told = json.loads(run("report", *where, "-o", tmp_path / "r.html", "--json"))
        assert (told["answers"], told["job"]) == (2, "job-1")
        assert "X-Amz-Signature" in (page := (tmp_path / "r.html").read_text()) or "Signature=" in page
        run("report", *where, "-o", tmp_path / "r.html", "--images", "inline")
        assert "data:image/webp;base64," in (tmp_path / "r.html").read_text()
        local = json.loads(run("report", manifest, "-o", tmp_path / "r.html", "--json"))
        assert {**told, "notes": []} == {**local, "notes": []}
        copy = ("--responses", "s3://acme/job-1", "--endpoint-url", s3.endpoint_url)
        told = json.loads(run("report", manifest, "-o", tmp_path / "r.html", "--json", *copy))
        assert told["answers"] == 2
        run("review", *where, "-o", tmp_path / "remote.manifest")
        run("review", manifest, "-o", tmp_path / "local.manifest")
        assert (tmp_path / "remote.manifest").read_bytes() == (tmp_path / "local.manifest").read_bytes()


def test_a_manifest_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(RequestError, match=r"no\.manifest: the manifest cannot be read"):
        run("report", tmp_path / "no.manifest", "-o", tmp_path / "r.html")


def test_a_review_and_its_merge(manifest: Path, tmp_path: Path):
    out = tmp_path / "review.manifest"
    told = json.loads(run("review", manifest, "-o", out, "--json"))
    assert (told["objects"], told["reasons"]) == (1, {"tie": 1})
    config = json.loads((tmp_path / "review.label-categories.json").read_text())
    assert config["task"]["initialValueAttribute"] == "label"
    assert config["task"]["manifestKeys"][-1] == "review"
    line = json.loads(out.read_text())
    decided = fields_label({"vendor_name": field("Acme Ltd"), "total_amount": field("13.00")}, confidence=1.0)
    done = tmp_path / "done.manifest"
    done.write_text(json.dumps(line | {"label-review": decided, "label-review-metadata": {"job-name": "r"}}) + "\n")
    told = json.loads(run("review", manifest, "--merge", done, "-o", tmp_path / "final.manifest", "--json"))
    assert (told["reviewed"], told["changed"]) == (1, 1)
    final = json.loads((tmp_path / "final.manifest").read_text().splitlines()[0])
    assert final["label"]["fields"]["total_amount"]["value"] == "13.00"
    assert final["label"]["previous"]["status"] == "agreed"


def test_a_merge_does_not_write_over_what_it_reads(manifest: Path):
    before = manifest.read_bytes()
    with pytest.raises(RequestError, match="this manifest is read"):
        run("review", manifest, "--merge", manifest, "-o", manifest)
    assert manifest.read_bytes() == before


def test_a_review_that_fails_leaves_no_half_manifest(manifest: Path, tmp_path: Path):
    decisions = tmp_path / "d.json"
    wrong = [{"line": 1, "source": "s3://acme/other.png", "decision": "rejected"}]
    decisions.write_text(json.dumps({"format": "groundtruth-decisions", "decisions": wrong}))
    with pytest.raises(RequestError, match="another manifest"):
        run("review", manifest, "-o", tmp_path / "review.manifest", "--decisions", decisions)
    assert not list(tmp_path.glob("review.manifest*"))
