"""`groundtruth reconsolidate` in processes on this machine."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result

from groundtruth.command.main import cli
from groundtruth.errors import FunctionError, GroundTruthError, RequestError
from groundtruth.reconsolidate import job_tree
from groundtruth.reconsolidate.parts import find_parts, read_part

MANIFEST = "manifests/output/output.manifest"
REQUESTS = "annotations/consolidated-annotation/consolidation-request/iteration-1"
LABELS = "annotations/consolidated-annotation/consolidation-response/iteration-1"
ROOT = Path(__file__).parents[2]

Make = Callable[..., Any]


def reconsolidate(job: Any, *options: str) -> Result:
    command = [
        "reconsolidate",
        str(job.folder),
        "--task",
        job.task_type,
        "--template-file",
        str(ROOT / "template.yaml"),
    ]
    command += ["--label-categories", str(job.categories), "--processes", "2", "--json", *options]
    return CliRunner().invoke(cli, command, standalone_mode=False)


def done(job: Any, *options: str) -> dict[str, Any]:
    result = reconsolidate(job, *options)
    if result.exception:
        raise result.exception
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def labels(manifest: str) -> list[Any]:
    return [json.loads(line).get("Doc") for line in Path(manifest).read_text().splitlines()]


@pytest.mark.parametrize("task_type", ["document-type", "invoice-boxes", "invoice-fields"])
def test_a_job_is_consolidated_again_into_a_tree_of_its_own(make_job: Make, task_type: str) -> None:
    job = make_job(task_type)
    before = job.files()
    told = done(job)
    assert job.files() == before
    target = job.folder.parent / "reconsolidated" / "invoices-q3"
    assert told["manifest"] == str(target / MANIFEST)
    assert (told["lines"], told["failed"], told["untouched"]) == (12, 0, 0)
    lines = [json.loads(line) for line in (target / MANIFEST).read_text().splitlines()]
    for number, line in enumerate(lines):
        assert line["source-ref"] == f"s3://acme/pages/{number}.png"
        assert (line["Old"], line["large"]) == ("kept", 10**30)
        assert line["Doc"]["workers"] == 3
        assert line["Doc-metadata"]["job-name"] == "invoices-q3"
        assert line["Doc-metadata"]["human-annotated"] == "yes"
    assert sum(told["statuses"].values()) == 12
    assert json.loads((target / "agreement.json").read_text()) == told["agreement"]
    assert (told["agreement"]["objects"], told["agreement"]["answers"]) == (12, 36)
    assert sorted(told["agreement"]["workers"]) == ["ann", "ben", "cleo"]
    assert sorted(path.name for path in (target / LABELS).iterdir()) == sorted(
        path.name for path in (job.folder / REQUESTS).iterdir()
    )


def test_labels_go_to_the_objects_they_were_made_for(make_job: Make) -> None:
    job = make_job("invoice-fields")
    for number, value in enumerate(labels(done(job)["manifest"])):
        texts = [one["vendor_name"] for one in job.answers[number].values()]
        assert value["fields"]["vendor_name"]["value"] == max(set(texts), key=texts.count)


def test_worker_responses_give_the_labels_of_the_requests(make_job: Make) -> None:
    job = make_job("invoice-boxes")
    requests = done(job, "--name", "a", "--from", "requests")
    responses = done(job, "--name", "b", "--from", "worker-responses")
    assert labels(requests["manifest"]) == labels(responses["manifest"])
    assert requests["agreement"] == responses["agreement"]


def test_a_job_without_requests_is_read_from_its_worker_responses(make_job: Make) -> None:
    job = make_job(without="annotations/consolidated-annotation")
    assert all(value["class-name"] for value in labels(done(job)["manifest"]))


def test_other_settings_make_other_labels(make_job: Make) -> None:
    job = make_job("invoice-boxes")
    lenient = labels(done(job, "--name", "lenient", "--box-quorum", "0")["manifest"])
    strict = labels(done(job, "--name", "strict", "--box-quorum", "1", "--minimum-confidence", "1")["manifest"])
    assert all(len(one["annotations"]) >= len(other["annotations"]) for one, other in zip(lenient, strict, strict=True))
    assert sum(len(one["annotations"]) for one in lenient) > sum(len(one["annotations"]) for one in strict)
    assert {one["status"] for one in strict} == {"agreed", "low_agreement"}


def test_agreement_does_not_depend_on_how_many_objects_are_taken_at_once(make_job: Make) -> None:
    job = make_job("invoice-fields")
    one = done(job, "--name", "one", "--objects-at-once", "1", "--agreement-iou", "0.75")
    all_ = done(job, "--name", "all", "--agreement-iou", "0.75")
    assert one["agreement"] == all_["agreement"]
    assert labels(one["manifest"]) == labels(all_["manifest"])


def test_an_interrupted_run_goes_on_where_it_was(make_job: Make) -> None:
    job = make_job()
    first = done(job)
    target = Path(first["manifest"]).parents[2]
    parts = sorted((target / LABELS).iterdir())
    kept = orjson.loads(parts[0].read_bytes())
    kept[0]["consolidatedAnnotation"]["content"]["Doc"]["mark"] = "made before"
    parts[0].write_bytes(orjson.dumps(kept))
    parts[1].unlink()
    (target / MANIFEST).unlink()
    second = done(job)
    assert [value.get("mark") for value in labels(second["manifest"])].count("made before") == 1
    assert second["statuses"] == first["statuses"]
    assert parts[1].exists()
    dates = {json.loads(line)["Doc-metadata"]["creation-date"] for line in (target / MANIFEST).open()}
    assert len(dates) == 1


def test_runs_with_other_settings_do_not_mix(make_job: Make) -> None:
    job = make_job()
    done(job)
    with pytest.raises(RequestError, match=r"differs in settings.*--name"):
        done(job, "--method", "weighted")


def test_an_object_that_its_request_names_otherwise_gets_its_own_label(make_job: Make) -> None:
    job = make_job("invoice-fields")
    manifest = job.folder / MANIFEST
    lines = manifest.read_text().splitlines(keepends=True)
    manifest.write_text("".join(lines[::-1]))
    values = labels(done(job)["manifest"])
    expected = labels(done(make_job("invoice-fields"), "--name", "straight")["manifest"])
    assert values == expected[::-1]


def test_answers_that_lie_apart_are_brought_in(make_job: Make) -> None:
    job = make_job()
    (path, *_) = sorted((job.folder / REQUESTS).iterdir())
    objects = json.loads(path.read_text())
    for one in objects:
        for annotation in one["annotations"]:
            file = f"annotations/worker-response/iteration-1/{one['datasetObjectId']}/2026-11-03_09:00:00.json"
            annotation["annotationData"] = {"s3Uri": f"s3://acme/output/invoices-q3/{file}"}
    path.write_text(json.dumps(objects))
    assert labels(done(job, "--name", "apart")["manifest"]) == labels(done(make_job(), "--name", "within")["manifest"])


def test_lines_of_other_jobs_stay_as_they_were(make_job: Make) -> None:
    job = make_job(objects=3, per_request=3)
    manifest = job.folder / MANIFEST
    other = {"source-ref": "s3://acme/pages/9.png", "Doc": {"old": True}, "Doc-metadata": {"job-name": "earlier"}}
    failed = {"source-ref": "s3://acme/pages/8.png", "Doc-metadata": {"failure-reason": "expired"}}
    manifest.write_text(manifest.read_text() + "".join(json.dumps(line) + "\n" for line in (other, failed)))
    told = done(job)
    assert told["untouched"] == 2
    lines = [json.loads(line) for line in Path(told["manifest"]).read_text().splitlines()]
    assert lines[3:] == [other, failed]


def test_a_part_that_cannot_be_read_costs_only_its_objects_their_labels(make_job: Make) -> None:
    job = make_job(objects=40, per_request=1)
    path = sorted((job.folder / REQUESTS).iterdir())[7]
    number = int(json.loads(path.read_text())[0]["datasetObjectId"])
    path.write_text("{")
    result = reconsolidate(job)
    assert result.return_value == 1
    told = json.loads(result.stdout)
    assert (told["failed"], len(told["failed_parts"])) == (1, 1)
    assert path.name in told["failed_parts"][0]["part"]
    line = json.loads(Path(told["manifest"]).read_text().splitlines()[number])
    assert "Doc" not in line
    assert line["Doc-metadata"]["failure-reason"]


def test_too_many_failures_end_the_run_with_the_first_error(make_job: Make) -> None:
    job = make_job()
    for path in (job.folder / REQUESTS).iterdir():
        path.write_text(json.dumps({"not": "a payload"}))
    with pytest.raises(GroundTruthError, match="not a JSON array"):
        done(job)


def test_a_setting_that_the_function_refuses_is_named(make_job: Make) -> None:
    with pytest.raises(FunctionError, match='TASK_TYPE is "letters"'):
        done(make_job(), "--task", "letters", "--label-categories", str(make_job().categories))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda job: (job.folder / MANIFEST).unlink(), "no job's output"),
        (lambda job: [path.unlink() for path in job.folder.rglob("*.json")], "nothing to consolidate"),
        (lambda job: (job.folder / MANIFEST).write_text("[]\n"), "no JSON object"),
        (lambda job: (job.folder / MANIFEST).write_text('{"source": "x"}\n'), "--label-attribute"),
    ],
)
def test_what_is_no_finished_job_is_refused(make_job: Make, change: Callable[[Any], object], said: str) -> None:
    job = make_job()
    change(job)
    with pytest.raises(GroundTruthError, match=said):
        done(job)


def test_the_output_manifest_names_its_job_as_well(make_job: Make) -> None:
    job = make_job()
    tree = job_tree(str(job.folder / MANIFEST))
    assert tree.address() == str(job.folder)
    assert [len(read_part(tree, part)) for part in find_parts(tree, "auto")] == [5, 5, 2]


def test_the_tables_show_fields_and_workers(make_job: Make) -> None:
    job = make_job("invoice-boxes")
    command = [
        sys.executable,
        "-m",
        "groundtruth",
        "reconsolidate",
        str(job.folder / MANIFEST),
        "--task",
        job.task_type,
    ]
    command += ["--label-categories", str(job.categories)]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.strip().endswith(MANIFEST)
    for text in ("total_amount", "the job", "box F1", "ann", "12 lines"):
        assert text in shown.stderr
