/** What crowd-input and crowd-text-area have in common: a labelled native field, its checks and its messages. */

import { CrowdControl } from "../core/control.js";
import { el, setAttributes } from "../core/dom.js";

export const TEXT_ATTRIBUTES = {
  name: "text",
  label: "text",
  placeholder: "text",
  value: "text",
  required: "flag",
  disabled: "flag",
  "auto-focus": "flag",
  "auto-validate": "flag",
  "allowed-pattern": "text",
  "error-message": "text",
  "max-length": "number",
  "min-length": "number",
};

export const TEXT_STYLES = `
  :host { display: block; margin: 0.75em 0; max-width: 40em; }
  label { display: block; margin-bottom: 0.25em; font-weight: 500; }
  label.required::after { content: " *" / ""; color: var(--gt-danger); font-weight: 400; }
  .field {
    display: block; width: 100%; padding: 0.45em 0.65em; border: 1px solid var(--gt-control-line); border-radius: var(--gt-radius);
    background: var(--gt-surface); line-height: 1.4;
  }
  .field::placeholder { color: var(--gt-muted); opacity: 1; }
  .field:disabled { background: var(--gt-raised); color: var(--gt-muted); }
  .field:focus-visible { outline-offset: 0; }
  .field[aria-invalid="true"] { border-color: var(--gt-danger); box-shadow: inset 0 0 0 1px var(--gt-danger); }
`;

export class TextField extends CrowdControl {
  static delegatesFocus = true;

  #label = el("label", { for: "field" });
  #error = el("p", { class: "error", id: "error" });
  #characters = null;
  #isShown = false;
  #isSetEarly = false;

  /** The native input or text area; made by the subclass. */
  field;

  render() {
    this.field.id = "field";
    this.field.classList.add("field");
    this.field.setAttribute("aria-describedby", "error");
    this.field.addEventListener("beforeinput", (event) => this.#keepOut(event));
    this.field.addEventListener("input", () => this.onInput());
    // A native change event stays inside the shadow root.
    this.field.addEventListener("change", () => this.dispatchEvent(new Event("change", { bubbles: true })));
    this.shadowRoot.append(this.#label, this.field, this.#error);
  }

  update(changed) {
    const { field } = this;
    // A value set by a script before the element was shown goes before the attribute's.
    if (changed.has("value") && !this.#isSetEarly) field.value = this.getAttribute("value") ?? "";
    this.#isSetEarly = false;
    this.#isShown = true;
    if (changed.has("allowed-pattern")) this.#characters = this.#compile();
    this.#label.textContent = this.label;
    this.#label.classList.toggle("required", this.required);
    this.#label.hidden = this.label === "";
    field.disabled = this.disabled;
    setAttributes(field, {
      placeholder: this.placeholder || null,
      maxlength: this.maxLength ?? null,
      "aria-required": this.required ? "true" : null,
      "aria-label": this.label === "" ? this.getAttribute("aria-label") || this.placeholder || this.name : null,
    });
    if (changed.has("auto-focus") && this.autoFocus) field.focus();
  }

  /** The text as it stands. */
  get value() {
    return this.#isShown || this.#isSetEarly ? this.field.value : (this.getAttribute("value") ?? "");
  }

  set value(text) {
    this.field.value = text ?? "";
    this.#isSetEarly = !this.#isShown;
  }

  get answer() {
    return this.value === "" ? undefined : this.value;
  }

  onInput() {
    if (this.autoValidate) this.showProblem(this.field.value === "" ? null : this.validate());
    else if (this.validate() === null) this.showProblem(null);
  }

  validate() {
    const { value, field, errorMessage } = this;
    if (value === "") return this.required ? errorMessage || "Please fill this in." : null;
    if (this.minLength !== undefined && value.length < this.minLength) {
      return errorMessage || `Please write at least ${this.minLength} characters.`;
    }
    if (this.maxLength !== undefined && value.length > this.maxLength) {
      return errorMessage || `Please write at most ${this.maxLength} characters.`;
    }
    if (this.#characters !== null && !this.#allows(value))
      return errorMessage || "Please use only the characters allowed here.";
    // A number field that cannot read its text reports an empty value, so the field itself must be asked.
    return field.validity.valid ? null : errorMessage || field.validationMessage;
  }

  showProblem(message) {
    this.#error.textContent = message ?? "";
    setAttributes(this.field, { "aria-invalid": message === null ? null : "true" });
  }

  reset() {
    this.value = this.getAttribute("value") ?? "";
  }

  restore(answer) {
    this.value = typeof answer === "string" ? answer : "";
    this.afterRestore?.();
  }

  // The pattern lists allowed characters; each one typed or pasted must match it alone.
  #keepOut(event) {
    if (this.#characters !== null && event.data && !this.#allows(event.data)) event.preventDefault();
  }

  #allows(text) {
    return Array.from(text).every((character) => character === "\n" || this.#characters.test(character));
  }

  #compile() {
    if (this.allowedPattern === "") return null;
    try {
      return new RegExp(this.allowedPattern, "u");
    } catch (error) {
      console.error(`<${this.localName} allowed-pattern="${this.allowedPattern}"> is not a pattern: ${error.message}`);
      return null;
    }
  }
}
