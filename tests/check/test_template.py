"""A template's mistakes are found in its source, each on its line; what works in Ground Truth is left alone."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundtruth.check.template import WorkerTemplate, template_findings

ROOT = Path(__file__).parents[2]
SCRIPT = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'
REGIONS = "<short-instructions>s</short-instructions><full-instructions>f</full-instructions>"


def found(source: str) -> list[tuple[str, int | None]]:
    return [(finding.rule, finding.line) for finding in template_findings(WorkerTemplate(source, "t.html"))]


def in_form(body: str) -> str:
    """A whole template whose second line is the body."""
    return f"{SCRIPT}<crowd-form>\n{body}\n</crowd-form>"


@pytest.mark.parametrize("path", sorted((ROOT / "crowd_templates").glob("*.html")), ids=lambda path: path.stem)
def test_the_projects_own_templates_have_no_findings(path: Path):
    assert template_findings(WorkerTemplate(path.read_text(encoding="utf-8"), path.name)) == []


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("{{ task.input.x | upcas }}", "template-filter"),
        ("{{ labels }}", "template-undefined"),
        ("{{ task.image }}", "template-undefined"),
        ("{% if initialValue %}a{% endif %}", "template-undefined"),
        ("{% include 'header' %}", "template-liquid"),
        ("{% if task.input.a %}", "template-liquid"),
        ('<script type="module">1</script>', "template-module"),
        ("<crowd-select name='a'></crowd-select>", "template-element"),
        ("<crowd-textract-analyze-document></crowd-textract-analyze-document>", "template-augmented-ai"),
        ("<crowd-boundingbox></crowd-boundingbox>", "template-element"),
        ("<crowd-input></crowd-input>", "template-name"),
        ('<crowd-input name=""></crowd-input>', "template-name"),
        ('<crowd-input name="a">', "template-unclosed"),
        ('<crowd-input name="a"/>', "template-unclosed"),
        ('<crowd-input name="a"></crowd-input><textarea name="a"></textarea>', "template-name-twice"),
        ('{% for f in task.input.f %}<crowd-input name="a"></crowd-input>{% endfor %}', "template-name-twice"),
        (
            '{% for f in task.input.f %}<crowd-checkbox name="a" value="b"></crowd-checkbox>{% endfor %}',
            "template-name-twice",
        ),
        (f'<crowd-bounding-box name="a" labels="[1]">{REGIONS}</crowd-bounding-box>', "template-attribute"),
        (f'<crowd-classifier name="a" categories="[1]">{REGIONS}</crowd-classifier>', "template-region"),
        (
            f'<crowd-bounding-box name="a" src="https://a/b.png" labels="{list(range(11))}">{REGIONS}</crowd-bounding-box>',
            "template-labels-many",
        ),
        (
            f'<crowd-image-classifier name="a" header="h" src="https://a/b.png" categories="{list(range(11))}">{REGIONS}'
            "</crowd-image-classifier>",
            "template-labels-limit",
        ),
        (
            f'<crowd-polygon name="a" src="https://a/b.png" labels="Total, Date">{REGIONS}</crowd-polygon>',
            "template-value",
        ),
        (
            f'<crowd-polygon name="a" src="https://a/b.png" labels="{{a: 1}}">{REGIONS}</crowd-polygon>',
            "template-value",
        ),
        ('<crowd-radio-button name="a" required>a</crowd-radio-button>', "template-radio"),
        ('<button type="submit">Send</button>', "template-submit"),
        ('<img src="s3://bucket/key.png">', "template-s3-uri"),
        ('<img src="s3://bucket/{{ task.input.key }}">', "template-s3-uri"),
        ('<img src="{{ task.input.source-ref }}">', "template-s3-uri"),
        ("<img src=\"{{ task.input['source-ref'] }}\">", "template-s3-uri"),
        ('<img src="{{ task.input.image }}">', "template-read-access"),
        ('{% assign u = task.input.image %}<img src="{{ u }}">', "template-read-access"),
        ('<p title="{{ task.input | to_json }}">', "template-json-attribute"),
        ("<p title='{{ task.input | to_json }}'>", "template-json-apostrophe"),
        ("<p>{{ task.input | to_json }}</p>", "template-json-text"),
        ("<script>x = {{ task.input | to_json }}</script>", "template-script-value"),
        ("<p onclick=\"f('{{ task.input.name }}')\">", "template-script-value"),
        ("<p>{{ task.input.html | skip_autoescape }}</p>", "template-skip-autoescape"),
    ],
)
def test_a_mistake_is_found_on_its_line(body: str, rule: str):
    assert found(in_form(body)) == [(rule, 2)]


@pytest.mark.parametrize(
    "body",
    [
        '<img src="{{ task.input.image | grant_read_access }}">',
        '{% assign u = task.input.image | s3_presign %}{% assign v = u %}<img src="{{ v }}">',
        '{% capture u %}{{ task.input.image | grant_read_access }}{% endcapture %}<img src="{{ u }}">',
        '<img src="https://example.com/{{ task.input.name }}.png"><a href="{{ task.input.link }}">x</a>',
        '<p title="{{ task.input | to_json | escape }}">{{ "a" | skip_autoescape }}</p>',
        "{% comment %}{{ labels | upcas }} <crowd-select>{% endcomment %}",
        "{% raw %}<script>const app = `{{ vue }}`;</script>{% endraw %}",
        '{% if task.input.a %}<crowd-input name="a"></crowd-input>{% else %}<textarea name="a"></textarea>{% endif %}',
        '{% for f in task.input.f %}<crowd-input name="{{ f.label }}"></crowd-input>{{ forloop.index }}{% endfor %}',
        '{% for f in task.input.f %}<crowd-checkbox name="absent" value="{{ f }}"></crowd-checkbox>{% endfor %}',
        '<input type="radio" name="a" value="1"><input type="radio" name="a" value="2">',
        '<crowd-checkbox name="a" value="1"></crowd-checkbox><crowd-checkbox name="a" value="2"></crowd-checkbox>',
        f"<crowd-polygon name='a' src='https://a/b.png' labels=\"['Total', {{label: 'Date'}}, ]\">{REGIONS}</crowd-polygon>",
        '<crowd-input name="a" {% if task.input.b %}required{% endif %} label="{{ task.input.c | default: "none" }}"></crowd-input>',
        '<button type="button">Turn</button><script>if (1 < 2) { document.querySelector("<p>"); }</script>',
        "<crowd-polygon name='a' src='https://a/b.png' labels=\"[{% if task.input.a %}'x'{% else %}'y'{% endif %}]\">"
        f"{REGIONS}</crowd-polygon>",
        "{% liquid\n assign q = 1\n echo q %}{{ q }}{{ task }}",
    ],
)
def test_what_works_is_left_alone(body: str):
    assert found(in_form(body)) == []


def test_a_template_without_script_or_form_is_found():
    assert found("<p>hello</p>") == [("template-script", 1), ("template-form", 1)]
    assert found(f'{SCRIPT}<crowd-input name="a"></crowd-input><crowd-form></crowd-form>') == [
        ("template-outside-form", 1)
    ]
    alone = f"<crowd-entity-annotation name='a' text='t' labels=\"['x']\">{REGIONS}</crowd-entity-annotation>"
    assert found(SCRIPT + alone) == []
    inside = alone.replace(REGIONS, f'{REGIONS}<crowd-radio-button name="b">b</crowd-radio-button>')
    assert found(SCRIPT + inside) == []


def test_lines_are_those_of_the_file_after_liquid_of_several_lines():
    body = '{{ task.input.a\n | default: "<p>" }}{% assign b\n = 1 %}\n<crowd-select></crowd-select>{{ x }}'
    assert found(in_form(body)) == [("template-undefined", 5), ("template-element", 5)]


def test_a_template_over_the_limit_is_found():
    assert ("template-size", None) in found(in_form("x" * 128_000))


@given(st.text(alphabet="<>{}%\"'= /-abc|\n!\ue000\U000f0000", max_size=60) | st.text(max_size=60))
def test_any_text_ends_in_findings_not_in_an_exception(source: str):
    lines = source.count("\n") + 1
    assert all(1 <= (line or 1) <= lines for _, line in found(source))
