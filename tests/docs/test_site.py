"""`make docs` builds a site that needs nothing but itself, and every page is found in it."""

import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(path.stem for path in DOCS.glob("*.md"))
ARGUMENTS = (
    "--no-sandbox --headless --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` does, with warnings as errors."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", "-d", folder / "trees"]
    done = subprocess.run([*command, DOCS, folder / "html"], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return folder / "html"


@pytest.fixture(scope="module")
def in_browser() -> Iterator[ThreadPoolExecutor]:
    """Playwright's sync API allows one instance a thread, and other test folders have their own."""
    with ThreadPoolExecutor(1) as executor:
        yield executor


def test_every_page_is_reachable_from_the_first_one():
    reached, waiting = set[str](), ["index"]
    while waiting:
        page = waiting.pop()
        if page not in reached:
            reached.add(page)
            waiting += re.findall(r"\]\(([\w-]+)\.md(?:#[\w-]+)?\)", (DOCS / f"{page}.md").read_text(encoding="utf-8"))
    assert reached == set(PAGES)


def test_every_page_is_in_the_navigation(site: Path):
    navigation = (site / "index.html").read_text(encoding="utf-8").partition("sidebar-tree")[2].partition("</aside>")[0]
    assert {f"{page}.html" for page in PAGES if page != "index"} <= set(
        re.findall(r'href="([\w-]+\.html)"', navigation)
    )


def test_nothing_is_loaded_from_elsewhere(site: Path):
    loads = re.compile(r"""<(?:script|link|img|iframe|source|video)\b[^>]*?(?:src|href)="((?:https?:)?//[^"]+)""")
    for page in site.rglob("*.html"):
        assert loads.findall(page.read_text(encoding="utf-8")) == [], page.name
    for style in site.rglob("*.css"):
        assert not re.search(r"(@import|url\()\s*['\"]?(https?:)?//", style.read_text(encoding="utf-8")), style.name


def test_no_link_shows_a_machines_path(site: Path):
    for page in site.rglob("*.html"):
        assert str(ROOT) not in page.read_text(encoding="utf-8"), page.name


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_search_finds_a_page_offline(site: Path, scheme: str, in_browser: ThreadPoolExecutor):
    def search() -> tuple[list[str], list[str]]:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS.split())
            page = browser.new_context(color_scheme=scheme).new_page()  # type: ignore[arg-type]
            elsewhere: list[str] = []
            page.on(
                "request", lambda request: elsewhere.append(request.url) if request.url.startswith("http") else None
            )
            page.goto((site / "index.html").as_uri())
            page.get_by_placeholder("Search").fill("duplicates")
            page.get_by_placeholder("Search").press("Enter")
            page.locator("#search-results a").first.wait_for()
            found = page.locator("#search-results a").all_inner_texts()
            browser.close()
        return found, elsewhere

    found, elsewhere = in_browser.submit(search).result()
    assert any("Prepare" in title for title in found)
    assert elsewhere == []
