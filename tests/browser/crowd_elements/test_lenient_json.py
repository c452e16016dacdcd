"""Attribute text is read leniently, and never run."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def parser(browser: Browser, site: Any) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(site.put("/parser.html", "<title>Parser</title>"))
    page.evaluate("""async () => {
      const { parseLenientJson } = await import('/crowd/core/lenient-json.js');
      window.read = (text) => {
        try { return { value: parseLenientJson(text) }; } catch (error) { return { kind: error.constructor.name, message: error.message }; }
      };
    }""")
    yield page
    page.close()


def read(parser: Page, text: str) -> Any:
    result = parser.evaluate("(text) => read(text)", text)
    assert "value" in result, result
    return result["value"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("['Total', 'Due date',]", ["Total", "Due date"]),
        ("[{ label: 'Total', left: 1, 'top': .5, }]", [{"label": "Total", "left": 1, "top": 0.5}]),
        ("{ a: 1, // one\n b: /* two */ 2 }", {"a": 1, "b": 2}),
        ("[+1, -2, 3., 0x1F, -0x10, 1e3]", [1, -2, 3, 31, -16, 1000]),
        (r"'it\'s \"quoted\" \u20ac \x41\n'", 'it\'s "quoted" € A\n'),
        ("'split\\\nline'", "splitline"),
        ("[true, false, null]", [True, False, None]),
        ("{ $key_1: 1, due-date: 2, größe: 3, 4: 5 }", {"$key_1": 1, "due-date": 2, "größe": 3, "4": 5}),
        ("\ufeff [] ", []),
    ],
)
def test_what_templates_write_is_read(parser: Page, text: str, value: object) -> None:
    assert read(parser, text) == value


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9, allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(min_size=1).filter(lambda key: key != "__proto__"), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=VALUES)
def test_every_json_text_is_read_as_json_reads_it(parser: Page, value: object) -> None:
    same = parser.evaluate(
        "(text) => JSON.stringify(read(text).value) === JSON.stringify(JSON.parse(text))", json.dumps(value)
    )
    assert same


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet="[]{}:,'\"\\/*ab01.-+ex\n_$ ", max_size=30))
def test_any_other_text_is_refused_with_its_place(parser: Page, text: str) -> None:
    result = parser.evaluate("(text) => read(text)", text)
    if "value" not in result:
        assert result["kind"] == "LenientJsonError"
        assert result["message"].startswith("line ")


@pytest.mark.parametrize(
    "text",
    [
        "(() => { window.hacked = true })()",
        "[window.hacked = true]",
        "{ get a() { window.hacked = true } }",
        "[`${window.hacked = true}`]",
        "alert(1)",
        "[1, 2",
        "'no end",
        "{a 1}",
        "[1 2]",
        "[,]",
        "",
        "NaN",
        "'\\u12'",
        "[] []",
        "[" * 101 + "]" * 101,
        "/*",
    ],
)
def test_code_and_broken_text_are_refused(parser: Page, text: str) -> None:
    result = parser.evaluate("(text) => read(text)", text)
    assert result.get("kind") == "LenientJsonError"
    assert parser.evaluate("window.hacked") is None


def test_a_key_called_proto_is_an_ordinary_key(parser: Page) -> None:
    polluted = "(text) => { const { value } = read(text); return [value.admin ?? null, Object.keys(value), ({}).admin ?? null]; }"
    assert parser.evaluate(polluted, "{ __proto__: { admin: true } }") == [None, ["__proto__"], None]


def test_text_escaped_twice_is_recognised(parser: Page) -> None:
    assert "escaped twice" in parser.evaluate("(text) => read(text).message", "[&quot;Total&quot;]")


def test_long_text_is_read_in_no_time(parser: Page) -> None:
    took = parser.evaluate("""() => {
      const text = '[' + "{label: 'Total amount', left: 1},".repeat(20000) + ']';
      const start = performance.now();
      read(text);
      return performance.now() - start;
    }""")
    assert took < 1500
