"""Reports opened from disk in Chromium, as a labeling lead opens them.

Playwright's sync API allows one instance a thread, and other test folders have their own: each test marked `browser` runs in one thread of its
own here, together with the fixtures that touch the browser.
"""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from groundtruth.export.sources import Sources
from groundtruth.report import ReportSettings, read_report, render_report
from groundtruth.report.images import in_folder, linked_files
from groundtruth.report.responses import job_folder
from groundtruth.storage import RemoteS3
from groundtruth.workforce import TruthFile

ARGUMENTS = (
    "--no-sandbox --headless --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
HOSTILE = '</script><img src=x onerror="window.hit=1"><b>\''
LABELS = [
    {"label": "vendor_name", "displayName": "Vendor name"},
    {"label": "total_amount", "displayName": HOSTILE, "type": "amount"},
]


def _fields_line(number: int) -> tuple[Any, list[Any]]:
    vendor = HOSTILE if number == 1 else f"Vendor {number}"
    values = {"vendor_name": vendor, "total_amount": f"{number}.00"}
    fields = {
        name: {"value": value, "normalized": value, "confidence": 0.9, "status": "agreed", "votes": 1}
        for name, value in values.items()
    }
    status = "tie" if number % 5 == 4 else "agreed"
    label = {"fields": fields, "confidence": 1 - number / 1000, "status": status, "workers": 2}
    return label, [
        values,
        values | {"vendor_name": f"Other {HOSTILE}" if number == 1 else "Other"}
        if number % 3 == 0 or number == 1
        else values,
    ]


def _boxes_line(number: int) -> tuple[Any, list[Any]]:
    box = {"left": 50, "top": 60 + number, "width": 200, "height": 40}
    label = {
        "image_size": [{"width": 620, "height": 877, "depth": 3}],
        "annotations": [{"class_id": 1, **box}],
        "class-map": {"1": "total_amount"},
        "objects": [{"confidence": 0.8, "votes": 2, "workers": 2}],
        "confidence": 0.8,
        "workers": 2,
        "status": "agreed",
    }
    drawn = [{"label": "total_amount", **box}]
    return label, [{"w": {"boundingBoxes": drawn}}, {"w": {"boundingBoxes": []}}]


@pytest.fixture
def write_report(tmp_path: Path) -> Callable[..., Path]:
    """Write the report of a job of so many documents, with page images beside it."""

    def write_report(count: int = 12, kind: str = "fields", *, with_truth: bool = False) -> Path:
        job = tmp_path / "s3" / "acme" / "job-1"
        manifest = job / "manifests" / "output" / "output.manifest"
        manifest.parent.mkdir(parents=True)
        (tmp_path / "pages").mkdir()
        Image.new("RGB", (620, 877), "white").save(tmp_path / "pages" / "p0.png")
        lines = []
        for number in range(count):
            label, said = (_fields_line if kind == "fields" else _boxes_line)(number)
            name = HOSTILE if number == 1 else f"INV-{number:05}"
            line = {"source-ref": f"s3://acme/pages/p{number if count < 100 else 0}.png", "document": name}
            lines.append(json.dumps(line | {"label": label, "label-metadata": {"job-name": "job-1"}}))
            answers = [
                {"workerId": f"private.w.{at}", "answerContent": content, "timeSpentInSeconds": 10.0 + at,
                 "submissionTime": "2026-11-03T09:00:00Z"}
                for at, content in enumerate(said)
            ]  # fmt: skip
            folder = job / "annotations" / "worker-response" / "iteration-1" / str(number)
            folder.mkdir(parents=True)
            (folder / "t.json").write_text(json.dumps({"answers": answers}))
        manifest.write_text("\n".join(lines) + "\n")
        truth = tmp_path / "truth.jsonl"
        truth.write_text(
            json.dumps({"image": "p0.png", "fields": {"vendor_name": "Vendor 0", "total_amount": "1"}}) + "\n"
        )
        out = tmp_path / "report.html"
        settings = ReportSettings(
            labels=LABELS,
            address=linked_files(in_folder(Sources(RemoteS3("http://127.0.0.1:9"), tmp_path)), out),
            truth=TruthFile.read(truth) if with_truth else None,
        )
        with manifest.open("rb") as file:
            report = read_report(file, str(manifest), job_folder(str(manifest)), settings)
        out.write_text(render_report(report), encoding="utf-8")
        return out

    return write_report


@pytest.fixture(scope="session")
def browser_thread() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.fixture(scope="session")
def browser(browser_thread: ThreadPoolExecutor) -> Iterator[Browser]:
    playwright = browser_thread.submit(lambda: sync_playwright().start()).result()
    browser = browser_thread.submit(
        lambda: playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS.split())
    ).result()
    yield browser
    browser_thread.submit(browser.close).result()
    browser_thread.submit(playwright.stop).result()


@pytest.fixture
def open_report(browser: Browser, browser_thread: ThreadPoolExecutor) -> Iterator[Callable[..., Page]]:
    """Open a file offline; afterwards nothing may have gone wrong in the page."""
    problems: list[str] = []
    contexts = []

    def open_report(path: Path, **options: Any) -> Page:
        context = browser.new_context(offline=True, viewport={"width": 1366, "height": 768}, **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console", lambda message: problems.append(message.text) if "Content Security" in message.text else None
        )
        page.goto(path.as_uri())
        return page

    yield open_report
    for context in contexts:
        browser_thread.submit(context.close).result()
    assert problems == []


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if pyfuncitem.get_closest_marker("browser") is None:
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    executor = pyfuncitem._request.getfixturevalue("browser_thread")
    executor.submit(pyfuncitem.obj, **arguments).result()
    return True
