"""The owner sees the report of a job as it stands, with the page that `groundtruth report` writes."""

import json
import re

from sqlalchemy import select, update

from groundtruth.report.render import content_policy
from groundtruth.service.portal.live_report import LiveReport
from groundtruth.service.records import data_objects, jobs


def finish(database, numbers, value) -> None:
    """Give objects the label that a consolidation would."""
    result = {"label": value, "label-metadata": {"job-name": "labeling-job/invoices"}}

    def work(connection):
        request = json.loads(connection.execute(select(jobs.c.request)).scalar_one())
        connection.execute(update(jobs).values(request=json.dumps(request | {"LabelAttributeName": "label"})))
        for number in numbers:
            line = json.dumps({"source-ref": f"s3://acme/p{number}.png"})
            done = {"state": "labeled", "line": line, "result": json.dumps(result)}
            connection.execute(update(data_objects).where(data_objects.c.number == number).values(done))

    database.write(work)


def label(total: str) -> dict:
    field = {"value": total, "normalized": total, "votes": 1, "workers": 1, "confidence": 0.75, "status": "agreed"}
    return {"fields": {"total": field}, "confidence": 0.75, "workers": 1, "status": "agreed"}


def data_of(page: str) -> dict:
    found = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def test_the_report_of_a_job_under_way_shows_what_is_labeled_and_who_answered(open_job, owner, worker, database, clock):
    open_job(objects=3)
    finish(database, [], None)
    ada = worker()
    assert "Nothing of" in owner.get("/owner/jobs/invoices/report").text
    assert owner.get("/owner/jobs/invoices/report").status == 404
    for total in ("12.00", "</script><script>alert(1)</script>"):
        task = ada.next()
        clock.turn(20)
        ada.call(f"/tasks/{task['id']}/submit", {"answer": {"total": total}})
    finish(database, [0, 1], label("12.00"))
    answer = owner.get("/owner/jobs/invoices/report")
    assert answer.status == 200
    assert answer.headers["Content-Security-Policy"] == f"{content_policy()}; frame-ancestors 'none'"
    data = data_of(answer.text)
    assert [document[0] for document in data["documents"]] == [0, 1]
    assert len(data["workers"]) == 1
    assert data["documents"][0][13][0][1] == 20
    assert data["documents"][0][9].endswith("?X-Amz-Signature=1")
    assert "alert(1)</script>" not in answer.text
    assert "2 of 3 objects" in answer.text


def test_only_owners_see_it_and_an_unknown_job_is_said_to_be_unknown(open_job, owner, worker, stranger, database):
    open_job(objects=1)
    finish(database, [0], label("1"))
    assert owner.get("/owner/jobs/nowhere/report").status == 404
    for visitor in (worker(), stranger):
        assert "application/json" not in visitor.get("/owner/jobs/invoices/report").text


def test_a_large_job_shows_its_first_objects(open_job, database, clock):
    open_job(objects=5)
    finish(database, range(5), label("1"))
    report = LiveReport(database, lambda uri: uri, lambda: clock.now, most=3)._report("invoices")
    assert len(report.documents) == 3
    assert report.notes[0].startswith("The first 3 of 5 objects.")
