/** crowd-instructions: a link or button that opens instructions with examples. */

import { el } from "../core/dom.js";
import { CrowdElement } from "../core/element.js";

const REGIONS = ["short-summary", "detailed-instructions", "positive-example", "negative-example"];
const TABS = [
  ["short-summary", "Summary"],
  ["detailed-instructions", "Detailed instructions"],
  ["examples", "Examples"],
];

export class CrowdInstructions extends CrowdElement {
  static attributes = { "link-text": "text", "link-type": "text" };
  static styles = `
    :host { display: block; margin: 0.5em 0; }
    ::slotted(*) { display: block; }
    section + section { margin-top: 1.25em; padding-top: 1em; border-top: 1px solid var(--gt-line); }
    h3 { margin: 0 0 0.4em; font-size: 1em; }
    .example { padding: 0.6em 0.9em; border-radius: var(--gt-radius); border-inline-start: 4px solid; }
    .example + .example { margin-top: 0.75em; }
    .good { background: var(--gt-success-soft); border-color: var(--gt-success); }
    .bad { background: var(--gt-danger-soft); border-color: var(--gt-danger); }
    .example h4 { margin: 0 0 0.3em; font-size: 0.9em; }
    .good h4 { color: var(--gt-success); }
    .bad h4 { color: var(--gt-danger); }
  `;

  #parts = {};

  render() {
    const opener = el("button", { class: "button", type: "button", onclick: () => dialog.showModal() });
    const close = el("button", { class: "button", type: "button", onclick: () => dialog.close() }, "Close");
    const title = el("h2", { id: "title" });
    const sections = TABS.map(([name, heading]) =>
      el(
        "section",
        { "data-region": name },
        el("h3", {}, heading),
        ...(name === "examples" ? examples() : [el("slot", { name })]),
      ),
    );
    const dialog = el(
      "dialog",
      { "aria-labelledby": "title" },
      el("div", { class: "dialog-head" }, title, close),
      el("div", { class: "dialog-body" }, ...sections),
    );
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
    this.#parts = { opener, title, sections };
    this.shadowRoot.append(opener, dialog);
  }

  connected() {
    const observer = new MutationObserver(() => this.#arrange());
    observer.observe(this, { childList: true });
    this.lifetime.addEventListener("abort", () => observer.disconnect());
    this.#arrange();
  }

  update() {
    const text = this.linkText || "Click for instructions";
    this.#parts.opener.textContent = text;
    this.#parts.title.textContent = this.linkText || "Instructions";
    this.#parts.opener.className = this.linkType === "button" ? "button" : "button link";
  }

  #arrange() {
    const present = new Set();
    for (const child of this.children) {
      if (!REGIONS.includes(child.localName)) continue;
      child.slot = child.localName;
      present.add(child.localName.endsWith("-example") ? "examples" : child.localName);
      present.add(child.localName);
    }
    for (const section of this.#parts.sections) section.hidden = !present.has(section.dataset.region);
    for (const example of this.shadowRoot.querySelectorAll(".example"))
      example.hidden = !present.has(example.dataset.region);
  }
}

function examples() {
  return [
    ["positive-example", "good", "Good example"],
    ["negative-example", "bad", "Bad example"],
  ].map(([name, kind, heading]) =>
    el("div", { class: `example ${kind}`, "data-region": name }, el("h4", {}, heading), el("slot", { name })),
  );
}
