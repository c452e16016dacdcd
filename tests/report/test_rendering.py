"""The page is one file: nothing in it comes from elsewhere, and no value in it can become markup."""

import json
import re
from collections.abc import Callable
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from groundtruth.export.model import Kind
from groundtruth.report import Report, render_report, report_parts
from groundtruth.report.charts import Column, column_chart
from groundtruth.report.embedding import embedded
from groundtruth.report.model import Answer, Category, Content, Document, Item
from tests.report.conftest import answer, field, fields_label

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\u2028\"'&lt;"


def report_of(text: str) -> Report:
    said = Content(fields={0: (text,)})
    document = Document(
        line=0, name=text, source=text, vendor=text, page=1, status="agreed", reason=text, confidence=0.5, label=said,
        items={0: Item(0.5, 2, "agreed")}, answers=(Answer(0, 0.0, 1.0, said, None, None),), text=text,
    )  # fmt: skip
    return Report(
        job=text, attribute=text, kind=Kind.FIELDS, digest="d", created="", categories=(Category(text, text),),
        workers=(text,), documents=(document,), sample=(0,), has_truth=False, notes=(text,),
    )  # fmt: skip


@settings(deadline=None)
@given(st.text())
def test_any_text_survives_and_ends_no_script(text: str):
    embedding = embedded(report_of(text))
    assert not set("<>&\u2028\u2029") & set(embedding)
    data = json.loads(embedding)
    assert data["documents"][0][1] == text
    assert data["documents"][0][11] == [text]


def test_hostile_values_stay_text_everywhere():
    page = render_report(report_of(HOSTILE))
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert page.count("<script") == page.count("</script>") == 2


def test_half_a_surrogate_pair_does_not_stop_the_page():
    assert "?" in render_report(report_of("a\ud800b")).encode().decode()


def test_nothing_is_loaded_from_elsewhere():
    page = render_report(report_of("x"))
    assert not re.findall(
        r"""<(?:script|link|img|iframe)[^>]+(?:src|href)=|url\(|@import|\bfetch\(|XMLHttpRequest""", page
    )
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    assert "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]


def test_the_parts_for_a_page_of_ones_own_are_those_of_the_file():
    report = report_of("x")
    parts, page = report_parts(report), render_report(report)
    assert all(part in page for part in (parts.style, str(parts.body), parts.script))


def test_workers_are_shown_by_id_only(make_job: Callable[..., Path], read: Callable[..., Report]):
    label = fields_label({"vendor_name": field("Acme")})
    page = render_report(read(make_job([(label, [answer("abc123", {"vendor_name": "Acme"})])])))
    assert "private.local.abc123" in page
    assert "person-of-flesh" not in page


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**7), max_size=40))
def test_a_chart_can_be_drawn_of_any_counts(counts: list[int]):
    drawing = column_chart([Column((("main", count),), str(count)) for count in counts], "name")
    heights = [float(height) for height in re.findall(r'<rect class="main"[^>]* height="([\d.]+)"', drawing)]
    assert len(heights) == len(counts)
    assert all(height <= 148.1 for height in heights)
