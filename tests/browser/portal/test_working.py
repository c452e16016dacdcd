"""A worker signs in and does tasks, by mouse and by keyboard."""

import pytest

pytestmark = pytest.mark.browser


def test_a_worker_signs_in_and_submits_tasks_one_after_another_by_keyboard(portal, sign_in):
    portal.job("by-keyboard", inputs=[{"source": "First"}, {"source": "Second"}])
    page = sign_in("Ada")
    page.get_by_role("link", name="Start").first.focus()
    page.keyboard.press("Enter")
    frame = page.frame_locator("#stage iframe:not(.coming)")
    frame.get_by_role("heading", name="First").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.type("12.50")
    page.keyboard.press("Control+Enter")
    frame.get_by_role("heading", name="Second").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.type("7.00")
    page.keyboard.press("Control+Enter")
    page.get_by_role("heading", name="Thank you").wait_for()
    assert [answer for _, _, answer in portal.answers("by-keyboard")] == [{"total": "12.50"}, {"total": "7.00"}]
