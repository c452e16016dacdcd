"""Every bad line of a manifest is found, not only the first, and what only the whole of it shows."""

import json
import time

from hypothesis import given
from hypothesis import strategies as st

from groundtruth.check.manifest import ManifestCheck
from groundtruth.check.report import MOST_OF_A_RULE, Report
from groundtruth.errors import ManifestError
from groundtruth.manifest import read_manifest

GOOD = b'{"source-ref": "s3://invoices/1.png", "page": 1}\n'


def found(*lines: bytes, label_attribute: str | None = None) -> list[tuple[str, int | None]]:
    check = ManifestCheck("q3.manifest", label_attribute)
    return [(finding.rule, finding.line) for finding in check.findings(lines)]


def line(**values: object) -> bytes:
    return json.dumps({name.replace("_", "-"): value for name, value in values.items()}).encode() + b"\n"


def test_every_bad_line_is_found_and_a_good_manifest_has_none():
    assert found(GOOD, line(source_ref="s3://invoices/2.png"), b"\n") == []
    assert found(
        b"\xef\xbb\xbf" + GOOD,
        b"{'source': 'x'}\n",
        b"\n",
        b'"s3://invoices/1.png"\n',
        b'{"source": "\xff"}\n',
        line(page=1),
        line(source="a", source_ref="s3://invoices/2.png"),
        line(source_ref="invoices/3.png"),
        b'{"source-ref": "s3://invoices/4.png", "page": 1, "page": 2}\n',
        line(source_ref="s3://invoices/5.png", **{"$id": 1, "ocr": "x" * 20_001}),
        line(source_ref="s3://invoices/6.png", **{f"k{i}": "y" * 19_000 for i in range(6)}),
        b'{"source-ref": "s3://invoices/7.png", "score": NaN}\n',
    ) == [
        ("manifest-bom", 1),
        ("manifest-json", 2),
        ("manifest-blank-line", 3),
        ("manifest-object", 4),
        ("manifest-encoding", 5),
        ("manifest-source", 6),
        ("manifest-source", 7),
        ("manifest-uri", 8),
        ("manifest-duplicate-key", 9),
        ("manifest-reserved-key", 10),
        ("manifest-attribute-length", 10),
        ("manifest-line-length", 11),
        ("manifest-json", 12),
    ]


def test_one_json_document_is_found_once():
    assert found(*json.dumps([{"source": "a"}], indent=1).encode().splitlines(keepends=True)) == [
        ("manifest-document", 1)
    ]
    assert found(b'[{"source": "a"}]') == [("manifest-document", 1)]
    assert found(*json.dumps({"source": "a"}, indent=1).encode().splitlines(keepends=True)) == [
        ("manifest-document", 1)
    ]
    assert found() == found(b"\n", b" \n") == [("manifest-empty", None)]


def test_what_only_the_whole_shows_is_found():
    assert found(GOOD, GOOD) == [("manifest-repeated", 2)]
    assert found(GOOD, line(source="text"), line(source="other")) == [("manifest-mixed-sources", 2)]
    assert found(GOOD, GOOD.replace(b"1.png", b"2.png"), line(source_ref="s3://scans/1.png")) == [
        ("manifest-buckets", 3)
    ]
    assert found(line(source_ref="s3://invoices/1.PDF"), line(source_ref="s3://invoices/a.b/2.tiff")) == [
        ("manifest-image-type", 1),
        ("manifest-image-type", 2),
    ]


def test_keys_that_meet_the_label_attribute_are_found():
    metadata = {"type": "groundtruth/custom", "human-annotated": "yes"}
    labeled = line(source_ref="s3://invoices/2.png", **{"Boxes": {}, "Boxes-metadata": metadata})
    own = line(source_ref="s3://invoices/3.png", Boxes="A4")
    failed = line(source_ref="s3://invoices/4.png", **{"Boxes-metadata": {"failure-reason": "expired"}})
    assert found(GOOD, labeled, failed, label_attribute="Boxes") == [("manifest-labeled", 2)]
    assert found(GOOD, own, label_attribute="Boxes") == [("manifest-label-collision", 2)]
    assert found(GOOD, labeled, own) == []


def test_more_objects_than_a_job_takes_are_found_and_a_full_manifest_is_checked_in_seconds():
    lines = [line(source_ref=f"s3://invoices/{number}.png", page=1, vendor="Acme Paper") for number in range(100_001)]
    started = time.process_time()
    assert found(*lines) == [("manifest-count", None)]
    assert time.process_time() - started < 10


def test_a_report_keeps_some_findings_of_a_rule_and_counts_the_others():
    report = Report()
    report.add(ManifestCheck("q3.manifest").findings([b"{'source': 'x'}\n"] * 1000))
    assert len(report.findings) == MOST_OF_A_RULE
    assert report.omitted == {("q3.manifest", "manifest-json"): 1000 - MOST_OF_A_RULE}
    assert json.loads(report.as_json())["errors"] == 1000


@given(st.lists(st.binary(max_size=60) | st.sampled_from([GOOD, b"", b"{}"]), min_size=1, max_size=4))
def test_a_manifest_has_errors_exactly_when_reading_refuses_it(lines: list[bytes]):
    whole = b"\n".join(lines).split(b"\n")
    report = Report()
    report.add(ManifestCheck("m").findings(whole))
    try:
        list(read_manifest(whole, "m"))
        is_read = True
    except ManifestError:
        is_read = False
    assert (report.status == 0) == is_read
