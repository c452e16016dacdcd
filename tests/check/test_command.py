"""`groundtruth check` as a user and as CI run it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GOOD = '{"source-ref": "s3://acme-groundtruth/1.png"}\n'


def groundtruth_check(*arguments: object) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.run(
        [sys.executable, "-m", "groundtruth", "check", *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "q3.manifest"
    path.write_text(GOOD + "{'source-ref': 's3://acme-groundtruth/2.png'}\n" + GOOD)
    return path


def test_findings_are_one_line_each_and_their_remedy_and_the_status_is_1(manifest: Path):
    done = groundtruth_check(manifest)
    assert done.returncode == 1, done.stderr
    assert done.stdout.splitlines() == [
        f"{manifest}:2: error manifest-json: Not JSON: Expecting property name enclosed in double quotes (column 2). "
        "The job fails: the line is no data object.",
        "    Use double quotes.",
        f'{manifest}:3: warning manifest-repeated: "source-ref" is the same as on line 1. '
        "Workers label the object once for every line, and each time counts.",
        "    Remove one of the two lines.",
        "",
        "1 error and 1 warning in q3.manifest (3 data objects).",
    ]


def test_json_holds_the_same_for_programs(manifest: Path):
    done = groundtruth_check(manifest, "--json")
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert (report["errors"], report["warnings"], report["omitted"]) == (1, 1, [])
    assert report["checked"] == [
        {"kind": "manifest", "file": str(manifest), "objects": 3, "labeled": 0, "buckets": {"acme-groundtruth": 2}}
    ]
    assert report["findings"][0] == {
        "severity": "error",
        "rule": "manifest-json",
        "file": str(manifest),
        "line": 2,
        "path": None,
        "message": "Not JSON: Expecting property name enclosed in double quotes (column 2).",
        "effect": "The job fails: the line is no data object.",
        "remedy": "Use double quotes.",
    }


def test_warnings_alone_leave_the_status_0(tmp_path: Path):
    (tmp_path / "q3.manifest").write_text(GOOD * 2)
    assert groundtruth_check(tmp_path / "q3.manifest").returncode == 0


def test_the_projects_own_files_are_clean():
    files = [*(ROOT / "crowd_templates").glob("*.html"), *(ROOT / "label_categories").rglob("*.json")]
    done = groundtruth_check(*files)
    assert done.returncode == 0
    assert done.stdout.startswith("No findings in ")


def test_kinds_are_seen_by_name_and_content_and_what_is_wrong_in_json_has_its_line(tmp_path: Path):
    (tmp_path / "a.json").write_text('{\n "LabelingJobName": "q3_boxes"\n}')
    (tmp_path / "b.json").write_text('{"labels": [\n {"label": "a", "typ": "date"}], "document-version": "2018-11-28"}')
    (tmp_path / "c.json").write_text(GOOD * 2)
    done = groundtruth_check(*(tmp_path / f"{name}.json" for name in "abc"), "--json")
    report = json.loads(done.stdout)
    assert [entry["kind"] for entry in report["checked"]] == ["request", "label-categories", "manifest"]
    places = {(entry["rule"], Path(entry["file"]).name, entry["line"], entry["path"]) for entry in report["findings"]}
    assert ("request-pattern", "a.json", 2, "LabelingJobName") in places
    assert ("request-missing", "a.json", 1, "RoleArn") in places
    assert ("categories-unknown-key", "b.json", 2, "labels[0].typ") in places
    assert ("manifest-repeated", "c.json", 2, None) in places


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "There is nothing to check"),
        (("nowhere.manifest",), "nowhere.manifest: the manifest cannot be read"),
        (("Makefile",), "Say it with --manifest, --template"),
        (("--template", "nowhere.html"), "nowhere.html: the file cannot be read"),
        (
            ("--manifest", "events/invoice-boxes-pre-annotation.json", "--label-attribute", "x-metadata"),
            'ends in "-metadata"',
        ),
        (("--manifest", "events/invoice-boxes-pre-annotation.json", "--task", "stamps"), "Known task types"),
        (("--stack", "x", "--endpoint-url", "http://127.0.0.1:9"), "--endpoint-url"),
        (("--colour",), "No such option"),
    ],
)
def test_arguments_that_cannot_be_used_end_in_one_message_and_the_status_2(arguments: tuple[str, ...], said: str):
    done = groundtruth_check(*arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
