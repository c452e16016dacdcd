"""One expert decides in the portal what the workers of a job disagreed on: the page shows all their answers side by side."""

import json

import pytest
from playwright.sync_api import expect

from groundtruth.review.candidates import KEY
from groundtruth.service.portal import PREFIX

pytestmark = pytest.mark.browser

FRAME = "#stage iframe:not(.coming)"
DATES = [{"value": "05/02/2026", "by": "AB"}, {"value": "02/05/2026", "by": "C"}]
TOTALS = [{"value": "1,204.50", "by": "A"}, {"value": "1,240.50", "by": "B"}, {"absent": True, "by": "C"}]


@pytest.fixture
def review(portal, project_task, sign_in):
    """A job with the review template and one worker an object; returns the expert's page and its task frame."""

    def review(name, task_type, disputed, initial, **answers):
        template, _ = project_task("invoice-review")
        _, task_input = project_task(task_type)
        about = {"line": 3, "reasons": ["Total: tie."], "disputed": disputed, **answers}
        inputs = [task_input | {"initialValue": initial, "details": {"document": "INV-10442", KEY: about}}]
        portal.job(name, team=f"team-{name}", template=template, inputs=inputs, workers=1)
        page = sign_in(f"Expert of {name}", f"team-{name}")
        page.goto(f"{portal.address}{PREFIX}/tasks/{name}")
        page.locator(FRAME).wait_for()
        return page, page.frame_locator(FRAME)

    return review


def test_an_expert_sees_every_answer_and_decides_a_field_by_keyboard_or_mouse(portal, review):
    fields = {"vendor_name": [{"value": "Acme Paper Ltd", "by": "ABC"}], "invoice_date": DATES, "total": TOTALS}
    initial = {"vendor_name": {"value": "Acme Paper Ltd"}, "invoice_date": {"value": "05/02/2026"}}
    page, frame = review("review-fields", "invoice-fields", ["invoice_date", "total"], initial, fields=fields)
    dates, totals = (frame.locator(f'.field[data-label="{name}"]') for name in ("invoice_date", "total"))
    expect(dates.locator(".answers li")).to_have_count(2)
    expect(totals.locator(".answers li")).to_contain_text(["1,204.50", "1,240.50", "not on this document"])
    image = frame.locator(".viewer-stage img")
    expect(image).to_be_visible()
    shown = image.bounding_box()
    beside = totals.bounding_box()
    assert shown["width"] > 300
    assert beside["x"] >= shown["x"] + 300  # the document and the answers are seen together
    dates.get_by_role("button", name="02/05/2026").click()
    page.keyboard.press("Control+Enter")
    expect(frame.locator(".summary")).to_contain_text("Still to decide: Total")
    assert portal.answers("review-fields") == []
    totals.get_by_role("button", name="1,204.50").click()
    page.keyboard.press("Control+Enter")
    page.locator(FRAME).wait_for(state="detached")
    ((_, _, answer),) = portal.answers("review-fields")
    assert (answer["invoice_date"], answer["total"]) == ("02/05/2026", "1,204.50")
    assert answer["not_on_document"] == {"vendor_name": False, "invoice_date": False, "total": False}


def test_an_expert_chooses_whose_box_is_right(portal, review):
    boxes = [{"by": "A", "boxes": [[2, 90, 440, 300, 60]]}, {"by": "B", "boxes": [[2, 600, 900, 80, 20]]}]
    answers = {"labels": ["vendor_name", "invoice_date", "total"], "boxes": boxes}
    page, frame = review("review-boxes", "invoice-boxes", ["total"], [], **answers)
    total = frame.locator('.field[data-label="total"]')
    total.get_by_role("button", name="A this box").click()
    page.keyboard.press("Control+Enter")
    page.locator(FRAME).wait_for(state="detached")
    ((_, _, answer),) = portal.answers("review-boxes")
    chosen = json.loads(answer["invoiceBoxes"])["boundingBoxes"]
    assert chosen == [{"label": "total", "left": 90, "top": 440, "width": 300, "height": 60}]
