/**
 * The frame that all widgets share: a header, the worker's instructions, the work itself, and a side panel.
 *
 *     ┌ header ─────────────── [Hide instructions] [Full instructions] ┐
 *     │ short instructions │ stage                      │ panel        │
 *     └────────────────────────────────────────────────────────────────┘
 */

import { el } from "./dom.js";
import { InstructionsDialog } from "./instructions.js";
import { onPreferences, prefer, preference } from "./preferences.js";

const ROOM_FOR_INSTRUCTIONS = 1000;

export const SHELL_STYLES = `
  :host { display: block; container-type: inline-size; }
  .shell {
    display: flex;
    flex-direction: column;
    min-height: 0;
    border: 1px solid var(--gt-line);
    border-radius: var(--gt-radius);
    background: var(--gt-surface);
    overflow: hidden;
  }
  .head {
    display: flex;
    align-items: center;
    gap: 0.5em;
    min-height: 3em;
    padding: 0.4em 0.5em 0.4em 0.9em;
    border-bottom: 1px solid var(--gt-line);
  }
  .head h2 {
    flex: 1;
    min-width: 0;
    margin: 0;
    font-size: 1.05em;
    font-weight: 600;
    line-height: 1.3;
    overflow-wrap: anywhere;
  }
  .columns { display: flex; flex: 1; min-height: 0; }
  .short {
    flex: 0 0 15rem;
    overflow: auto;
    padding: 0.75em 0.9em;
    border-inline-end: 1px solid var(--gt-line);
    background: var(--gt-raised);
    font-size: 0.93em;
    overflow-wrap: anywhere;
  }
  .stage { flex: 1; min-width: 0; display: flex; flex-direction: column; }
  .panel {
    flex: 0 0 16.5rem;
    min-height: 0;
    display: flex;
    flex-direction: column;
    border-inline-start: 1px solid var(--gt-line);
    overflow: auto;
  }
  .trouble:empty { display: none; }
  .trouble {
    margin: 0;
    padding: 0.6em 0.9em;
    background: var(--gt-danger-soft);
    color: var(--gt-danger);
    font-weight: 500;
    overflow-wrap: anywhere;
  }
  @container (width < 760px) {
    .columns { flex-direction: column; }
    .short { flex: none; max-height: 12em; border-inline-end: 0; border-bottom: 1px solid var(--gt-line); }
    .panel { flex: none; border-inline-start: 0; border-top: 1px solid var(--gt-line); overflow: visible; }
  }
`;

export class Shell {
  #host;
  #title = el("h2");
  #toggle;
  #more;
  #short;
  #dialog = new InstructionsDialog();
  #trouble = el("p", { class: "trouble", role: "alert" });
  #isShown = null;

  /** Builds the frame of `host`, a widget, around its `stage` and the parts of its `panel`. */
  constructor(host, { stage, panel }) {
    this.#host = host;
    this.#toggle = el("button", { class: "button", type: "button", onclick: () => this.#toggleShort() });
    this.#more = el(
      "button",
      { class: "button", type: "button", onclick: () => this.#dialog.open() },
      "Full instructions",
    );
    this.#short = el(
      "section",
      { class: "short", id: "short", "aria-label": "Instructions", tabindex: "0" },
      el("slot", { name: "short-instructions" }),
    );
    this.element = el(
      "div",
      { class: "shell" },
      el("div", { class: "head" }, this.#title, this.#toggle, this.#more),
      this.#trouble,
      el(
        "div",
        { class: "columns" },
        this.#short,
        el("div", { class: "stage" }, stage),
        el("div", { class: "panel" }, ...panel),
      ),
      this.#dialog.element,
    );
  }

  setHeader(text) {
    this.#title.textContent = text;
  }

  /** Shows why the widget cannot be submitted; null takes it away. */
  showProblem(message) {
    this.#trouble.textContent = message ?? "";
  }

  /** Takes the widget's regions into their places, now and whenever they change, until `signal` aborts. */
  connect(signal, others = []) {
    const arrange = () => this.#arrange(others);
    const observer = new MutationObserver(arrange);
    observer.observe(this.#host, { childList: true });
    signal.addEventListener("abort", () => observer.disconnect());
    onPreferences(() => this.#show(preference("instructions", this.#isShown)), signal);
    arrange();
  }

  #arrange(others) {
    const present = new Map();
    for (const child of this.#host.children) {
      const name = child.localName;
      if (name !== "short-instructions" && name !== "full-instructions" && !others.includes(name)) continue;
      child.slot = name;
      present.set(name, child);
    }
    const full = present.get("full-instructions");
    this.#more.hidden = full === undefined;
    this.#dialog.setTitle(full?.getAttribute("header"));
    this.#isShown ??= preference("instructions", null);
    this.#isShown ??= this.#host.clientWidth === 0 || this.#host.clientWidth >= ROOM_FOR_INSTRUCTIONS;
    this.#toggle.hidden = !present.has("short-instructions");
    this.#show(this.#isShown);
  }

  #toggleShort() {
    prefer("instructions", this.#short.hidden);
    this.#show(this.#short.hidden);
  }

  #show(isShown) {
    this.#isShown = isShown;
    // Where there are no short instructions there is no button for them either.
    this.#short.hidden = !isShown || this.#toggle.hidden;
    this.#toggle.textContent = isShown ? "Hide instructions" : "Show instructions";
    this.#toggle.setAttribute("aria-expanded", String(isShown));
    this.#toggle.setAttribute("aria-controls", "short");
  }
}
