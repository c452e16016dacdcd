/** Signs in with the token of an invitation link, which stands after the # and so is in no server's log. */

import { ask, prefix } from "./server.js";

const form = document.querySelector("#form");
const input = document.querySelector("#link");
const problem = document.querySelector("#problem");
const button = document.querySelector("#submit");

let token = "";

takeToken();
// Another link opened in this tab changes no more of the address than what is after the #.
window.addEventListener("hashchange", takeToken);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  token ||= tokenIn(input.value) || input.value.trim();
  problem.textContent = "";
  button.disabled = true;
  try {
    await ask("POST", "/sign-in", { token });
    location.replace(`${prefix}/`);
  } catch (error) {
    show(error);
  }
});

function takeToken() {
  const found = tokenIn(location.href);
  if (!found) return;
  token = found;
  // The token opens the portal: it should stay neither in the address bar nor in the history.
  history.replaceState(null, "", location.pathname);
  document.querySelector("#link-row").hidden = true;
  input.required = false; // who is quicker than the greeting signs in all the same
  greet();
}

async function greet() {
  problem.textContent = "";
  try {
    const { name, isOwner } = await ask("POST", "/invitation", { token });
    document.querySelector("#title").textContent = `Welcome, ${name}`;
    document.querySelector("#text").textContent = isOwner
      ? "You are invited to look after the labeling jobs here."
      : "You are invited to work on labeling tasks here.";
    button.focus();
  } catch (error) {
    show(error);
  }
}

function show(error) {
  problem.textContent = error.message;
  button.disabled = false;
  if (error.isPassing) return;
  token = "";
  document.querySelector("#link-row").hidden = false;
  input.required = true;
  input.value = "";
  input.focus();
}

function tokenIn(text) {
  return /#([\w-]{20,})\s*$/.exec(text)?.[1] ?? "";
}
