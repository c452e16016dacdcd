"""What needs another look goes to an expert with every answer, and comes back into one manifest."""

import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundtruth.errors import RequestError
from groundtruth.export.model import Kind
from groundtruth.manifest.checking import LONGEST_ATTRIBUTE, check_line
from groundtruth.report import Report, ReportSettings, read_report
from groundtruth.report.model import Answer, Category, Content, Document, DrawnBox
from groundtruth.report.responses import job_folder
from groundtruth.review import (
    Decisions,
    MergeSummary,
    ReviewSettings,
    ReviewSummary,
    make_review,
    merge_review,
    parse_sum,
    read_decisions,
    review_categories,
)
from groundtruth.review.candidates import KEY, MOST_CHARACTERS, candidates, size
from groundtruth.review.decisions import Decision

NAMES = ("subtotal", "tax_amount", "total_amount")
LABELS = [{"label": name, "displayName": name.replace("_", " ").capitalize(), "type": "amount"} for name in NAMES]
ADDS_UP = {"subtotal": "100.00", "tax_amount": "20.00", "total_amount": "120.00"}


def label(values: dict[str, str | None], status: str = "agreed", confidence: float = 0.9, **statuses: str) -> Any:
    fields = {
        name: {"value": value, "normalized": value, "votes": 2, "workers": 2, "confidence": 0.9,
               "status": statuses.get(name, "agreed")} | ({"absent": True} if value is None else {})
        for name, value in values.items()
    }  # fmt: skip
    return {"fields": fields, "confidence": confidence, "workers": 2, "status": status}


@pytest.fixture
def job(tmp_path: Path) -> Callable[..., Path]:
    """Write a job of these labels, each with two answers, and give its output manifest; None is a failed line."""

    def job(labels: Sequence[Any]) -> Path:
        folder = tmp_path / "acme" / "job-1"
        lines = []
        for number, value in enumerate(labels):
            line: dict[str, Any] = {"source-ref": f"s3://acme/p{number}.png", "document": f"INV-{number}"}
            if value is not None:
                line["label"] = value
            line["label-metadata"] = {"job-name": "job-1"} if value else {"failure-reason": "expired"}
            lines.append(json.dumps(line))
            answers = folder / "annotations" / "worker-response" / "iteration-1" / str(number)
            answers.mkdir(parents=True)
            two = [("a", {"total_amount": "120.00"}), ("b", {"total_amount": "12O.00"})]
            content = [{"workerId": f"private.w.{worker}", "answerContent": said} for worker, said in two]
            (answers / "t.json").write_text(json.dumps({"answers": content}))
        manifest = folder / "manifests" / "output" / "output.manifest"
        manifest.parent.mkdir(parents=True)
        manifest.write_text("\n".join(lines) + "\n")
        return manifest

    return job


def reviewed(manifest: Path, settings: ReviewSettings | None = None) -> tuple[list[Any], ReviewSummary]:
    out = io.BytesIO()
    with manifest.open("rb") as file:
        report = read_report(file, str(manifest), job_folder(str(manifest)), ReportSettings(labels=LABELS))
        summary = make_review(file, str(manifest), report, settings or ReviewSettings(), out)
    return [json.loads(line) for line in out.getvalue().splitlines()], summary


def merged(manifest: Path, review: list[Any]) -> tuple[list[Any], MergeSummary]:
    out = io.BytesIO()
    body = io.BytesIO("".join(json.dumps(line) + "\n" for line in review).encode())
    with manifest.open("rb") as file:
        summary = merge_review(file, "output.manifest", body, "review.manifest", out)
    return [json.loads(line) for line in out.getvalue().splitlines()], summary


def expert(line: Any, values: dict[str, str | None], status: str = "agreed") -> Any:
    return line | {"second": label(values, status, 1.0), "second-metadata": {"job-name": "job-2"}}


def test_what_is_not_agreed_or_failed_is_reviewed_and_nothing_else(job: Callable[..., Path]):
    manifest = job(
        [
            label(ADDS_UP),
            label(ADDS_UP, "low_agreement"),
            label(ADDS_UP, tax_amount="tie"),
            None,
            label(ADDS_UP, confidence=0.4),
        ]
    )
    lines, summary = reviewed(manifest)
    assert [line[KEY]["line"] for line in lines] == [1, 2, 3]
    assert summary.reasons == {"low_agreement": 1, "tie": 1, "failed": 1}
    assert lines[1][KEY]["reasons"] == ["Tax amount: tie."]
    lines, _ = reviewed(manifest, ReviewSettings(minimum_confidence=0.5))
    assert [line[KEY]["line"] for line in lines] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("values", "is_right"),
    [
        (ADDS_UP, True),
        (ADDS_UP | {"total_amount": "120.01"}, True),
        (ADDS_UP | {"total_amount": "120.02"}, False),
        (ADDS_UP | {"tax_amount": None, "total_amount": "100.00"}, True),
        (ADDS_UP | {"tax_amount": None}, False),
        (ADDS_UP | {"subtotal": None, "tax_amount": None}, True),
        (ADDS_UP | {"total_amount": None}, True),
        (ADDS_UP | {"subtotal": "a hundred"}, True),
    ],
)
def test_amounts_must_add_up_to_the_cent_as_far_as_they_are_there(
    values: dict[str, str | None], is_right: bool, job: Callable[..., Path]
):
    lines, _ = reviewed(job([label(values)]))
    assert (lines == []) == is_right


def test_a_rejected_document_is_reviewed_and_an_accepted_one_is_not(job: Callable[..., Path], tmp_path: Path):
    manifest = job([label(ADDS_UP), label(ADDS_UP, "tie")])
    file = tmp_path / "d.json"
    decisions = [
        {"line": 0, "source": "s3://acme/p0.png", "decision": "rejected", "note": "other vendor"},
        {"line": 1, "source": "s3://acme/p1.png", "decision": "accepted"},
    ]
    file.write_text(json.dumps({"format": "groundtruth-decisions", "labelAttribute": "label", "decisions": decisions}))
    (line,), _ = reviewed(manifest, ReviewSettings(decisions=read_decisions(file)))
    assert line[KEY]["reasons"] == ["A reviewer rejected it: other vendor"]
    assert line[KEY]["disputed"] == list(NAMES)


def test_decisions_on_another_manifest_are_refused(job: Callable[..., Path]):
    decisions = Decisions("d.json", "label", {0: Decision("s3://acme/other.png", False, "")})
    with pytest.raises(RequestError, match=r"d\.json: line 0 is s3://acme/other\.png there"):
        reviewed(job([label(ADDS_UP)]), ReviewSettings(decisions=decisions))


def test_decisions_on_another_label_are_refused(job: Callable[..., Path]):
    with pytest.raises(RequestError, match='about "kind", not "label"'):
        reviewed(job([label(ADDS_UP)]), ReviewSettings(decisions=Decisions("d.json", "kind", {})))


@pytest.mark.parametrize(
    "content", ["", "[]", '{"format": "other"}', '{"format": "groundtruth-decisions", "decisions": [1]}']
)
def test_a_file_that_holds_no_decisions_is_refused_by_name(content: str, tmp_path: Path):
    file = tmp_path / "d.json"
    file.write_text(content)
    with pytest.raises(RequestError, match=r"d\.json"):
        read_decisions(file)


def test_the_expert_sees_each_answer_with_its_letters(job: Callable[..., Path]):
    (line,), _ = reviewed(job([label(ADDS_UP, total_amount="tie")]))
    assert line[KEY]["fields"]["total_amount"] == [{"value": "120.00", "by": "A"}, {"value": "12O.00", "by": "B"}]
    assert line[KEY]["fields"]["subtotal"] == [{"blank": True, "by": "AB"}]
    assert "private" not in json.dumps(line[KEY])
    assert line["label"]["fields"]["total_amount"]["status"] == "tie"


def test_the_review_jobs_config_skips_nothing_and_shows_the_answers():
    config = {"labels": LABELS, "task": {"manifestKeys": ["document"], "skipAgreed": True}}
    task = review_categories(config, "label")["task"]
    assert task == {"manifestKeys": ["document", "review"], "skipAgreed": False, "initialValueAttribute": "label"}
    assert config["task"] == {"manifestKeys": ["document"], "skipAgreed": True}


def test_the_experts_answer_wins_and_says_what_was_before(job: Callable[..., Path]):
    manifest = job([label(ADDS_UP), label(ADDS_UP, "tie", 0.5)])
    lines, _ = reviewed(manifest)
    final, summary = merged(manifest, [expert(lines[0], ADDS_UP | {"total_amount": "130.00"})])
    assert (summary.documents, summary.reviewed, summary.changed, summary.undecided) == (2, 1, 1, 0)
    value = final[1]["label"]
    assert value["fields"]["total_amount"]["value"] == "130.00"
    assert value["reviewed"] is True
    assert value["previous"] == {"status": "tie", "confidence": 0.5, "workers": 2, "job-name": "job-1"}
    assert final[1]["label-metadata"]["job-name"] == "job-2"
    assert set(final[1]) == {"source-ref", "document", "label", "label-metadata"}
    assert json.dumps(final[0]) == manifest.read_text().splitlines()[0]


@settings(deadline=None, max_examples=40)
@given(st.integers(18_800, 20_200), st.integers(0, 400))
def test_a_merged_label_is_one_that_ground_truth_takes_unless_the_expert_said_more(characters: int, reason: int):
    before = label(ADDS_UP, "tie") | {"reason": "ü" * reason}
    line = {"source-ref": "s3://acme/p.png", "label": before, "label-metadata": {"job-name": "job-1"}}
    decided = label(ADDS_UP)
    decided["fields"]["subtotal"]["value"] = "é" * (characters - size(decided) + len("100.00"))
    review = line | {
        KEY: {"attribute": "label", "line": 0},
        "second": decided,
        "second-metadata": {"job-name": "job-2"},
    }
    out = io.BytesIO()
    summary = merge_review(as_file(line), "output.manifest", as_file(review), "review.manifest", out)
    final = json.loads(out.getvalue())
    fits = characters < LONGEST_ATTRIBUTE
    assert summary.too_long == (0 if fits else 1)
    assert not fits or check_line(out.getvalue().rstrip(b"\n")).problems == ()
    assert {key: final["label"][key] for key in decided} == decided
    told = final["label"].get("previous")
    assert told is None or told["status"] == "tie"
    assert characters > 19_400 or told == {
        key: before[key] for key in ("status", "confidence", "workers", "reason")
    } | {"job-name": "job-1"}


def as_file(line: Any) -> io.BytesIO:
    return io.BytesIO(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


def test_a_failed_line_gets_the_experts_label(job: Callable[..., Path]):
    manifest = job([None, label(ADDS_UP)])
    lines, _ = reviewed(manifest)
    (final, _), summary = merged(manifest, [expert(lines[0], ADDS_UP)])
    assert summary.changed == 1
    assert final["label"]["previous"] == {"status": "failed"}
    assert "failure-reason" not in final["label-metadata"]


def test_what_the_expert_left_open_stays_as_it_was(job: Callable[..., Path]):
    manifest = job([label(ADDS_UP, "tie"), label(ADDS_UP, "tie")])
    lines, _ = reviewed(manifest)
    expired = lines[1] | {"second-metadata": {"failure-reason": "expired"}}
    final, summary = merged(manifest, [expert(lines[0], ADDS_UP, "no_answer"), expired])
    assert (summary.reviewed, summary.undecided) == (0, 2)
    assert [json.dumps(line) for line in final] == manifest.read_text().splitlines()


def test_a_review_of_another_manifest_is_refused(job: Callable[..., Path]):
    manifest = job([label(ADDS_UP, "tie")])
    (line,), _ = reviewed(manifest)
    with pytest.raises(RequestError, match="belongs to another manifest"):
        merged(manifest, [expert(line | {"source-ref": "s3://acme/other.png"}, ADDS_UP)])
    with pytest.raises(RequestError, match="which label did the review job write"):
        merged(manifest, [line])


@pytest.mark.parametrize("text", ["", "a=b", "a+b", "a+b=c=d", "+=c"])
def test_a_sum_that_is_none_is_refused(text: str):
    with pytest.raises(RequestError, match="--sum"):
        parse_sum(text)


def document(kind: Kind, contents: Sequence[Content], categories: int) -> tuple[Document, Report]:
    answers = tuple(Answer(at, None, None, content, None, None) for at, content in enumerate(contents))
    one = Document(
        line=0, name="", source="", vendor="", page=1, status="failed", reason="", confidence=None, label=None, items={}, answers=answers
    )  # fmt: skip
    named = tuple(Category(f"field {at}", f"field {at}") for at in range(categories))
    report = Report(
        job="", attribute="label", kind=kind, digest="", created="", categories=named, workers=(), documents=(one,),
        sample=(), has_truth=False,
    )  # fmt: skip
    return one, report


texts = st.text(max_size=40).flatmap(lambda text: st.integers(1, 100).map(lambda times: text * times))


@settings(deadline=None)
@given(st.lists(st.lists(texts, min_size=4, max_size=4), max_size=9), st.integers(250, MOST_CHARACTERS))
def test_candidate_values_never_outgrow_their_room(values: list[list[str]], most: int):
    contents = [Content(fields={at: (text,) for at, text in enumerate(answer)}) for answer in values]
    one, report = document(Kind.FIELDS, contents, 4)
    found = candidates(one, report, [], most)
    assert size(found) <= most
    assert found["line"] == 0


@settings(deadline=None)
@given(st.integers(0, 400), st.integers(1, 9), st.integers(250, MOST_CHARACTERS))
def test_candidate_boxes_never_outgrow_their_room(boxes: int, workers: int, most: int):
    content = Content(boxes=tuple(DrawnBox(0, at, at, 100.4, 20.6) for at in range(boxes)))
    one, report = document(Kind.BOXES, [content] * workers, 2)
    found = candidates(one, report, [], most)
    assert size(found) <= most
    assert check_line(json.dumps({"source-ref": "s3://acme/p.png", KEY: found}).encode()).problems == ()


def test_a_line_of_long_answers_is_one_that_ground_truth_takes(job: Callable[..., Path]):
    manifest = job([label(ADDS_UP, "tie")])
    answers = [{"workerId": f"w{at}", "answerContent": dict.fromkeys(NAMES, f"{at}" + "ü" * 1000)} for at in range(9)]
    response = next((manifest.parents[2] / "annotations").rglob("*.json"))
    response.write_text(json.dumps({"answers": answers}))
    (line,), summary = reviewed(manifest)
    text = json.dumps(line, ensure_ascii=False)
    assert check_line(text.encode()).problems == ()
    assert summary.shortened == 0
    assert line[KEY]["fields"]["subtotal"][0]["cut"] is True
