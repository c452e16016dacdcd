"""`groundtruth report` and `groundtruth review` as commands: a round from a job to its final manifest."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from groundtruth.command.main import cli
from groundtruth.errors import RequestError
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
