/** The labels of a task as a list to choose from, with their colours and number keys. */

import { el } from "../core/dom.js";
import { keyOf } from "../core/shortcuts.js";
import { colorOf } from "./palette.js";

const MANY = 12;

export const LABEL_PANEL_STYLES = `
  .labels { flex: 0 1 auto; min-height: 8rem; overflow: auto; padding: 0.6em 0.6em 0.4em; }
  .labels h3, .shapes h3 {
    display: flex;
    justify-content: space-between;
    gap: 0.5em;
    margin: 0 0.25em 0.4em;
    font-size: 0.85em;
    font-weight: 600;
    color: var(--gt-muted);
  }
  .labels h3 .aim { font-weight: 400; }
  .labels .filter {
    width: 100%;
    margin-bottom: 0.4em;
    padding: 0.3em 0.5em;
    border: 1px solid var(--gt-control-line);
    border-radius: var(--gt-radius);
    background: var(--gt-surface);
  }
  .label {
    display: flex; align-items: center; gap: 0.5em; width: 100%; min-height: 2em; padding: 0.2em 0.4em; border: 1px solid transparent;
    border-radius: var(--gt-radius); background: none; text-align: start; cursor: pointer;
  }
  .label:hover { background: var(--gt-hover); }
  .label[aria-checked="true"] { background: var(--gt-accent-soft); border-color: var(--gt-accent); }
  .label .text, .shape .text { flex: 1; min-width: 0; overflow-wrap: anywhere; line-height: 1.2; }
  .label .count { color: var(--gt-muted); font-size: 0.85em; font-variant-numeric: tabular-nums; }
  .swatch {
    forced-color-adjust: none;
    width: 0.85em;
    height: 0.85em;
    flex: none;
    border-radius: 3px;
    background: var(--swatch);
    box-shadow: 0 0 0 1px rgb(255 255 255 / 0.5);
  }
  @container (width < 760px) {
    .labels, .shapes { overflow: visible; min-height: 0; }
    .label-list { display: flex; flex-wrap: wrap; gap: 2px; }
    .label { width: auto; }
  }
`;

export class LabelPanel {
  #list = el("div", { class: "label-list", role: "radiogroup", "aria-label": "Labels" });
  #aim = el("span", { class: "aim" });
  #filter = el("input", {
    class: "filter",
    type: "search",
    placeholder: "Filter labels",
    "aria-label": "Filter the labels",
  });
  #buttons = new Map();
  #onChoose;

  /** `onChoose(label)` is called when the worker clicks a label. */
  constructor(onChoose) {
    this.#onChoose = onChoose;
    this.element = el("section", { class: "labels" }, el("h3", {}, "Labels", this.#aim), this.#filter, this.#list);
    this.#filter.addEventListener("input", (event) => {
      event.stopPropagation();
      this.#narrow();
    });
    this.#filter.addEventListener("keydown", (event) => this.#onFilterKey(event));
    this.#list.addEventListener("keydown", (event) => this.#onArrow(event));
  }

  /** Offers `labels`, shown by their `names` (label to text) where they have one. */
  offer(labels, colors, names = new Map()) {
    this.#buttons = new Map(
      labels.map((label, at) => [label, this.#button(label, at, colorOf(colors, label), names.get(label) ?? label)]),
    );
    this.#list.replaceChildren(...this.#buttons.values());
    this.#filter.hidden = labels.length <= MANY;
    this.#narrow();
  }

  /** Changes the colours that the labels are shown with. */
  recolor(colors) {
    for (const [label, button] of this.#buttons)
      button.querySelector(".swatch").style.setProperty("--swatch", colorOf(colors, label));
  }

  /** Marks `chosen`, says what the choice is for (`aim`), and shows how often each label is used. */
  show(chosen, aim, counts) {
    this.#aim.textContent = aim;
    for (const [label, button] of this.#buttons) {
      const isChosen = label === chosen;
      button.setAttribute("aria-checked", String(isChosen));
      button.tabIndex = isChosen || (!this.#buttons.has(chosen) && button === this.#list.firstChild) ? 0 : -1;
      button.querySelector(".count").textContent = counts.get(label) ?? "";
    }
  }

  focus() {
    (this.#filter.hidden ? this.#list.querySelector('[tabindex="0"]') : this.#filter)?.focus();
  }

  #button(label, position, color, name) {
    const key = keyOf(position);
    const swatch = el("span", { class: "swatch", style: `--swatch: ${color}` });
    const hint = key === null ? null : el("kbd", { "aria-hidden": "true" }, key);
    const parts = [
      swatch,
      el("span", { class: "text" }, name),
      el("span", { class: "count", "aria-hidden": "true" }),
      hint,
    ];
    return el(
      "button",
      { class: "label", type: "button", role: "radio", onclick: () => this.#onChoose(label) },
      ...parts,
    );
  }

  #onArrow(event) {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (step === undefined || event.target.localName !== "button") return;
    event.preventDefault();
    const usable = Array.from(this.#list.children).filter((button) => !button.hidden);
    const next = usable.at((usable.indexOf(event.target) + step) % usable.length);
    next.click();
    next.focus();
  }

  #onFilterKey(event) {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    const first = Array.from(this.#list.children).find((button) => !button.hidden);
    if (event.key === "Enter" && first !== undefined) first.click();
    this.#filter.value = "";
    this.#narrow();
    this.#filter.blur();
  }

  #narrow() {
    const wanted = this.#filter.hidden ? "" : this.#filter.value.trim().toLowerCase();
    for (const button of this.#buttons.values())
      button.hidden = !button.querySelector(".text").textContent.toLowerCase().includes(wanted);
  }
}
