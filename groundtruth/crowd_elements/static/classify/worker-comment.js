/** The comment that a worker may leave: a link that opens a text area, from a `worker-comment` region. */

import { el } from "../core/dom.js";

export const WORKER_COMMENT_STYLES = `
  .comment { padding: 0 0.75em 0.75em; }
  .comment label { display: block; margin-bottom: 0.25em; font-size: 0.9em; font-weight: 500; }
  .comment textarea {
    display: block;
    width: 100%;
    padding: 0.4em 0.55em;
    border: 1px solid var(--gt-control-line);
    border-radius: var(--gt-radius);
    background: var(--gt-surface);
    resize: vertical;
  }
`;

export class WorkerComment {
  #link = el("button", {
    class: "button link",
    type: "button",
    "aria-expanded": "false",
    "aria-controls": "comment-box",
  });
  #label = el("label", { for: "comment" });
  #text = el("textarea", { id: "comment", rows: 3 });
  #box;

  constructor(onChange) {
    this.#box = el("div", { id: "comment-box", hidden: true }, this.#label, this.#text);
    this.element = el("div", { class: "comment", hidden: true }, this.#link, this.#box);
    this.#link.addEventListener("click", () => {
      this.#show(this.#box.hidden);
      if (!this.#box.hidden) this.#text.focus();
    });
    this.#text.addEventListener("input", (event) => {
      event.stopPropagation();
      onChange();
    });
  }

  /** Takes header, link text and placeholder from the `region`; without one there is no comment. */
  connect(region) {
    this.element.hidden = region === null;
    if (region === null) return;
    this.#link.textContent = region.getAttribute("link-text") || "Add a comment";
    this.#label.textContent = region.getAttribute("header") || "Comment";
    this.#text.placeholder = region.getAttribute("placeholder") ?? "";
  }

  get answer() {
    const text = this.#text.value.trim();
    return text === "" ? {} : { workerComment: text };
  }

  reset() {
    this.restore(undefined);
  }

  restore(text) {
    this.#text.value = typeof text === "string" ? text : "";
    this.#show(this.#text.value !== "");
  }

  #show(isShown) {
    this.#box.hidden = !isShown;
    this.#link.setAttribute("aria-expanded", String(isShown));
  }
}
