"""A worker signs in and does tasks, by mouse and by keyboard."""

import re

import pytest
from playwright.sync_api import expect

from groundtruth.service.portal import PREFIX

pytestmark = pytest.mark.browser

FRAME = "#stage iframe:not(.coming)"


@pytest.fixture
def start(portal, sign_in):
    """Sign somebody in and begin with a job; returns the page and its task frame."""

    def start(job: str, name: str = "Ada"):
        page = sign_in(f"{name} of {job}", f"team-{job}")
        page.goto(f"{portal.address}{PREFIX}/tasks/{job}")
        page.locator(FRAME).wait_for()
        return page, page.frame_locator(FRAME)

    return start


@pytest.fixture
def job(portal):
    """A job of a team of its own, so that tests do not see each other's."""

    def job(name: str, **settings):
        portal.job(name, team=f"team-{name}", **settings)
        return name

    return job


@pytest.fixture
def project_job(job, project_task):
    """A job with one of the project's templates and one document."""

    def project_job(task_type: str) -> str:
        template, task_input = project_task(task_type)
        return job(task_type, template=template, inputs=[task_input])

    return project_job


def fill_and_submit(page, frame, value):
    frame.get_by_label("Total").fill(value)
    page.keyboard.press("Control+Enter")


def test_tasks_are_done_one_after_another_by_keyboard_alone(portal, job, sign_in):
    job("by-keyboard", inputs=[{"source": "First"}, {"source": "Second"}])
    page = sign_in("Keyboard Kay", "team-by-keyboard")
    page.get_by_role("link", name="Start").focus()
    page.keyboard.press("Enter")
    frame = page.frame_locator(FRAME)
    for heading, value in (("First", "12.50"), ("Second", "7.00")):
        expect(frame.get_by_role("heading", name=heading)).to_be_visible()
        expect(page.locator(FRAME)).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.type(value)
        page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Thank you")).to_be_focused()
    expect(page.locator("#rest")).to_contain_text("You submitted 2 tasks")
    assert [answer for _, _, answer in portal.answers("by-keyboard")] == [{"total": "12.50"}, {"total": "7.00"}]


def test_the_document_type_is_chosen_by_mouse(portal, project_job, start):
    page, frame = start(project_job("document-type"))
    expect(frame.locator("img")).to_have_js_property("naturalWidth", 1240)
    frame.locator("fieldset").get_by_text("Credit note", exact=True).click()
    frame.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert [answer for _, _, answer in portal.answers("document-type")] == [{"documentType": {"label": "Credit note"}}]


def test_boxes_are_drawn_by_mouse(portal, project_job, start):
    page, frame = start(project_job("invoice-boxes"))
    picture = frame.locator("crowd-bounding-box")
    expect(picture).to_have_js_property("isReady", True)
    box = picture.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.keyboard.press("3")
    page.mouse.move(middle[0] - 60, middle[1] - 60)
    page.mouse.down()
    page.mouse.move(middle[0] + 40, middle[1], steps=4)
    page.mouse.up()
    frame.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    ((_, _, answer),) = portal.answers("invoice-boxes")
    assert answer["invoiceBoxes"]["inputImageProperties"] == {"width": 1240, "height": 1754}
    (drawn,) = answer["invoiceBoxes"]["boundingBoxes"]
    assert (drawn["label"], drawn["width"] > 0, drawn["height"] > 0) == ("Total", True, True)


def test_fields_are_typed_by_keyboard(portal, project_job, start):
    page, frame = start(project_job("invoice-fields"))
    frame.locator("input[type=text]").first.focus()
    page.keyboard.type("Acme Paper Ltd")
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.type("05/02/2026")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    ((_, _, answer),) = portal.answers("invoice-fields")
    assert (answer["vendor_name"], answer["invoice_date"]) == ("Acme Paper Ltd", "05/02/2026")
    assert answer["not_on_document"] == {"vendor_name": False, "invoice_date": False, "total": True}


def test_a_double_click_submits_once_and_the_next_task_is_not_touched(portal, job, start):
    page, frame = start(job("double-click"))
    frame.get_by_label("Total").fill("1")
    frame.get_by_role("button", name="Submit").dblclick()
    expect(frame.get_by_role("heading", name="Invoice 1")).to_be_visible()
    expect(page.locator("#count-number")).to_have_text("1")
    assert [number for number, _, _ in portal.answers("double-click")] == [0]


def test_a_late_answer_is_explained_kept_on_the_page_and_can_be_given_again(portal, job, start):
    page, frame = start(job("late", inputs=[{"source": "Only"}], time_limit=60))
    frame.get_by_label("Total").fill("9.99")
    portal.clock.ahead += 61
    page.keyboard.press("Control+Enter")
    dialog = page.get_by_role("dialog", name="The time was over")
    expect(dialog).to_contain_text("could not be accepted")
    assert portal.answers("late") == []
    dialog.get_by_role("button", name="Go on with this task").click()
    expect(page.locator("#status")).to_have_text("The task is yours again")
    expect(frame.get_by_label("Total")).to_have_value("9.99")
    frame.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert [answer for _, _, answer in portal.answers("late")] == [{"total": "9.99"}]


def test_the_clock_warns_before_the_end_and_says_when_time_is_over(job, start):
    page, _ = start(job("clock", time_limit=62))
    expect(page.locator("#announcer")).to_have_text("One minute left for this task.")
    expect(page.locator("#clock")).to_have_class("short")
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"^0:5\d|1:00$"))


def test_two_tabs_do_not_submit_a_task_twice(portal, job, start, context):
    page, frame = start(job("two-tabs", inputs=[{"source": "Only"}]))
    other = context.new_page()
    other.goto(page.url)
    other_frame = other.frame_locator(FRAME)
    other_frame.get_by_label("Total").fill("2")
    expect(page.locator("#status")).to_have_text("This task is open in another tab too")
    fill_and_submit(page, frame, "1")
    dialog = other.get_by_role("dialog", name="Over in this tab")
    expect(dialog).to_contain_text("You submitted this task in another tab.")
    dialog.get_by_role("button", name="Next task").click()
    expect(other.get_by_role("heading", name="No tasks right now")).to_be_visible()
    assert [answer for _, _, answer in portal.answers("two-tabs")] == [{"total": "1"}]


def test_a_task_is_stopped_and_resumed_with_what_was_entered(portal, job, start):
    page, frame = start(job("resume"))
    frame.get_by_label("Total").fill("3.33")
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("link", name="Resume").click()
    expect(frame.get_by_label("Total")).to_have_value("3.33")
    expect(page.locator("#status")).to_have_text("Your earlier work is back")


def test_a_task_that_is_given_back_is_there_for_the_team_with_what_its_worker_entered(portal, job, start):
    page, frame = start(job("give-back"))
    frame.get_by_label("Total").fill("4.44")
    page.get_by_role("button", name="Give back").click()
    page.get_by_role("link", name="Start").wait_for()
    _, others = start("give-back", "Grace")
    expect(others.get_by_role("heading", name="Invoice 0")).to_be_visible()
    expect(others.get_by_label("Total")).to_have_value("")


def test_a_task_is_declined_only_after_a_question(portal, job, start):
    page, frame = start(job("decline"))
    page.get_by_role("button", name="Decline").click()
    page.get_by_role("dialog").get_by_role("button", name="Keep working").click()
    expect(frame.get_by_role("heading", name="Invoice 0")).to_be_visible()
    expect(page.locator(FRAME)).to_be_focused()
    page.get_by_role("button", name="Decline").click()
    page.get_by_role("dialog").get_by_role("button", name="Decline").click()
    expect(frame.get_by_role("heading", name="Invoice 1")).to_be_visible()
    assert portal.answers("decline") == []


def test_new_tasks_are_told_of_without_reloading(portal, job, start):
    page, frame = start(job("more", inputs=[{"source": "First"}, {"source": "Second"}]))
    fill_and_submit(page, frame, "1")
    expect(frame.get_by_role("heading", name="Second")).to_be_visible()
    fill_and_submit(page, frame, "2")
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    portal.add_object("more", 2, {"source": "Third"})
    page.get_by_role("button", name="Go on").click()
    expect(frame.get_by_role("heading", name="Third")).to_be_visible()


def test_while_the_portal_cannot_be_reached_nothing_is_lost_or_doubled(portal, job, start):
    page, frame = start(job("offline"))
    statuses: list[int] = []

    def lose_the_answer(route):
        # The portal gets it and keeps it; only word of that is lost on the way.
        statuses.append(route.fetch().status)
        if len(statuses) == 1:
            route.abort()
        else:
            route.continue_()

    page.route("**/submit", lose_the_answer)
    fill_and_submit(page, frame, "4.44")
    expect(frame.get_by_role("heading", name="Invoice 1")).to_be_visible()
    assert statuses[0] == 200
    assert [answer for _, _, answer in portal.answers("offline")] == [{"total": "4.44"}]


def test_who_is_signed_out_keeps_what_they_entered_and_submits_after_signing_in_again(portal, job, start, context):
    page, frame = start(job("signed-out", inputs=[{"source": "Only"}]))
    name = "Ada of signed-out"
    portal.accounts.sign_out(portal.accounts.find(name).id)
    fill_and_submit(page, frame, "5.55")
    page.get_by_role("dialog", name="You are signed out").get_by_role("button", name="Stay here").click()
    expect(frame.get_by_label("Total")).to_have_value("5.55")
    other = context.new_page()
    other.goto(portal.invite(name, "team-signed-out"))
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_role("heading", name="Your tasks")).to_be_visible()
    frame.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert [answer for _, _, answer in portal.answers("signed-out")] == [{"total": "5.55"}]


def test_a_stopped_job_is_explained(portal, job, start):
    page, frame = start(job("ended"))
    portal.end("ended", "Stopping")
    fill_and_submit(page, frame, "6.66")
    dialog = page.get_by_role("dialog", name="This task is closed")
    expect(dialog).to_contain_text("takes no more answers")
    dialog.get_by_role("button", name="Next task").click()
    expect(page.get_by_role("heading", name="This job is over")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (683, 384)])
def test_the_bar_is_thin_and_everything_fits(job, start, width, height):
    page, _ = start(job(f"fits-{width}"))
    page.set_viewport_size({"width": width, "height": height})
    assert page.locator("#bar").bounding_box()["height"] <= 48
    assert page.locator(FRAME).bounding_box()["height"] >= height - 50
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for name in ("About", "Decline", "Give back", "Stop"):
        box = page.get_by_role("button", name=name).bounding_box()
        assert box["x"] + box["width"] <= width
