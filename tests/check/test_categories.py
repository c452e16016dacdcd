"""A label category config's mistakes are found at their lines, as Ground Truth and this project's functions would refuse them."""

import json
from pathlib import Path
from typing import Any

import pytest

from groundtruth.check.categories import category_findings
from groundtruth.check.document import parse_document

ROOT = Path(__file__).parents[2]


def found(config: object, task_type: str | None = None) -> list[tuple[str, str]]:
    document = parse_document(json.dumps(config), "c.json")
    return [(finding.rule, finding.path) for finding in category_findings(document, task_type)]


def config(*labels: Any, **more: Any) -> dict[str, Any]:
    return {"document-version": "2018-11-28", "labels": list(labels), **more}


@pytest.mark.parametrize("path", sorted((ROOT / "label_categories").rglob("*.json")), ids=lambda path: path.stem)
def test_the_projects_own_configs_have_no_findings(path: Path):
    document = parse_document(path.read_text(encoding="utf-8"), path.name)
    assert category_findings(document, path.stem) == []


@pytest.mark.parametrize(
    ("value", "rule", "path"),
    [
        ({"document-version": "2018-11-28"}, "categories-labels", "labels"),
        (config(), "categories-labels", "labels"),
        ([], "categories-labels", "labels"),
        (config("total"), "categories-labels", "labels[0]"),
        (config({}), "categories-labels", "labels[0]"),
        ({"labels": [{"label": "a"}]}, "categories-version", "document-version"),
        (config({"label": ""}), "categories-name", "labels[0].label"),
        (config({"label": "x" * 257}), "categories-name", "labels[0].label"),
        (config({"label": 3}), "categories-name", "labels[0].label"),
        (config({"label": "Total"}, {"label": "total "[:5]}), "categories-twice", "labels[1].label"),
        (config({"label": "a"}, {"label": "b", "displayName": "A"}), "categories-twice", "labels[1].displayName"),
        (config({"label": "a", "type": "money"}), "categories-key", "labels[0].type"),
        (config({"label": "a", "dateOrder": "day-first"}), "categories-key", "labels[0].dateOrder"),
        (config({"label": "a", "occurs": "twice"}), "categories-key", "labels[0].occurs"),
        (config({"label": "a", "sumsTo": "b"}), "categories-key", "labels[0].sumsTo"),
        (config({"label": "a", "type": "amount", "sumsTo": "a"}), "categories-key", "labels[0].sumsTo"),
        (config({"label": "a"}, task={"choice": "many"}), "categories-key", "task.choice"),
        (config({"label": "a"}, task={"marks": "lines"}), "categories-key", "task.marks"),
        (config({"label": "a", "required": "no"}), "categories-key", "labels[0].required"),
        (config({"label": "a", "displayname": "A"}), "categories-unknown-key", "labels[0].displayname"),
        (config({"label": "a"}, tasks={}), "categories-unknown-key", "tasks"),
        (config({"label": "a"}, task={"skipAgreed": 1}), "categories-key", "task.skipAgreed"),
        (config({"label": "a"}, task={"manifestKeys": "page"}), "categories-key", "task.manifestKeys"),
        (config({"label": "a"}, task={"manifestKeys": ["page", "gold"]}), "categories-key", "task.manifestKeys"),
        (
            config({"label": "a"}, task={"initialValueAttribute": "x-metadata"}),
            "categories-key",
            "task.initialValueAttribute",
        ),
        (
            config({"label": "a"}, instructions={"shortInstruction": "x" * 256}),
            "categories-instructions",
            "instructions.shortInstruction",
        ),
        (config(*({"label": str(n)} for n in range(51))), "categories-count", "labels"),
    ],
)
def test_a_mistake_is_found_at_its_path(value: object, rule: str, path: str):
    assert found(value) == [(rule, path)]


def test_what_a_task_type_shows_counts():
    eleven = config(*({"label": str(n)} for n in range(11)))
    assert found(eleven, "invoice-boxes") == [("categories-many", "labels")]
    assert found(eleven, "invoice-fields") == []
    assert found(config({"label": "a"}, task={"choice": "several"}), "invoice-fields") == [
        ("categories-key", "task.choice")
    ]
    assert found(config({"label": "a"}, task={"marks": "polygons"}), "invoice-boxes") == []
    assert found(config({"label": "invoice"}), "document-type") == [("categories-count", "labels")]
    assert found(config({"label": "_total"}), "invoice-fields") == [("categories-key", "labels[0].label")]


def test_findings_have_the_line_of_what_they_mean():
    text = '{"labels": [\n {"label": "a"},\n {"label": "b",\n  "typ": "date"}, {}],\n\n "document-version": "1"\n}'
    lines = {f.path: f.line for f in category_findings(parse_document(text, "c.json"))}
    assert lines == {"document-version": 6, "labels[1].typ": 4, "labels[2]": 4}


def test_what_is_no_json_is_found_at_its_line():
    for text, rule, line in [
        ("{\n,}", "json", 2),
        (
            '{"labels": [{"label": "a"}],\n"labels": [{"label": "a"}], "document-version": "2018-11-28"}',
            "json-duplicate-key",
            2,
        ),
    ]:
        (finding,) = category_findings(parse_document(text, "c.json"))
        assert (finding.rule, finding.line, finding.file) == (rule, line, "c.json")
    (deep,) = category_findings(parse_document("[" * 100_000, "c.json"))
    assert deep.rule == "json"
