"""A template prints what it would print in Ground Truth (contract section 4.1)."""

import html as html_module
import json
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundtruth.errors import TemplateError
from groundtruth.templates import CROWD_ELEMENTS_URL, Template, render
from groundtruth.templates.rules import ENVIRONMENT

Html = Callable[..., str]
HOSTILE = "</script><img src=x onerror=alert(1)>\"'&amp; {{ 7 | times: 6 }} {% raw %}"


def same(uri: str) -> str:
    return uri


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ task.input.source-ref }}", "s3://acme/page.png"),
        ("{{ task.input['source-ref'] }}", "s3://acme/page.png"),
        ("{{ task.input.labels[0].required }}", "false"),
        ("{{ task.input.labels[0].if }}", "if"),
        ("{{ task.input.labels.first.label }}{{ task.input.labels.size }}", "total1"),
        ("{{ task.input.page }}", "2"),
        ("{{ task.input.nothing }}", ""),
        ("{% for pair in task.input.class-map %}{{ pair[0] }}={{ pair[1] }};{% endfor %}", "3=total;7=date;"),
        ("{% capture c %}{{ task.input.class_id }}{% endcapture %}{{ task.input.class-map[c] }}", "total"),
        ("{% raw %}{{ task }}{% endraw %}", "{{ task }}"),
        ("{% comment %}{{ task }}{% endcomment %}", ""),
        ("{% if task.input.page > 1 %}more{% else %}one{% endif %}", "more"),
        ("{% case task.input.page %}{% when 2 %}two{% endcase %}", "two"),
        ("{{ task.input.labels | map: 'label' | join: ', ' }}", "total"),
        ("{% liquid\n assign page = task.input.page\n echo page\n%}", "2"),
    ],
)
def test_liquid_reads_the_task(html: Html, source: str, expected: str):
    task_input = {
        "source-ref": "s3://acme/page.png",
        "labels": [{"label": "total", "required": False, "if": "if"}],
        "page": 2,
        "nothing": None,
        "class_id": 3,
        "class-map": {"3": "total", "7": "date"},
    }
    assert html(source, task_input) == expected


def test_a_number_is_no_key_of_a_map(html: Html):
    # The keys of JSON objects are strings, hence the captured string that AWS's own templates use.
    assert html("{% assign n = 3 %}[{{ task.input.class-map[n] }}]", {"class-map": {"3": "total"}}) == "[]"


@pytest.mark.parametrize("expression", ["task.input", "task.input | escape", "task.input | escape | escape"])
def test_output_is_escaped_exactly_once(html: Html, expression: str):
    assert html_module.unescape(html(f"{{{{ {expression} }}}}", HOSTILE)) == HOSTILE


def test_escape_once_leaves_entities_alone(html: Html):
    assert html("{{ task.input | escape_once }} {{ task.input | escape | escape_once }}", "&lt;b&gt; <") == (
        "&lt;b&gt; &lt; &amp;lt;b&amp;gt; &lt;"
    )


def test_skip_autoescape_prints_what_it_gets(html: Html):
    assert html("{{ task.input | skip_autoescape }}", "<b>&</b>") == "<b>&</b>"


@given(value=json_values)
def test_a_map_prints_as_escaped_json(value: object):
    printed = html_module.unescape(render("{{ task }}", value, sign=same))
    assert json.loads(printed) == {"input": value}


class Attributes(HTMLParser):
    """The attributes of the last element."""

    values: dict[str, str | None]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.values = dict(attrs)


@given(value=json_values, to_json_escaped=st.booleans())
def test_to_json_with_escape_is_right_in_both_readings(value: object, to_json_escaped: bool):
    source = '<p data="{{ task.input | to_json | escape }}" end>'
    parser = Attributes()
    parser.feed(render(source, value, sign=same, to_json_escaped=to_json_escaped))
    assert json.loads(parser.values["data"] or "") == value
    assert list(parser.values) == ["data", "end"]


def test_to_json_alone_is_raw_or_escaped_as_asked(html: Html):
    assert html("{{ task.input | to_json }}", ["a<b"]) == '["a<b"]'
    assert html("{{ task.input | to_json }}", ["a<b"], to_json_escaped=True) == "[&#34;a&lt;b&#34;]"


def test_an_undefined_value_is_null_in_json(html: Html):
    assert html("{{ task.input.missing | to_json }}") == "null"


@pytest.mark.parametrize("name", ["grant_read_access", "s3_presign"])
def test_read_access_is_granted_by_the_signer_and_escaped(html: Html, name: str):
    assert html(f'<img src="{{{{ task.input.image | {name} }}}}">', {"image": "s3://acme/a.png"}) == (
        '<img src="https://signed.example/acme/a.png?token=a&amp;expires=1">'
    )


@given(text=st.text(), name=st.sampled_from(sorted(ENVIRONMENT.filters)))
def test_no_filter_but_the_two_raw_ones_lets_markup_through(text: str, name: str):
    if name in {"skip_autoescape", "to_json"}:
        return
    hostile = f'<script>"{text}'
    source = "{{ task.input | NAME }}{{ task.input | append: 'x' | NAME }}".replace("NAME", name)
    try:
        page = render(source, hostile, sign=same)
    except TemplateError:
        return
    assert "<script" not in page.replace("<br />", "")


def test_only_the_address_of_the_crowd_script_changes():
    source = f'<script src="{CROWD_ELEMENTS_URL}"></script>{{{{ task.input }}}}'
    page = render(source, CROWD_ELEMENTS_URL, sign=same, crowd_elements_url='/crowd.js?a="b"&{{ task }}')
    assert page == f'<script src="/crowd.js?a=&quot;b&quot;&amp;%7B%7B task %7D%7D"></script>{CROWD_ELEMENTS_URL}'


def test_undefined_variables_render_as_nothing_and_are_reported(page):
    made = page(
        "{{ task.input.vendor }}\n{% for box in task.input.boxes %}{% endfor %}{{ task.input.x | to_json }}", {}
    )
    assert made.html == "\nnull"
    assert [(variable.name, variable.line) for variable in made.undefined] == [
        ("task.input.vendor", 1),
        ("task.input.boxes", 2),
        ("task.input.x", 2),
    ]


def test_asking_whether_a_variable_is_there_is_no_mistake(page):
    source = (
        "{% if task.input.a %}a{% endif %}{% unless task.input.b %}b{% endunless %}{{ task.input.c | default: 'c' }}"
    )
    made = page(source, {})
    assert (made.html, made.undefined) == ("bc", ())


def test_a_template_renders_many_tasks_independently():
    template = Template.parse("{% assign n = task.input %}{{ n }}{{ m }}{% assign m = 1 %}")
    assert [template.page(n, sign=same).html for n in range(3)] == ["0", "1", "2"]
