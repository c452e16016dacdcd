"""A page that was rendered a moment ago is shown again, for a minute, and never takes much memory."""

from groundtruth.service.portal.recent_pages import KEPT_FOR, FrameDocument, RecentPages


def test_a_page_is_kept_for_a_minute(clock):
    pages = RecentPages(clock=clock)
    page = FrameDocument("<p>1</p>", "default-src 'none'")
    pages.keep(("job", "1"), page)
    clock.turn(KEPT_FOR - 1)
    assert pages.find(("job", "1")) is page
    assert pages.find(("job", "2")) is None
    clock.turn(1)
    assert pages.find(("job", "1")) is None


def test_the_oldest_pages_make_room(clock):
    pages = RecentPages(most_characters=100, clock=clock)
    for number in range(5):
        pages.keep(number, FrameDocument("x" * 30, ""))
    assert [pages.find(number) is not None for number in range(5)] == [False, False, True, True, True]
    pages.keep(9, FrameDocument("x" * 101, ""))
    assert all(pages.find(number) is None for number in (*range(5), 9))
