/** What checkbox, radio button and toggle button have in common: a native input whose answer is `{value: bool}`. */

import { CrowdControl } from "../core/control.js";
import { el, setAttributes } from "../core/dom.js";

export const CHOICE_ATTRIBUTES = { name: "text", value: "text", checked: "flag", disabled: "flag", required: "flag" };

export const CHOICE_STYLES = `
  :host { display: block; margin: 0.35em 0; width: fit-content; max-width: 100%; }
  label {
    display: inline-flex;
    align-items: flex-start;
    gap: 0.55em;
    min-height: 1.75em;
    padding: 0.15em 0.3em 0.15em 0;
    cursor: pointer;
  }
  input {
    width: 1.15em;
    height: 1.15em;
    margin: 0.17em 0 0;
    flex: none;
    accent-color: var(--gt-accent);
    cursor: inherit;
  }
  label:has(input:disabled) { color: var(--gt-muted); cursor: default; }
  label.required::after { content: "*" / ""; color: var(--gt-danger); }
  input[aria-invalid="true"] { outline: 2px solid var(--gt-danger); outline-offset: 2px; }
`;

export class Choice extends CrowdControl {
  static delegatesFocus = true;
  static inputType = "checkbox";

  input = el("input", { type: this.constructor.inputType, "aria-describedby": "error" });
  #label = el("label", {}, this.input, el("span", {}, el("slot")));
  #error = el("p", { class: "error", id: "error" });
  #isShown = false;
  #isSetEarly = false;

  render() {
    this.input.addEventListener("change", () => this.onToggle());
    this.shadowRoot.append(this.#label, this.#error);
  }

  update(changed) {
    // A state set by a script before the element was shown goes before the attribute's.
    if (changed.has("checked") && !this.#isSetEarly) this.input.checked = this.hasAttribute("checked");
    this.#isSetEarly = false;
    this.#isShown = true;
    this.input.disabled = this.disabled;
    this.#label.classList.toggle("required", Boolean(this.required));
    setAttributes(this.input, {
      "aria-required": this.required ? "true" : null,
      "aria-label": this.textContent.trim() === "" ? this.getAttribute("aria-label") || this.value : null,
    });
  }

  get value() {
    return this.getAttribute("value") ?? "on";
  }

  set value(text) {
    this.setAttribute("value", text);
  }

  /** Whether it is chosen now; the attribute says how it began. */
  get checked() {
    return this.#isShown || this.#isSetEarly ? this.input.checked : this.hasAttribute("checked");
  }

  set checked(value) {
    this.input.checked = Boolean(value);
    this.#isSetEarly = !this.#isShown;
  }

  get caption() {
    return this.textContent.trim() || super.caption;
  }

  get answer() {
    return { [this.value]: this.checked };
  }

  onToggle() {
    if (this.validate() === null) this.showProblem(null);
    this.announceChange();
  }

  validate() {
    return this.required && !this.checked ? "Please tick this." : null;
  }

  showProblem(message) {
    this.#error.textContent = message ?? "";
    setAttributes(this.input, { "aria-invalid": message === null ? null : "true" });
  }

  reset() {
    this.checked = this.hasAttribute("checked");
  }

  restore(answer) {
    this.checked = answer?.[this.value] === true;
  }
}
