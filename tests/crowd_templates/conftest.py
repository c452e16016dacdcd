"""Task inputs as the pre-annotation functions make them, and the templates open in a real browser.

Playwright's sync API allows one instance a thread, and other test folders have their own. So each test marked `browser`
runs in one thread of its own, together with the fixtures that touch the browser.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from groundtruth.crowd_elements import ENTRY, STATIC
from groundtruth.templates import Template

TEMPLATES = Path(__file__).parents[2] / "crowd_templates"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--no-sandbox --headless --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
RECORDER = """
window.answers = []; window.problems = []; window.isReady = false;
addEventListener('error', (event) => window.problems.push(event.message));
document.addEventListener('all-crowd-elements-ready', () => { window.isReady = true; });
document.addEventListener('groundtruth-answer', (event) => { window.answers.push(event.detail); event.preventDefault(); });
"""

TYPES = ["Invoice", "Credit note", "Receipt", "Delivery note", "Not readable"]
FIELDS = [
    ("vendor_name", "Vendor name", "text", True),
    ("invoice_date", "Invoice date", "date", True),
    ("po_number", "Purchase order", "identifier", False),
    ("currency", "Currency", "currency", True),
    ("total_amount", "Total amount", "amount", True),
]


def _label(name: str, display_name: str, kind: str = "text", required: bool = True) -> dict[str, Any]:
    help_text = f"What {display_name.lower()} means."
    return {"label": name, "displayName": display_name, "type": kind, "description": help_text, "required": required}


ANSWERS: dict[str, dict[str, Any]] = {
    "document-type": {"types": [{"label": "invoice", "by": "AB"}, {"label": "receipt", "by": "C"}]},
    "invoice-boxes": {
        "labels": [name for name, *_ in FIELDS],
        "boxes": [
            {"by": "A", "boxes": [[4, 900, 1400, 150, 40]]},
            {"by": "B", "boxes": [[4, 902, 1401, 150, 40], [0, 100, 100, 200, 30]]},
        ],
    },
    "invoice-fields": {
        "fields": {
            "vendor_name": [{"value": "Acme Paper Ltd", "by": "ABC"}],
            "po_number": [{"absent": True, "by": "ABC"}],
            "total_amount": [
                {"value": "1,204.50", "by": "A"},
                {"value": "1,240.50", "by": "B"},
                {"blank": True, "by": "C"},
            ],
        }
    },
}


def _review(task_type: str, **changes: Any) -> dict[str, Any]:
    """The task input of an expert: every answer beside what the page shows anyway."""
    disputed = ["total_amount"] if task_type != "document-type" else []
    answers = {"line": 3, "reasons": ["Total amount: tie."], "disputed": disputed} | ANSWERS[task_type]
    return _task(task_type, **{"details": {"document": "INV-10442", "review": answers}, **changes})


def _task(task_type: str, **changes: Any) -> dict[str, Any]:
    types = [_label(name.lower().replace(" ", "_"), name) for name in TYPES]
    labels = types if task_type == "document-type" else [_label(*field) for field in FIELDS]
    task = {
        "taskType": task_type,
        "image": "s3://acme-invoices/pages/INV-10442.png",
        "labels": labels,
        "displayNames": [label["displayName"] for label in labels],
        "initialValue": None,
        "details": {"document": "INV-10442", "page": 1, "vendor_name": "Acme Paper Ltd"},
    }
    if "text" in changes:
        del task["image"]
    return deepcopy(task | changes)


@pytest.fixture(scope="session")
def make_task() -> Callable[..., dict[str, Any]]:
    """A task input of a task type, with some of its keys changed; `text` takes the image's place."""
    return _task


@pytest.fixture(scope="session")
def make_review() -> Callable[..., dict[str, Any]]:
    """The task input of a review job, for the template invoice-review."""
    return _review


@pytest.fixture(scope="session")
def template_file() -> Callable[[str], Path]:
    return lambda task_type: TEMPLATES / f"{task_type}.liquid.html"


@pytest.fixture(scope="session")
def render_task(template_file: Callable[[str], Path]) -> Callable[..., str]:
    """The page of a task input, with a stand-in for signed URLs; in the template of its task type unless another is named."""

    def render_task(task: dict[str, Any], template_name: str = "", **settings: Any) -> str:
        template = Template.read(template_file(template_name or task["taskType"]))
        page = template.page(
            task, sign=lambda uri: uri.replace("s3://", "https://signed.example/") + "?a=1&b=2", **settings
        )
        assert page.undefined == ()
        return page.html

    return render_task


def _draw_page() -> bytes:
    image = Image.new("RGB", (1240, 1754), "white")
    draw = ImageDraw.Draw(image)
    for index in range(20):
        draw.text((100, 100 + 80 * index), f"Line {index}", fill="black", font_size=32)
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, files: dict[str, bytes], *arguments: Any) -> None:
        self.files = files
        super().__init__(*arguments)

    def do_GET(self) -> None:
        crowd = STATIC / self.path.removeprefix("/crowd/")
        content = (
            crowd.read_bytes() if self.path.startswith("/crowd/") and crowd.is_file() else self.files.get(self.path)
        )
        self.send_response(404 if content is None else 200)
        types = {".js": "text/javascript", ".html": "text/html; charset=utf-8", ".png": "image/png"}
        self.send_header("Content-Type", types.get(Path(self.path).suffix, "text/plain"))
        if self.path.startswith("/crowd/"):
            self.send_header("Cache-Control", "max-age=3600")
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="session")
def served() -> Iterator[tuple[str, dict[str, bytes]]]:
    """The address of a local server, and its files by path."""
    files = {"/page.png": _draw_page(), "/favicon.ico": b""}
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, files))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", files
    server.shutdown()


@pytest.fixture(scope="session")
def browser_thread() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.fixture(scope="session")
def browser(browser_thread: ThreadPoolExecutor) -> Iterator[Browser]:
    playwright = browser_thread.submit(lambda: sync_playwright().start()).result()
    browser = browser_thread.submit(
        lambda: playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS.split())
    ).result()
    yield browser
    browser_thread.submit(browser.close).result()
    browser_thread.submit(playwright.stop).result()


@pytest.fixture(scope="session")
def context(browser: Browser, browser_thread: ThreadPoolExecutor) -> BrowserContext:
    """One for all tests, so that the elements are fetched once."""

    def make() -> BrowserContext:
        made = browser.new_context()
        made.set_default_timeout(30_000)
        made.add_init_script(RECORDER)
        return made

    return browser_thread.submit(make).result()


@pytest.fixture
def open_task(
    context: BrowserContext,
    browser_thread: ThreadPoolExecutor,
    served: tuple[str, dict[str, bytes]],
    template_file: Callable[[str], Path],
) -> Iterator[Callable[..., Page]]:
    """Open the page of a task input, with the offline Crowd elements, as a worker would."""
    address, files = served
    opened: list[Page] = []

    def open_task(task: dict[str, Any], *, image: str = "/page.png", width: int = 1366, height: int = 768) -> Page:
        template = Template.read(template_file(task["taskType"]), crowd_elements_url=f"/crowd/{ENTRY}")
        files["/task.html"] = template.page(task, sign=lambda _: image).html.encode()
        page = context.new_page()
        opened.append(page)
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{address}/task.html")
        page.wait_for_function("window.isReady")
        return page

    def close() -> list[Any]:
        problems = [page.evaluate("window.problems") for page in opened]
        for page in opened:
            page.close()
        return problems

    yield open_task
    assert all(problems == [] for problems in browser_thread.submit(close).result())


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if pyfuncitem.get_closest_marker("browser") is None:
        return None
    names = pyfuncitem._fixtureinfo.argnames
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    executor = pyfuncitem._request.getfixturevalue("browser_thread")
    executor.submit(pyfuncitem.obj, **arguments).result()
    return True
