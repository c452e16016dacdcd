"""The consolidation request of a real Ground Truth job: 302 images, five workers each."""

import json
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.data


@pytest.fixture
def job(data: Path) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The job's payload, and the true label of each of its objects."""
    folder = data / "ground_truth_job"
    payload = json.loads((folder / "consolidation-request.json").read_bytes())
    labels = {entry["ImageId"]: entry["Label"] for entry in json.loads((folder / "true_labels.json").read_bytes())}
    images = {o["datasetObjectId"]: Path(o["dataObject"]["s3Uri"]).stem for o in payload}
    return payload, {object_id: labels[image] for object_id, image in images.items()}


@pytest.mark.parametrize("method", ["majority", "weighted"])
def test_all_objects_are_labelled_and_nine_of_ten_rightly(invoke, job, method):
    payload, truth = job
    entries = invoke(payload, CONSOLIDATION_METHOD=method)
    assert [entry["datasetObjectId"] for entry in entries] == [entry["datasetObjectId"] for entry in payload]
    assert len(entries) == 302
    labels = {e["datasetObjectId"]: e["consolidatedAnnotation"]["content"]["Invoice-Label"] for e in entries}
    right = sum(labels[object_id]["class-name"] == label for object_id, label in truth.items())
    assert right / len(truth) >= 0.900


def test_categories_of_the_event_give_the_class_ids(invoke, job):
    payload, truth = job
    names = sorted(set(truth.values()), reverse=True)
    entries = invoke(payload, labelCategories=names)
    for entry in entries:
        value = entry["consolidatedAnnotation"]["content"]["Invoice-Label"]
        if value["class-name"] in names:
            assert value["class_id"] == names.index(value["class-name"])
