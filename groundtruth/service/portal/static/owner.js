/** The owner's pages: stopping a job, and inviting, removing and becoming workers. */

import { answered } from "./dialogs.js";
import { keepFresh, refresh } from "./page.js";
import { ask } from "./server.js";

const problem = document.querySelector("#problem");
const result = document.querySelector("#link-dialog");

keepFresh(Number(document.querySelector("main [data-fresh]")?.dataset.fresh ?? 10));

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-call]");
  if (button !== null) run(button);
  if (event.target.closest("#copy-link") !== null) copyLink(event.target);
});

document.querySelector("#add-worker")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  send(event.submitter, form.dataset.path, { team: form.team.value, name: form.name.value }).then((done) => {
    if (done) form.name.value = "";
  });
});

document.querySelector("#work-in")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  if (await send(event.submitter, form.dataset.path, { team: form.team.value, name: form.elements.name?.value ?? "" })) {
    location.assign(form.dataset.then);
  }
});

async function run(button) {
  const { call, confirm, body } = button.dataset;
  if (confirm !== undefined) {
    document.querySelector("#sure-text").textContent = confirm;
    document.querySelector("#sure-yes").textContent = button.textContent;
    if ((await answered(document.querySelector("#sure"))) !== "yes") return;
  }
  await send(button, call, body === undefined ? {} : JSON.parse(body));
}

/** Sends a change, shows the link it answers with, and brings the page up to date; false when it was refused. */
async function send(button, path, body) {
  problem.textContent = "";
  button.disabled = true;
  try {
    const answer = await ask("POST", path, body);
    if (answer.link !== undefined) await showLink(answer);
    button.blur();
    await refresh();
    return true;
  } catch (refusal) {
    problem.textContent = refusal.message;
    problem.scrollIntoView({ block: "nearest" });
    return false;
  } finally {
    button.disabled = false;
  }
}

function showLink({ name, link }) {
  document.querySelector("#link-name").textContent = name;
  const field = document.querySelector("#link-text");
  field.value = link;
  const shown = answered(result);
  field.select();
  return shown;
}

async function copyLink(button) {
  const field = document.querySelector("#link-text");
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    button.textContent = "Copied";
  } catch {
    // Browsers lend the clipboard only to pages over https, and to those of the machine itself.
    field.focus();
    button.textContent = "Press Ctrl+C";
  }
  setTimeout(() => {
    button.textContent = "Copy";
  }, 2_000);
}
