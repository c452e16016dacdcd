"""The report in a browser: from disk, offline, by keyboard, with hostile values, with 10,000 documents."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from groundtruth.review import read_decisions

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
Write = Callable[..., Path]
HOSTILE = '</script><img src=x onerror="window.hit=1"><b>\''


def title(page: Page) -> str:
    return page.locator(".detail-title h2").inner_text()


def test_j_and_k_walk_through_the_documents(open_report: Open, write_report: Write):
    page = open_report(write_report())
    expect(page.locator("[data-panel=overview]")).to_be_visible()
    page.keyboard.press("d")
    assert title(page) == "INV-00000"
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert title(page) == "INV-00002"
    page.keyboard.press("k")
    page.keyboard.press("k")
    assert title(page) == "INV-00000"
    assert page.url.endswith("#line-1")


def test_hostile_values_are_shown_and_never_run(open_report: Open, write_report: Write):
    page = open_report(write_report())
    page.keyboard.press("d")
    page.keyboard.press("j")
    assert title(page) == HOSTILE
    expect(page.locator(".thing-value").first).to_contain_text(HOSTILE)
    expect(page.locator(".groups .other").first).to_contain_text(f"Other {HOSTILE}")
    page.wait_for_timeout(200)
    assert page.evaluate("window.hit") is None
    assert page.locator("img[src=x]").count() == 0


def test_what_differs_is_marked_with_who_said_it(open_report: Open, write_report: Write):
    page = open_report(write_report())
    page.keyboard.press("d")
    vendor = page.locator(".thing").first
    expect(vendor.locator(".thing-value")).to_have_text("Vendor 0")
    expect(vendor.locator(".groups li")).to_have_text(["Alike the label", "BOther"])


def test_search_and_filters_narrow_the_list(open_report: Open, write_report: Write):
    page = open_report(write_report())
    page.keyboard.press("/")
    page.keyboard.type("vendor 7")
    expect(page.locator(".count")).to_have_text("1 of 12 documents")
    assert title(page) == "INV-00007"
    page.get_by_role("button", name="Clear").click()
    page.locator("[data-filter-control=status]").select_option("tie")
    expect(page.locator(".count")).to_have_text("2 of 12 documents")
    page.get_by_role("button", name="Clear").click()
    page.get_by_label("Differs in").select_option(label="Vendor name")
    expect(page.locator(".count")).to_have_text("5 of 12 documents")
    page.get_by_label("Order").select_option("confidence")
    assert page.locator(".row-name").first.inner_text() == "INV-00009"


def test_decisions_are_kept_and_saved_for_the_review(open_report: Open, write_report: Write, tmp_path: Path):
    page = open_report(write_report())
    page.keyboard.press("d")
    page.keyboard.press("r")
    page.get_by_label("Note on the decision").fill("other vendor")
    page.get_by_label("Note on the decision").blur()
    page.keyboard.press("j")
    page.keyboard.press("a")
    page.reload()
    expect(page.locator(".decided")).to_contain_text("2 of 12 judged, 1 rejected")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save decisions").click()
    file = tmp_path / "decisions.json"
    download.value.save_as(file)
    decisions = read_decisions(file)
    assert [(line, one.is_accepted, one.note) for line, one in decisions.by_line.items()] == [
        (0, False, "other vendor"),
        (1, True, ""),
    ]
    assert json.loads(file.read_text())["job"] == "job-1"
    page.evaluate("localStorage.clear()")
    page.reload()
    expect(page.locator(".decided")).to_contain_text("0 of 12 judged")
    page.locator('[data-action="load"]').set_input_files(file)
    expect(page.locator(".decided")).to_contain_text("2 of 12 judged, 1 rejected")


def test_workers_boxes_lie_under_the_labels_and_can_be_hidden(open_report: Open, write_report: Write):
    page = open_report(write_report(kind="boxes"))
    page.keyboard.press("d")
    expect(page.locator(".overlay rect.box")).to_have_count(2)
    assert "box-label" in (page.locator(".overlay rect.box").last.get_attribute("class") or "")
    expect(page.locator(".groups .other")).to_contain_text("not drawn")
    page.keyboard.press("1")
    expect(page.locator(".overlay rect.box")).to_have_count(1)
    image = page.locator(".page-stage img")
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 620


def test_a_page_image_that_is_not_there_is_said(open_report: Open, write_report: Write, tmp_path: Path):
    path = write_report(kind="boxes")
    (tmp_path / "pages" / "p0.png").unlink()
    page = open_report(path)
    page.keyboard.press("d")
    expect(page.locator(".page-failed")).to_contain_text("did not load: s3://acme/pages/p0.png")
    expect(page.locator(".overlay rect.box")).to_have_count(2)


def test_truth_adds_accuracy_and_the_reliability_diagram(open_report: Open, write_report: Write):
    page = open_report(write_report(with_truth=True))
    expect(page.get_by_role("img", name="Accuracy by confidence")).to_be_visible()
    page.keyboard.press("d")
    expect(page.locator(".facts")).to_contain_text("50 % right by the truth")
    expect(page.locator(".facts")).to_contain_text("Truth: 1")


def test_ten_thousand_documents_are_few_rows_in_the_page(open_report: Open, write_report: Write):
    page = open_report(write_report(10_000))
    page.keyboard.press("d")
    expect(page.locator(".count")).to_have_text("10,000 documents")
    assert page.locator(".row").count() < 40
    page.locator(".list").evaluate("list => { list.scrollTop = list.scrollHeight; }")
    expect(page.locator(".row-name", has_text="INV-09999")).to_be_visible()
    took = page.evaluate(
        "() => { const began = performance.now(); const box = document.querySelector('[data-filter-control=status]');"
        " box.value = 'tie'; box.dispatchEvent(new Event('input')); return new Promise((done) => setTimeout(() =>"
        " done(performance.now() - began), 0)); }"
    )
    expect(page.locator(".count")).to_have_text("2,000 of 10,000 documents")
    assert took < 2_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable_in_light_and_dark(scheme: str, open_report: Open, write_report: Write):
    page = open_report(write_report(), color_scheme=scheme)
    lights = page.evaluate(
        """() => ["color", "backgroundColor"].map((name) => {
            const [r, g, b] = getComputedStyle(document.body)[name].match(/\\d+/g).map(Number);
            return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
        })"""
    )
    assert abs(lights[0] - lights[1]) > 0.6
    assert (lights[1] > 0.5) == (scheme == "light")


def test_printed_it_shows_the_figures_without_the_controls(open_report: Open, write_report: Write):
    page = open_report(write_report())
    page.emulate_media(media="print")
    expect(page.locator(".workers table")).to_be_visible()
    expect(page.locator(".views")).to_be_hidden()
    assert len(page.pdf()) > 5_000
