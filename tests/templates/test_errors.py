"""A template that Ground Truth could not use is refused in one message: which file, which line, what to do."""

from pathlib import Path

import pytest

from groundtruth.errors import TemplateError
from groundtruth.templates import MAXIMUM_CHARACTERS, Template


def refusal(source: str, task_input: object = None) -> str:
    def sign(uri: str) -> str:
        raise TemplateError(f'"{uri}" is not an S3 URI. Write s3://bucket/key.')

    with pytest.raises(TemplateError) as caught:
        Template.parse(source, "t.liquid.html").page(task_input, sign=sign)
    return str(caught.value)


@pytest.mark.parametrize(
    ("source", "line", "says"),
    [
        (
            "a\n{{ task.input.x | grant_read_acess }}",
            2,
            'unknown filter "grant_read_acess". Did you mean "grant_read_access"?',
        ),
        ("{% if false %}\n{{ x | nope }}{% endif %}", 2, 'unknown filter "nope"'),
        ("{{ x | safe }}", 1, 'unknown filter "safe"'),
        ("\n\n{% fore x in y %}", 3, 'tag "fore". Did you mean "for"?'),
        ("{% include 'other' %}", 1, 'tag "include"'),
        ("a\n{% if x %}\n{% if y %}{% endif %}\n", 2, "expected tag endif"),
        ("a\n{% endif %}", 2, '"endif"'),
        ("\n{{ a.", 2, "expected '}}'"),
        ("\n{{ a b c }}", 2, "{% raw %}"),
        ("\n{{ 'x' | grant_read_access }}", 2, '"x" is not an S3 URI. Write s3://bucket/key.'),
        ("\n{{ 5 | divided_by: 0 }}", 2, "divide"),
    ],
)
def test_a_mistake_is_named_with_its_line(source: str, line: int, says: str):
    message = refusal(source)
    assert message.startswith(f"t.liquid.html, line {line}: ")
    assert says in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("{% for i in (1..1000000) %}{% endfor %}", "loops more than 100,000 times"),
        ("{% for i in (1..1000) %}{% for j in (1..1000) %}{% endfor %}{% endfor %}", "loops more than 100,000 times"),
        ("{% for i in (1..90000) %}{% endfor %}{% for i in (1..90000) %}{% endfor %}", "loops more than 100,000 times"),
        ("{% tablerow i in (1..1000000) %}{% endtablerow %}", "loops more than 100,000 times"),
        ("{% assign s = 'aaaa' %}{% for i in (1..99) %}{% assign s = s | append: s %}{% endfor %}", "namespace limit"),
        ("{% for i in (1..90000) %}{{ task.input }}{% endfor %}", "output stream limit"),
        ("{% for i in (1..99999) %}{% capture c %}{{ c }}{{ task.input }}{% endcapture %}{% endfor %}", "limit"),
    ],
)
def test_a_hostile_template_is_given_up(source: str, says: str):
    message = refusal(source, "x" * 1000)
    assert says in message
    assert "given up" in message


def test_deep_nesting_is_refused():
    assert "t.liquid.html" in refusal("{% if a %}" * 3000 + "{% endif %}" * 3000)


def test_a_template_over_the_size_limit_is_refused():
    Template.parse("x" * MAXIMUM_CHARACTERS)
    assert "128,001 characters" in refusal("x" * (MAXIMUM_CHARACTERS + 1))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path):
    with pytest.raises(TemplateError, match=r"missing\.html: cannot be read"):
        Template.read(tmp_path / "missing.html")
    latin = tmp_path / "latin.html"
    latin.write_bytes("Rückgabe".encode("latin-1"))
    with pytest.raises(TemplateError, match=r"latin\.html: is not UTF-8 at byte 1"):
        Template.read(latin)
