/** What a submitted answer looks like, for an author who opens a page outside any portal. */

import { el } from "../core/dom.js";

/** Shows `answer` as JSON in a dialog inside `root`. */
export function showPreview(root, answer) {
  const close = el("button", { class: "button", type: "button", onclick: () => dialog.close() }, "Close");
  const text = el(
    "pre",
    { style: "margin:0;white-space:pre-wrap;font-size:.9em", tabindex: "0" },
    JSON.stringify(shorten(answer), null, 2),
  );
  const dialog = el(
    "dialog",
    { "aria-labelledby": "preview-title", class: "preview" },
    el("div", { class: "dialog-head" }, el("h2", { id: "preview-title" }, "The answer"), close),
    el(
      "div",
      { class: "dialog-body" },
      el("p", { style: "margin-top:0" }, "This page is in no portal, so nothing was sent."),
      text,
    ),
  );
  dialog.addEventListener("close", () => dialog.remove());
  root.append(dialog);
  dialog.showModal();
}

// A segmentation's image is far longer than anybody wants to scroll past.
function shorten(value) {
  if (typeof value === "string" && value.length > 2000) return `${value.slice(0, 60)}… (${value.length} characters)`;
  if (Array.isArray(value)) return value.map(shorten);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shorten(item)]));
}
