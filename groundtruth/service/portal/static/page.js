/** What the pages to read have in common: signing out, and figures that stay up to date by themselves. */

import { ask, prefix } from "./server.js";

document.querySelector("#sign-out")?.addEventListener("click", async () => {
  await ask("POST", "/sign-out");
  location.assign(`${prefix}/sign-in`);
});

/**
 * Fetches this page again every so many seconds and takes over what changed in the elements marked `data-live`.
 *
 * The page stays as it is while it is not looked at, and where the focus, a selection or an open detail is.
 */
export function keepFresh(seconds) {
  setInterval(() => {
    if (document.visibilityState === "visible") refresh();
  }, seconds * 1000);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") refresh();
  });
}

/** Brings the page's figures up to date now. */
export async function refresh() {
  let text;
  try {
    const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(15_000) });
    if (!answer.ok) return;
    text = await answer.text();
  } catch {
    return; // The next time will do.
  }
  const fresh = new DOMParser().parseFromString(text, "text/html");
  for (const element of document.querySelectorAll("[data-live]")) {
    const now = fresh.getElementById(element.id);
    if (now === null || now.innerHTML === element.innerHTML || isInUse(element)) continue;
    element.replaceChildren(...document.adoptNode(now).childNodes);
  }
}

function isInUse(element) {
  const selection = getSelection();
  const isSelected = selection.type === "Range" && element.contains(selection.anchorNode);
  return isSelected || element.contains(document.activeElement) || element.querySelector("details[open]") !== null;
}
