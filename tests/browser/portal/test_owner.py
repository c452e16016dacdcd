"""The owner's pages on the machine itself, and how people come in."""

import pytest
from playwright.sync_api import expect

from groundtruth.service.portal import PREFIX

pytestmark = pytest.mark.browser


@pytest.fixture
def open_page(portal, context):
    def open_page(path: str):
        page = context.new_page()
        page.goto(f"{portal.address}{PREFIX}{path}")
        return page

    return open_page


def test_an_owner_invites_a_worker_and_sees_the_link_once(portal, open_page):
    page = open_page("/owner/people")
    page.get_by_label("Name", exact=True).fill("Linus")
    page.get_by_role("button", name="Make a link").click()
    page.get_by_role("dialog", name="Link for Linus").wait_for()
    link = page.get_by_label("Invitation link").input_value()
    page.get_by_role("button", name="Done").click()
    row = page.get_by_role("row", name="Linus")
    expect(row).to_contain_text("open until")
    guest = open_page("/sign-in")
    guest.goto(link)
    guest.get_by_role("button", name="Sign in").click()
    expect(guest.get_by_role("heading", name="Your tasks")).to_be_visible()
    assert "#" not in guest.url


def test_a_link_that_was_used_says_so(portal, open_page):
    link = portal.invite("Used Una")
    page = open_page("/sign-in")
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Your tasks")).to_be_visible()
    page.goto(link)
    expect(page.get_by_role("alert")).to_contain_text("works once")
    # A good link opened in the same tab changes only what is after the #.
    page.goto(portal.invite("Used Una"))
    expect(page.get_by_role("heading", name="Welcome, Used Una")).to_be_visible()
    expect(page.locator("#problem")).to_be_empty()


def test_an_owner_stops_a_job_after_a_question_and_the_page_follows(portal, open_page):
    portal.job("to-stop")
    page = open_page("/owner/jobs/to-stop")
    page.get_by_role("button", name="Stop the job").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.locator("#state")).to_contain_text("In progress")
    page.get_by_role("button", name="Stop the job").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop the job").click()
    expect(page.locator("#state")).to_contain_text("Stopping")


def test_who_is_at_the_machine_starts_working_from_the_people_page(portal, open_page):
    portal.job("at-once", team="at-once")
    page = open_page("/owner/people")
    page.get_by_label("Your name").fill("Local Lou")
    page.locator("#own-team").select_option("at-once")
    page.get_by_role("button", name="Start working").click()
    expect(page.get_by_role("heading", name="Your tasks")).to_be_visible()
    page.wait_for_load_state()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.parametrize("path", ["/owner", "/owner/people", "/owner/jobs/reach", "/sign-in", "/nowhere"])
def test_every_page_has_landmarks_one_main_heading_and_names_for_its_controls(portal, open_page, path):
    if path == "/owner/jobs/reach":
        portal.job("reach")
    page = open_page(path)
    assert page.get_by_role("main").count() == 1
    assert page.get_by_role("heading", level=1).count() == 1
    nameless = page.evaluate(
        """() => Array.from(document.querySelectorAll("button, a[href], input, select"))
            .filter((e) => !(e.labels?.length || e.getAttribute("aria-label") || e.textContent.trim())).map((e) => e.outerHTML)"""
    )
    assert nameless == []
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
