"""Templates meet what the functions really answer, and the label categories, before a job does."""

import json
from pathlib import Path

import pytest

from groundtruth.check.report import Report
from groundtruth.check.run import Subjects, check
from groundtruth.errors import RequestError

ROOT = Path(__file__).parents[2]
SCRIPT = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'
REGIONS = "<short-instructions>s</short-instructions><full-instructions>f</full-instructions>"
FUNCTIONS = """
Resources:
  InvoiceBoxesPreAnnotation:
    {Type: 'AWS::Serverless::Function', Properties: {CodeUri: code, Handler: app.pre}}
  InvoiceBoxesConsolidation:
    {Type: 'AWS::Serverless::Function', Properties: {CodeUri: code, Handler: app.post}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A user's own project: functions, label categories, a manifest of two lines."""
    (tmp_path / "code").mkdir()
    (tmp_path / "template.yaml").write_text(FUNCTIONS)
    labels = [{"label": "total", "displayName": "Total amount"}, {"label": "due_date"}]
    (tmp_path / "categories.json").write_text(json.dumps({"document-version": "2018-11-28", "labels": labels}))
    lines = [{"source-ref": "s3://scans/1.png", "page": 1}, {"source-ref": "s3://scans/2.png"}]
    (tmp_path / "q3.manifest").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return tmp_path


def found(report: Report) -> list[tuple[str, str, int | None]]:
    return [(finding.rule, Path(finding.file).name, finding.line) for finding in report.findings]


def run(folder: Path, template: str, function: str = "return {'taskInput': {}}") -> Report:
    """Checks a template with what a pre-annotation function of this body answers for the manifest's lines."""
    (folder / "code/app.py").write_text(f"def pre(event, context):\n    line = event['dataObject']\n    {function}\n")
    (folder / "t.liquid.html").write_text(f"{SCRIPT}<crowd-form>\n{template}\n</crowd-form>")
    return check(
        Subjects(
            manifests=(folder / "q3.manifest",),
            templates=(folder / "t.liquid.html",),
            label_categories=(folder / "categories.json",),
            task_type="invoice-boxes",
            sam_template=folder / "template.yaml",
        )
    )


def polygon(labels: str, src: str = "https://example.com/1.png") -> str:
    return f'<crowd-polygon name="a" src="{src}" labels="{labels}">{REGIONS}</crowd-polygon>'


LABELS = "{{ task.input.labels | to_json | escape }}"


@pytest.mark.parametrize("task", ["document-type", "invoice-boxes", "invoice-fields"])
def test_the_projects_own_template_fits_its_own_function(folder: Path, task: str):
    subjects = Subjects(
        manifests=(folder / "q3.manifest",),
        templates=(ROOT / f"crowd_templates/{task}.liquid.html",),
        task_type=task,
        sam_template=ROOT / "template.yaml",
        task_categories=ROOT / f"label_categories/{task}.json",
    )
    assert check(subjects).findings == []


def test_a_template_that_fits_has_no_findings(folder: Path):
    labels = "return {'taskInput': {'labels': ['Total amount', 'due_date']}}"
    assert found(run(folder, polygon(LABELS), labels)) == []


def test_a_value_that_the_function_does_not_give_is_found_once(folder: Path):
    report = run(folder, '{{ task.input.vendor }}\n<img src="{{ task.input.image | grant_read_access }}">')
    assert found(report) == [("task-undefined", "t.liquid.html", 2), ("task-undefined", "t.liquid.html", 3)]
    assert "line 1" in report.findings[0].message


def test_a_value_that_only_some_lines_have_is_found(folder: Path):
    report = run(
        folder, "{{ task.input.page }}", "return {'taskInput': {'page': line['page']} if 'page' in line else {}}"
    )
    assert found(report) == [("task-undefined", "t.liquid.html", 2)]
    assert "line 2" in report.findings[0].message


def test_labels_that_are_no_categories_and_categories_that_nobody_offers_are_found(folder: Path):
    labels = "return {'taskInput': {'labels': ['total', 'Due date']}}"
    expected = [("labels-unknown", "t.liquid.html", 2), ("labels-missing", "t.liquid.html", 2)]
    assert found(run(folder, polygon(LABELS), labels)) == expected
    assert found(run(folder, polygon("['total', 'Due date']"))) == expected


def test_what_only_the_page_shows_is_found(folder: Path):
    labels = "return {'taskInput': {'labels': 'total', 'uri': line['source-ref'], 'key': 'x'}}"
    assert found(run(folder, polygon(LABELS), labels)) == [("template-value", "t.liquid.html", 2)]
    (static, page) = found(run(folder, '<img src="{{ task.input.uri }}">', labels))
    assert static == ("template-read-access", "t.liquid.html", 2)
    assert page == ("template-s3-uri", "t.liquid.html", 2)
    same = '{% for n in (1..2) %}<crowd-input name="{{ task.input.key }}"></crowd-input>{% endfor %}'
    assert found(run(folder, same, labels)) == [("template-name-twice", "t.liquid.html", 2)]


def test_a_page_that_cannot_be_rendered_is_found(folder: Path):
    report = run(
        folder, '<img src="{{ task.input.uri | grant_read_access }}">', "return {'taskInput': {'uri': 'scans/1.png'}}"
    )
    assert found(report) == [("task-render", "t.liquid.html", 2)]


def test_a_function_that_fails_or_answers_wrongly_is_found_at_its_line(folder: Path):
    report = run(folder, "", "return {'taskInput': {}, 'x': line['page']}")
    assert found(report) == [("task-function", "q3.manifest", 2)]
    assert "KeyError" in report.findings[0].message
    assert found(run(folder, "", "return {}")) == [("task-answer", "q3.manifest", 1), ("task-answer", "q3.manifest", 2)]
    spelt = "return {'taskInput': {}, 'humanAnnotationRequired': 'true'}"
    assert found(run(folder, "", spelt))[0] == ("task-answer-form", "q3.manifest", 1)


def test_an_unknown_task_type_is_refused(folder: Path):
    (folder / "code/app.py").write_text("")
    with pytest.raises(RequestError, match="stamps"):
        check(
            Subjects(
                manifests=(folder / "q3.manifest",),
                label_categories=(folder / "categories.json",),
                task_type="stamps",
                sam_template=folder / "template.yaml",
            )
        )


def test_without_a_function_the_line_itself_is_the_task_input(folder: Path):
    (folder / "request.json").write_text(json.dumps({"HumanTaskConfig": {"TaskTitle": "x"}}))
    (folder / "t.html").write_text(
        f"{SCRIPT}<crowd-form>\n{{{{ task.input.page }}}}{{{{ task.input.source-ref }}}}</crowd-form>"
    )
    report = check(
        Subjects(
            manifests=(folder / "q3.manifest",), templates=(folder / "t.html",), requests=(folder / "request.json",)
        )
    )
    assert [entry for entry in found(report) if entry[1] == "t.html"] == [("task-undefined", "t.html", 2)]


def test_more_categories_than_an_element_shows_are_found_without_a_function(folder: Path):
    labels = [{"label": str(number)} for number in range(11)]
    (folder / "categories.json").write_text(json.dumps({"document-version": "2018-11-28", "labels": labels}))
    box = f'<crowd-bounding-box name="a" src="https://a/b.png" labels="{LABELS}">{REGIONS}</crowd-bounding-box>'
    (folder / "t.html").write_text(f"{SCRIPT}<crowd-form>\n{box}</crowd-form>")
    report = check(Subjects(templates=(folder / "t.html",), label_categories=(folder / "categories.json",)))
    assert found(report) == [("template-labels-many", "t.html", 2)]
