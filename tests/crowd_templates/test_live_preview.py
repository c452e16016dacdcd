"""The live preview shows a template with the offline Crowd elements, and again when a file changes."""

import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser

from groundtruth.templates import Template
from groundtruth.templates.preview import ELEMENTS_URL, Documents, preview_app

SOURCE = """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form><img src="{{ task.input.image | grant_read_access }}" alt="page"><input name="total" aria-label="Total"></crowd-form>"""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    file = tmp_path / "t.liquid.html"
    file.write_text(SOURCE)
    (tmp_path / "1.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"/>')
    (tmp_path / "secret.txt").write_text("secret")
    return file


@pytest.fixture
def address(template: Path) -> Iterator[str]:
    documents = Documents(template.parent)

    def make_page():
        parsed = Template.read(template, crowd_elements_url=ELEMENTS_URL)
        return parsed.page({"image": "s3://acme/1.svg"}, sign=documents.sign)

    app = preview_app(make_page, [template], documents)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        server.should_exit = True
        thread.join(10)


@pytest.mark.browser
def test_saving_the_template_shows_it_anew(browser: Browser, template: Path, address: str):
    page = browser.new_page()
    page.set_default_timeout(30_000)
    page.goto(address)
    page.get_by_role("button", name="Submit").wait_for()
    assert page.locator("img").evaluate("e => e.decode().then(() => e.naturalWidth)") == 30
    page.wait_for_timeout(500)
    template.write_text(SOURCE + "<h1>Second</h1>")
    page.get_by_role("heading", name="Second").wait_for()
    template.write_text(SOURCE + "{% nope %}")
    page.get_by_role("alert").get_by_text('line 2: unknown or misplaced tag "nope"').wait_for()
    template.write_text(SOURCE)
    page.get_by_role("button", name="Submit").wait_for()
    page.get_by_label("Total").fill("12.00")
    page.get_by_role("button", name="Submit").click()
    page.locator("crowd-form").get_by_text('"total": "12.00"').wait_for()
    page.close()


def status(address: str, host: str | None = None) -> int:
    request = urllib.request.Request(address, headers={"Host": host} if host else {})
    try:
        return int(urllib.request.urlopen(request).status)
    except urllib.error.HTTPError as error:
        return error.code


def test_only_documents_of_the_task_are_served(address: str, template: Path):
    urllib.request.urlopen(address).read()
    for path in (
        "documents/secret.txt",
        "documents/..%2fsecret.txt",
        "documents/x",
        "crowd/../t.liquid.html",
        "secret.txt",
    ):
        assert status(address + path) == 404


def test_other_host_names_are_refused(address: str):
    assert status(address) == 200
    assert status(address, host="evil.example") == 400


def test_a_document_outside_the_folder_is_not_signed(template: Path, make_task: Callable[..., object]):
    link = template.parent / "inside" / "link.png"
    link.parent.mkdir()
    link.symlink_to(template.parent / "secret.txt")
    with pytest.raises(Exception, match="is not in"):
        Documents(link.parent).sign("s3://acme/link.png")
