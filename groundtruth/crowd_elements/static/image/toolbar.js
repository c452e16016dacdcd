/** The bar under an image: tools, zoom, undo, and the list of keys. */

import { el } from "../core/dom.js";
import { icon } from "../core/icons.js";

export const TOOLBAR_STYLES = `
  .toolbar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px;
    padding: 0.25em 0.4em;
    border-top: 1px solid var(--gt-line);
  }
  .toolbar .button { min-height: 2em; min-width: 2.1em; padding: 0.15em 0.45em; font-weight: 400; }
  .toolbar .button[aria-pressed="true"] { background: var(--gt-accent-soft); border-color: var(--gt-accent); }
  .toolbar .zoom { min-width: 3.6em; text-align: center; color: var(--gt-muted); font-variant-numeric: tabular-nums; }
  .toolbar .gap { flex: 1; }
  .toolbar .split { width: 1px; align-self: stretch; margin: 0.25em 0.3em; background: var(--gt-line); }
  .keys { width: 100%; border-collapse: collapse; }
  .keys th, .keys td {
    padding: 0.35em 0.5em 0.35em 0;
    border-bottom: 1px solid var(--gt-line);
    text-align: start;
    vertical-align: top;
    font-weight: 400;
  }
  .keys th { white-space: nowrap; }
`;

export class Toolbar {
  #zoom = el("span", { class: "zoom" });
  #undo;
  #redo;
  #help;

  /**
   * `viewport` to zoom; `actions`: undo(), redo(), and `tools`, elements put first; `shortcuts`: [keys, meaning] pairs for
   * the list of keys.
   */
  constructor(viewport, actions, shortcuts) {
    this.#undo = toolButton("Undo (Ctrl+Z)", "undo", () => actions.undo());
    this.#redo = toolButton("Redo (Ctrl+Shift+Z)", "redo", () => actions.redo());
    this.#help = helpDialog(shortcuts);
    this.pan = toolButton("Pan: drag moves the image (or hold Space)", "pan", () => {
      viewport.isPanning = !viewport.isPanning;
      viewport.element.classList.toggle("grabbable", viewport.isPanning);
      this.pan.setAttribute("aria-pressed", String(viewport.isPanning));
    });
    this.pan.setAttribute("aria-pressed", "false");
    this.element = el(
      "div",
      { class: "toolbar", role: "toolbar", "aria-label": "Image tools" },
      ...actions.tools,
      this.#undo,
      this.#redo,
      split(),
      toolButton("Zoom out (-)", "remove", () => viewport.zoom(1 / 1.25)),
      this.#zoom,
      toolButton("Zoom in (+)", "add", () => viewport.zoom(1.25)),
      textButton("Page", "Fit the page (F)", () => viewport.choose("page")),
      textButton("Width", "Fit the width (W)", () => viewport.choose("width")),
      this.pan,
      el("span", { class: "gap" }),
      toolButton("Keys and mouse (?)", "help", () => this.showHelp()),
    );
    this.dialog = this.#help;
    const showZoom = () => {
      this.#zoom.textContent = `${Math.round(viewport.scale * 100)} %`;
    };
    viewport.addEventListener("view", showZoom);
  }

  allow({ canUndo, canRedo }) {
    this.#undo.disabled = !canUndo;
    this.#redo.disabled = !canRedo;
  }

  showHelp() {
    this.#help.showModal();
  }
}

/** A button that shows an icon; `label` names it for everybody else. */
export function toolButton(label, iconName, onclick) {
  return el(
    "button",
    { class: "button icon", type: "button", "aria-label": label, title: label, onclick },
    icon(iconName),
  );
}

/** A button with a short text; `title` says it in full. */
export function textButton(text, title, onclick) {
  return el("button", { class: "button icon", type: "button", title, onclick }, text);
}

export function split() {
  return el("span", { class: "split" });
}

function helpDialog(shortcuts) {
  const close = el("button", { class: "button", type: "button", onclick: () => dialog.close() }, "Close");
  const rows = shortcuts.map(([keys, meaning]) =>
    el(
      "tr",
      {},
      el(
        "th",
        { scope: "row" },
        ...keys.split(" ").map((key) => (key.startsWith("~") ? ` ${key.slice(1)} ` : el("kbd", {}, key))),
      ),
      el("td", {}, meaning),
    ),
  );
  const dialog = el(
    "dialog",
    { "aria-labelledby": "keys-title" },
    el("div", { class: "dialog-head" }, el("h2", { id: "keys-title" }, "Keys and mouse"), close),
    el("div", { class: "dialog-body" }, el("table", { class: "keys" }, el("tbody", {}, ...rows))),
  );
  return dialog;
}
