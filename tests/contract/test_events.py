"""The sample events are what Ground Truth sends, and their payloads hold the awkward cases that real jobs hold."""

import json
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
EVENTS = ROOT / "events"
TASKS = ["document-type", "invoice-boxes", "invoice-fields"]
SAMPLES = sorted(path for path in EVENTS.glob("*.json") if path.name != "env.json")
CONSOLIDATION = [path for path in SAMPLES if "-consolidation" in path.name]

PRE_ANNOTATION = [path for path in SAMPLES if "-pre-annotation" in path.name]
DOCUMENTED = {"version", "labelingJobArn", "labelAttributeName", "roleArn", "payload"}
EXTRAS = {"labelCategories", "outputConfig", "maxHumanWorkersPerDataObject", "vpcEnabled"}


def loaded(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def stored(uri: str) -> Path:
    """Where the sample S3 object lies on disk."""
    return EVENTS / "s3" / uri.removeprefix("s3://")


def answers(payload: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [annotation["annotationData"] for entry in payload for annotation in entry["annotations"]]


def awkward(task: str) -> list[dict[str, Any]]:
    payload: list[dict[str, Any]] = loaded(
        stored(loaded(EVENTS / f"{task}-consolidation-awkward.json")["payload"]["s3Uri"])
    )
    return payload


def test_every_function_has_a_sample_event(template: dict[str, Any]) -> None:
    functions = {
        resource["Properties"]["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
    }
    assert len(functions - {"reconsolidation"}) == 2 * len(TASKS)
    assert functions <= {path.stem for path in SAMPLES}


def test_every_event_and_no_other_is_documented() -> None:
    text = (EVENTS / "README.md").read_text(encoding="utf-8")
    rows = [line.split("`")[1] for line in text.splitlines() if line.startswith("| `") and ".json`" in line]
    assert sorted(rows) == [path.name for path in SAMPLES]


@pytest.mark.parametrize("path", PRE_ANNOTATION, ids=lambda path: path.stem)
def test_a_pre_annotation_event_is_a_manifest_line_of_a_job(path: Path) -> None:
    event = loaded(path)
    assert set(event) == {"version", "labelingJobArn", "dataObject"}
    assert event["labelingJobArn"] == event["labelingJobArn"].lower()
    assert len(json.dumps(event["dataObject"])) < 100_000
    if "no-source" not in path.stem:
        assert len({"source", "source-ref"} & set(event["dataObject"])) == 1


@pytest.mark.parametrize("path", CONSOLIDATION, ids=lambda path: path.stem)
def test_a_consolidation_event_names_a_payload_that_is_there(path: Path) -> None:
    event = loaded(path)
    assert set(event) >= DOCUMENTED
    assert set(event) <= DOCUMENTED | EXTRAS
    payload = loaded(stored(event["payload"]["s3Uri"]))
    assert isinstance(payload, list)
    for entry in payload:
        assert set(entry) == {"datasetObjectId", "dataObject", "annotations"}
        assert set(entry["dataObject"]) in ({"s3Uri"}, {"content"})


@pytest.mark.parametrize("task", TASKS)
def test_label_categories_come_given_null_and_not_at_all(task: str) -> None:
    given = loaded(EVENTS / f"{task}-consolidation.json")["labelCategories"]
    assert all(isinstance(label, str) for label in given)
    assert loaded(EVENTS / f"{task}-consolidation-awkward.json")["labelCategories"] is None
    assert set(loaded(EVENTS / f"{task}-consolidation-documented-keys.json")) == DOCUMENTED


@pytest.mark.parametrize("task", TASKS)
def test_the_awkward_payload_is_awkward(task: str) -> None:
    payload = awkward(task)
    ids = [entry["datasetObjectId"] for entry in payload]
    assert len(ids) == len(set(ids))
    assert ids != sorted(ids, key=int)
    counts = {len(entry["annotations"]) for entry in payload}
    assert counts == {0, 1, 3}
    contents = [data["content"] for data in answers(payload) if "content" in data]
    assert "{}" in contents
    assert any(not is_json(content) for content in contents)


def is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("task", TASKS)
def test_answers_in_s3_come_in_both_spellings_and_both_shapes_and_one_is_lost(task: str) -> None:
    references = list(chain.from_iterable(data.items() for data in answers(awkward(task)) if "content" not in data))
    assert {spelling for spelling, _ in references} == {"s3Uri", "s3uri"}
    there = [loaded(stored(uri)) for _, uri in references if stored(uri).is_file()]
    assert {"answers" in answer for answer in there} == {True, False}
    assert any(not stored(uri).is_file() for _, uri in references)


def test_any_file_system_can_hold_the_samples() -> None:
    for path in EVENTS.rglob("*"):
        assert not set(path.name) & set(':*?"<>|\\'), path


def test_the_functions_declare_what_env_json_sets(template: dict[str, Any]) -> None:
    # sam local passes an override on only when the template declares the variable.
    declared = set(template["Globals"]["Function"]["Environment"]["Variables"])
    (overrides,) = loaded(EVENTS / "env.json").values()
    assert set(overrides) <= declared
    assert overrides["LABEL_CATEGORIES_URI"].startswith("s3://acme-groundtruth-invoices/")
