"""Gold objects: their truth is read beside the label categories, their labels are made without it, and the rest of the call profits from it."""

import json
from typing import Any

import pytest
from labelling_cases import box, categories, data_object, page

from consolidation.gold import gold_truths
from consolidation.labelling import label_payload
from consolidation.settings import Settings

BUCKET = "acme-groundtruth-invoices"
TYPES = categories("invoice", "credit_note", "receipt")
FIELDS = categories({"label": "number", "type": "identifier"}, {"label": "total", "type": "amount"}, "note")
BOXES = categories("total", "date")


def typed(object_id: str, **labels: str) -> dict[str, Any]:
    return data_object(object_id, {worker: {"t": {"label": label}} for worker, label in labels.items()})


def label(objects: list[dict[str, Any]], gold: list[dict[str, Any]], task_type: str = "document-type", **settings: Any):
    """The label values of a call with a gold file."""
    errors: list[Any] = []
    names = {"document-type": TYPES, "invoice-boxes": BOXES, "invoice-fields": FIELDS}[task_type]
    labelled = label_payload(
        "s3://b/payload.json",
        lambda _: json.dumps(objects).encode(),
        categories=names,
        settings=Settings(task_type, **settings),
        label_attribute="label",
        record=lambda object_id, error: errors.append((object_id, error)),
        gold=gold_truths("\n".join(map(json.dumps, gold)).encode(), "s3://b/x.gold.jsonl"),
    )
    assert not errors, errors
    return labelled.consolidated.values


def gold_type(object_id: str, document_type: str) -> dict[str, Any]:
    return {"image": f"{object_id}.png", "document_type": document_type}


def test_a_gold_document_says_whether_its_label_and_its_answers_are_right():
    objects = [typed("1", a="invoice", b="invoice", c="receipt"), typed("2", a="invoice", b="invoice", c="invoice")]
    values = label(objects, [gold_type("1", "Receipt"), gold_type("3", "invoice")])
    assert values["1"]["class-name"] == "invoice"
    assert values["1"]["gold"] == {"correct": False, "truth": "receipt", "answers": 3, "right": 1}
    assert "gold" not in values["2"]


@pytest.mark.parametrize("method", ["majority", "weighted"])
def test_its_own_label_is_made_as_if_the_truth_were_not_known(method: str):
    objects = [typed("1", a="invoice", b="invoice", c="receipt")]
    told = label(objects, [gold_type("1", "receipt")], method=method)["1"]
    untold = label(objects, [], method=method)["1"]
    assert (told["class-name"], told["votes"]) == (untold["class-name"], untold["votes"])
    assert told["class-name"] == "invoice"


def test_the_calls_other_objects_profit_from_it():
    """Two workers stand against three, who are wrong on every gold object."""
    gold = [(f"g{n}", ("invoice", "credit_note", "receipt")[n % 3]) for n in range(9)]
    wrong = {"invoice": "credit_note", "credit_note": "receipt", "receipt": "invoice"}
    objects = [
        typed(name, good1=true, good2=true, bad1=wrong[true], bad2=wrong[true], bad3=wrong[true]) for name, true in gold
    ]
    odd = typed("odd", good1="invoice", good2="invoice", bad1="credit_note", bad2="credit_note", bad3="credit_note")
    known = label([*objects, odd], [gold_type(*one) for one in gold], method="weighted")
    unknown = label([*objects, odd], [], method="weighted")
    assert (known["odd"]["class-name"], unknown["odd"]["class-name"]) == ("invoice", "credit_note")
    assert all(known[name]["gold"]["correct"] is False for name, _ in gold)


def test_documents_are_told_less_surely_where_gold_shows_that_the_crowd_errs():
    agreed = {"a": "invoice", "b": "invoice", "c": "invoice"}
    objects = [typed(f"g{n}", **agreed) for n in range(8)] + [typed("other", **agreed)]
    right = label(objects, [gold_type(f"g{n}", "invoice") for n in range(8)])["other"]["posterior"]
    wrong = label(objects, [gold_type(f"g{n}", "receipt") for n in range(8)])["other"]["posterior"]
    assert wrong < right


def test_a_gold_page_tells_how_many_of_its_boxes_were_found():
    answer = page(box("total", 100, 100), box("date", 500, 500))
    objects = [data_object("1", {"a": answer, "b": answer, "c": page(box("total", 102, 100))})]
    truth = {
        "image": "pages/1.png",
        "source-ref": "s3://acme-groundtruth-invoices/1.png",
        "width": 620,
        "height": 877,
        "boxes": [
            {"label": "total", "left": 50, "top": 50, "width": 50, "height": 20},
            {"label": "total", "left": 300, "top": 700, "width": 50, "height": 20},
        ],
    }
    value = label(objects, [truth], "invoice-boxes")["1"]
    gold = value["gold"]
    assert (gold["correct"], gold["boxes"], gold["found"], gold["extra"]) == (False, 2, 1, 1)
    assert gold["iou"] > 0.95


def test_a_gold_pages_boxes_tell_of_workers_in_the_same_call():
    objects = [
        data_object(
            f"g{n}",
            {
                "good": page(box("total", 10, 10)),
                "bad1": page(box("date", 10, 10)),
                "bad2": page(box("date", 10, 10)),
            },
        )
        for n in range(8)
    ]
    odd = data_object(
        "odd",
        {"good": page(box("date", 10, 10)), "bad1": page(box("total", 10, 10)), "bad2": page(box("total", 10, 10))},
    )
    size = {"left": 10, "top": 10, "width": 100, "height": 40}
    gold = [{"image": f"g{n}.png", "boxes": [{"label": "total", **size}]} for n in range(8)]
    values = label([*objects, odd], gold, "invoice-boxes", method="weighted")
    assert list(values["odd"]["class-map"].values()) == ["date"]
    assert [values[f"g{n}"]["gold"]["correct"] for n in range(8)] == [False] * 8


def test_gold_fields_are_compared_by_their_meaning():
    answer = {"number": "INV 7", "total": "1.204,50", "not_on_document": {"note": True}}
    objects = [data_object("1", {"a": answer, "b": answer}), data_object("2", {"a": answer, "b": answer})]
    truths = [
        {"image": "1.png", "fields": {"number": "inv-7", "total": "1,204.50", "note": None}},
        {"image": "2.png", "fields": {"number": "INV-8", "total": "1204.50", "note": "paid"}},
    ]
    values = label(objects, truths, "invoice-fields")
    assert values["1"]["gold"] == {"correct": True, "fields": 3, "right": 3}
    assert values["2"]["gold"] == {"correct": False, "fields": 3, "right": 1, "wrong": ["number", "note"]}


@pytest.mark.parametrize("task_type", ["document-type", "invoice-boxes", "invoice-fields"])
def test_a_gold_line_that_tells_nothing_of_the_task_makes_no_gold(task_type: str):
    values = label([data_object("1", {"a": {"t": {"label": "invoice"}}})], [{"image": "1.png"}], task_type)
    assert "gold" not in values["1"]


@pytest.mark.parametrize("task_type", ["document-type", "invoice-boxes", "invoice-fields"])
@pytest.mark.parametrize(
    "line",
    [
        {"document_type": 5, "boxes": 7, "fields": []},
        {"boxes": [5, {"label": "total", "left": "x"}], "fields": {"number": 5}},
    ],
)
def test_an_odd_gold_line_costs_no_label(task_type: str, line: dict[str, Any]):
    objects = [data_object("1", {"a": {"t": {"label": "invoice"}}})]
    value = label(objects, [{"image": "1.png", **line}], task_type)["1"]
    value.pop("gold", None)
    assert value == label(objects, [], task_type)["1"]


@pytest.mark.parametrize(
    ("line", "source", "is_gold"),
    [
        ({"image": "a/1.png"}, "s3://b/x/a/1.png", True),
        ({"image": "a/1.png"}, "s3://b/x/c/1.png", False),
        ({"image": "1.png"}, "s3://b/x/11.png", False),
        ({"source-ref": "s3://b/1.png", "image": "2.png"}, "s3://b/2.png", False),
        ({"source-ref": "s3://b/1.png"}, "s3://b/1.png", True),
        ({"source": "ACME INVOICE"}, "ACME INVOICE", True),
        ({"image": "1.png"}, "", False),
    ],
)
def test_a_gold_line_belongs_to_the_object_that_it_names(line: dict[str, str], source: str, is_gold: bool):
    assert (gold_truths(json.dumps(line).encode(), "s3://b/g").of(source) is not None) is is_gold


def test_a_line_that_cannot_be_used_is_noted_and_costs_no_other():
    truths = gold_truths(b'{"image": "1.png"}\n\nnot json\n[]\n{"x": 1}\n', "s3://b/g.gold.jsonl")
    assert truths.of("s3://b/1.png") == {"image": "1.png"}
    assert truths.notes == (
        "gold file s3://b/g.gold.jsonl, line 3: no JSON object with source-ref, source or image (3 such lines)",
    )
    assert gold_truths(b"\xff\xfe\x00", "s3://b/g").notes == ("gold file s3://b/g is not UTF-8",)


@pytest.mark.parametrize("name", ["invoices-q3", "document-type"])
def test_the_function_reads_the_gold_file_of_the_job_or_of_the_task_type(invoke, s3, capsys, name: str):
    line = json.dumps({"image": "7.png", "document_type": "receipt"})
    s3.put_object(Bucket=BUCKET, Key=f"categories/{name}.gold.jsonl", Body=line.encode())
    (entry,) = invoke([typed("7", a="invoice", b="invoice")])
    value = entry["consolidatedAnnotation"]["content"]["Invoice-Label"]
    assert value["gold"] == {"correct": False, "truth": "receipt", "answers": 2, "right": 0}
    logged = capsys.readouterr().out
    assert '"GoldObjects":[1' in logged.replace(" ", "")
    assert '"GoldCorrect":[0' in logged.replace(" ", "")


def test_the_function_keeps_worker_statistics_over_http(invoke, aws: str, capsys, caplog):
    import boto3  # noqa: PLC0415
    from table_cases import contents, create_table  # noqa: PLC0415

    client = boto3.client("dynamodb")
    create_table(client)
    objects = [typed(str(n), a="invoice", b="invoice", c="receipt") for n in range(3)]
    first = invoke(objects, WORKER_STATISTICS_TABLE="workers", CONSOLIDATION_METHOD="weighted")
    held = contents(client)
    assert sum(period == "counted" for _, period in held) == 3
    assert invoke(objects, WORKER_STATISTICS_TABLE="workers", CONSOLIDATION_METHOD="weighted") == first
    assert contents(client) == held
    assert '"StatisticsUnavailable":[0' in capsys.readouterr().out.replace(" ", "")
    client.delete_table(TableName="workers")
    alone = invoke(objects, WORKER_STATISTICS_TABLE="", CONSOLIDATION_METHOD="weighted")
    missing = invoke(objects, WORKER_STATISTICS_TABLE="workers", CONSOLIDATION_METHOD="weighted")
    assert missing == alone
    assert "workers could not be read: ResourceNotFoundException" in [getattr(r, "problem", "") for r in caplog.records]
    assert '"StatisticsUnavailable":[1' in capsys.readouterr().out.replace(" ", "")
