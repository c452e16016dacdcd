/**
 * crowd-slider: a number between `min` and `max`. `pin` shows it while it moves, `editable` adds a field to type it,
 * `secondary-progress` marks a second place on the track. The answer is the number.
 */

import { CrowdControl } from "../core/control.js";
import { el, setAttributes } from "../core/dom.js";

export class CrowdSlider extends CrowdControl {
  static delegatesFocus = true;
  static attributes = {
    name: "text",
    label: "text",
    min: "number",
    max: "number",
    step: "number",
    value: "number",
    pin: "flag",
    editable: "flag",
    disabled: "flag",
    required: "flag",
    "secondary-progress": "number",
  };
  static styles = `
    :host { display: block; max-width: 30em; margin: 0.75em 0; }
    .row { display: flex; align-items: center; gap: 0.75em; }
    .track { position: relative; flex: 1; }
    input[type="range"] { width: 100%; height: 2em; margin: 0; accent-color: var(--gt-accent); cursor: pointer; }
    .second {
      position: absolute;
      bottom: 0.3em;
      pointer-events: none;
      height: 3px;
      inset-inline-start: 0;
      border-radius: 2px;
      background: var(--gt-accent);
      opacity: 0.45;
    }
    output { min-width: 2.5em; text-align: end; font-variant-numeric: tabular-nums; }
    input[type="number"] {
      width: 6em;
      padding: 0.3em 0.5em;
      border: 1px solid var(--gt-control-line);
      border-radius: var(--gt-radius);
      background: var(--gt-surface);
    }
  `;

  #range = el("input", { type: "range", "aria-describedby": "error" });
  #second = el("div", { class: "second", hidden: true });
  #output = el("output");
  #number = el("input", { type: "number", "aria-label": "Value", hidden: true });
  #error = el("p", { class: "error", id: "error" });
  #isTouched = false;

  render() {
    this.#range.addEventListener("input", () => this.#set(Number(this.#range.value)));
    this.#number.addEventListener("input", () => this.#onTyped());
    // What is typed may be out of bounds until the field is left.
    this.#number.addEventListener("change", () => this.#show());
    for (const input of [this.#range, this.#number]) input.addEventListener("change", () => this.announceChange());
    const row = el(
      "div",
      { class: "row" },
      el("div", { class: "track" }, this.#range, this.#second),
      this.#output,
      this.#number,
    );
    this.shadowRoot.append(row, this.#error);
  }

  update(changed) {
    const bounds = { min: this.min ?? 0, max: this.max ?? 100, step: this.step ?? 1 };
    for (const input of [this.#range, this.#number]) {
      setAttributes(input, bounds);
      input.disabled = this.disabled;
    }
    setAttributes(this.#range, { "aria-label": this.label || this.getAttribute("aria-label") || this.name || "Value" });
    if (changed.has("value")) this.reset();
    this.#number.hidden = !this.editable;
    this.#output.hidden = this.editable || !this.pin;
    const second = this.secondaryProgress;
    this.#second.hidden = second === undefined;
    this.#second.style.width = `${(100 * ((second ?? 0) - bounds.min)) / (bounds.max - bounds.min)}%`;
    this.#show();
  }

  get value() {
    return Number(this.#range.value);
  }

  set value(number) {
    this.#range.value = number;
    this.#show();
  }

  get answer() {
    return this.value;
  }

  validate() {
    return this.required && !this.#isTouched && !this.hasAttribute("value") ? "Please choose a value." : null;
  }

  showProblem(message) {
    this.#error.textContent = message ?? "";
  }

  reset() {
    this.#isTouched = false;
    this.value = Number(this.getAttribute("value") ?? this.min ?? 0);
  }

  restore(answer) {
    if (Number.isFinite(Number(answer))) this.#set(Number(answer));
  }

  #onTyped() {
    if (this.#number.value === "") return;
    this.#isTouched = true;
    this.#range.value = this.#number.value;
    this.#output.textContent = this.#range.value;
  }

  #set(number) {
    this.#isTouched = true;
    this.value = number;
    this.showProblem(null);
  }

  #show() {
    this.#output.textContent = this.#range.value;
    this.#number.value = this.#range.value;
  }
}
