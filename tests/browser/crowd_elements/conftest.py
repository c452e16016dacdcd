"""A browser, a server for the elements, and pages with templates in them."""

import io
import json
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from groundtruth.crowd_elements import ENTRY, STATIC

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--no-sandbox --headless --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
TYPES = {".js": "text/javascript", ".html": "text/html; charset=utf-8", ".png": "image/png", ".jpg": "image/jpeg"}
HEAD = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Task</title>
<meta name="color-scheme" content="light dark"><script src="/crowd/{ENTRY}"></script></head><body>"""
# Records what the page hands over, and takes it as a portal would.
RECORDER = """
window.answers = []; window.drafts = []; window.isReady = false;
document.addEventListener('all-crowd-elements-ready', () => { window.isReady = true; });
document.addEventListener('groundtruth-answer', (event) => { window.answers.push(event.detail); event.preventDefault(); });
document.addEventListener('groundtruth-draft', (event) => { window.drafts.push(event.detail); });
// Where a point of the image lies in the window.
window.onScreen = ([x, y]) => {
  const { viewport } = document.querySelector('crowd-form [src]');
  const frame = viewport.element.getBoundingClientRect();
  const at = viewport.toScreen(x, y);
  const enlargement = frame.width / viewport.element.offsetWidth;
  return [frame.left + at.x * enlargement, frame.top + at.y * enlargement];
};
"""


class Site:
    """What the server hands out besides the elements: path to bytes."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.address = ""

    def put(self, path: str, content: bytes | str) -> str:
        """Serve `content` at `path`, and return its address."""
        self.files[path] = content.encode() if isinstance(content, str) else content
        return self.address + path


class Handler(BaseHTTPRequestHandler):
    def __init__(self, site: Site, *arguments: Any) -> None:
        self.site = site
        super().__init__(*arguments)

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        content = self._content(path)
        self.send_response(404 if content is None else 200)
        self.send_header("Content-Type", TYPES.get(Path(path).suffix, "application/octet-stream"))
        # A sandboxed frame has an opaque origin, so its modules are cross-origin.
        self.send_header("Access-Control-Allow-Origin", "*")
        # The elements stay the same for all tests; pages and pictures do not.
        self.send_header("Cache-Control", "max-age=600" if path.startswith("/crowd/") else "no-store")
        self.send_header("Content-Length", str(len(content or b"")))
        self.end_headers()
        self.wfile.write(content or b"")

    def _content(self, path: str) -> bytes | None:
        if path == "/favicon.ico":
            return b""
        if path.startswith("/crowd/"):
            file = STATIC / path.removeprefix("/crowd/")
            return file.read_bytes() if file.is_file() else None
        return self.site.files.get(path)

    def log_message(self, *arguments: Any) -> None:
        pass


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    made = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, made))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made.address = f"http://127.0.0.1:{server.server_port}"
    made.put("/page.png", make_picture(1240, 1754))
    made.put("/small.png", make_picture(400, 300))
    yield made
    server.shutdown()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS.split())
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shared_page(browser: Browser) -> Iterator[Page]:
    page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
    page.set_default_timeout(30_000)
    page.add_init_script(RECORDER)
    page.add_init_script("window.errors = []; addEventListener('error', (event) => window.errors.push(event.message));")
    yield page
    page.close()


@pytest.fixture
def page(shared_page: Page) -> Iterator[Page]:
    """One page for all tests: each opens its own document in it."""
    shared_page.set_viewport_size({"width": 1366, "height": 768})
    yield shared_page
    assert shared_page.evaluate("window.errors ?? []") == []


@pytest.fixture
def show(site: Site, page: Page) -> Callable[[str], Page]:
    """Open a template's markup and wait for the elements, and for its images."""

    def show(markup: str, *, wait_for_image: bool = True) -> Page:
        page.goto(site.put("/task.html", HEAD + markup))
        page.wait_for_function("window.isReady")
        if wait_for_image:
            page.wait_for_function("Array.from(document.querySelectorAll('[src]')).every((e) => e.isReady !== false)")
        return page

    return show


@pytest.fixture
def answer(page: Page) -> Callable[[], Any]:
    """Submit, and return what left the page."""

    def answer() -> Any:
        page.evaluate("document.querySelector('crowd-form').requestSubmit()")
        answers = page.evaluate("window.answers")
        assert len(answers) == 1, page.locator("crowd-form .messages").inner_text()
        return answers[0]

    return answer


def make_picture(width: int, height: int, *, orientation: int | None = None) -> bytes:
    """A white PNG; with an EXIF orientation a JPEG, whose stored pixels are `width` by `height`."""
    image = Image.new("RGB", (width, height), "white")
    file = io.BytesIO()
    if orientation is None:
        image.save(file, "PNG")
    else:
        exif = Image.Exif()
        exif[0x0112] = orientation
        image.save(file, "JPEG", exif=exif)
    return file.getvalue()


def attribute(value: object) -> str:
    """`value` as the text of a double-quoted attribute."""
    return json.dumps(value).replace("&", "&amp;").replace('"', "&quot;")


@pytest.fixture
def picture() -> Callable[..., bytes]:
    return make_picture
