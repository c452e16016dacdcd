"""Whatever object a manifest line holds, the answer is a valid response or the one documented error."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pre_annotation.errors import PreAnnotationError
from pre_annotation.response import PreAnnotationResponse
from pre_annotation.task import TASK_INPUT_CHARACTERS, make_task

KEYS = [
    *("source", "source-ref", "earlier", "earlier-metadata", "Event", "class-name", "class-map", "votes", "fields"),
    *("annotations", "image_size", "status", "class_id", "left", "top", "width", "height", "label", "boundingBoxes"),
    *("human-annotated", "failure-reason", "creation-date", "value", "absent", "total_amount", "due_date", "0", "1"),
]
WORDS = ["s3://bucket/page.png", "agreed", "yes", "invoice", "total_amount", "0", "s3://bucket/page.pdf", ""]
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(WORDS)
keys = st.sampled_from(KEYS) | st.text()
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=6), max_leaves=20
)
lines = st.dictionaries(keys, values, max_size=8)
usable_lines = st.builds(lambda line: {**line, "source-ref": "s3://bucket/page.png"}, lines).map(
    lambda line: {key: value for key, value in line.items() if key not in ("source", "Event")}
)


def make(line, config, task_type):
    """The response as Lambda would send it, after every check that Ground Truth makes of it."""
    task = make_task(line, config, task_type)
    response = PreAnnotationResponse(task.task_input, task.is_human_annotation_required).as_dict()
    sent = json.dumps(response, ensure_ascii=False, allow_nan=False).encode()
    assert json.loads(sent) == response
    assert set(response) == {"taskInput", "isHumanAnnotationRequired"}
    assert isinstance(response["isHumanAnnotationRequired"], bool)
    assert len(json.dumps(response["taskInput"], ensure_ascii=False)) <= TASK_INPUT_CHARACTERS
    return response


@pytest.mark.parametrize("task_type", ["document-type", "invoice-boxes", "invoice-fields"])
@settings(deadline=None)
@given(line=lines, attribute=st.none() | st.just("earlier"))
def test_any_line_is_a_task_or_the_documented_error(categories, task_type, line, attribute):
    config = categories(task_type, manifestKeys=["status", "votes"], initialValueAttribute=attribute)
    try:
        make(line, config, task_type)
    except PreAnnotationError as error:
        message = str(error)
        assert message.startswith(("object", "text object"))
        message.encode()


@pytest.mark.parametrize("task_type", ["document-type", "invoice-boxes", "invoice-fields"])
@settings(deadline=None)
@given(line=usable_lines, attribute=st.none() | st.just("earlier"))
def test_no_earlier_value_can_fail_a_line(categories, task_type, line, attribute):
    make(line, categories(task_type, initialValueAttribute=attribute), task_type)
