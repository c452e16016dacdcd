/**
 * Everything inside a form that takes part in its answer, behind one interface: that of CrowdControl.
 *
 * Native inputs, selects and text areas take part, and so does a custom element that the template registers as
 * `object-value-input` and that has `name`, `value` and `validate()`.
 */

import { CrowdControl } from "../core/control.js";

const NATIVE = new Set(["input", "select", "textarea"]);
const WITHOUT_ANSWER = new Set(["submit", "reset", "button", "image", "file"]);

/** The controls in `form` that have a name and are not disabled, in document order. */
export function controlsOf(form) {
  const controls = [];
  for (const element of form.querySelectorAll("*")) {
    const control = controlFor(element);
    if (control !== null && control.name && !control.disabled) controls.push(control);
  }
  return controls;
}

/** One object keyed by name. `of` says what to take from a control: its answer, or its draft. */
export function collect(controls, of = (control) => control.answer) {
  const answer = new Map();
  for (const control of controls) {
    const value = of(control);
    if (value === undefined) continue;
    const earlier = answer.get(control.name);
    answer.set(control.name, isPlainObject(earlier) && isPlainObject(value) ? { ...earlier, ...value } : value);
  }
  return Object.fromEntries(answer);
}

function controlFor(element) {
  if (element instanceof CrowdControl) return element;
  if (element.localName === "object-value-input") return new ObjectValueControl(element);
  if (!NATIVE.has(element.localName) || WITHOUT_ANSWER.has(element.type)) return null;
  if (element.type === "radio" || element.type === "checkbox") return new NativeChoice(element);
  return new NativeField(element);
}

function isPlainObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What native controls have in common. */
class NativeControl {
  constructor(element) {
    this.element = element;
  }

  get name() {
    return this.element.name;
  }

  get disabled() {
    return this.element.matches(":disabled");
  }

  get caption() {
    const { element } = this;
    const label = element.labels?.[0]?.textContent.trim();
    return label || element.getAttribute("aria-label") || element.placeholder || element.name;
  }

  get draft() {
    return this.answer;
  }

  validate() {
    return this.element.validity.valid ? null : this.element.validationMessage;
  }

  showProblem(message) {
    if (message === null) this.element.removeAttribute("aria-invalid");
    else this.element.setAttribute("aria-invalid", "true");
  }

  focus() {
    this.element.focus();
  }
}

/** A text field, a list or a hidden input: its text, absent when empty; a list of several choices is an array. */
class NativeField extends NativeControl {
  get answer() {
    const { element } = this;
    if (element.multiple && element.localName === "select") {
      return element.selectedOptions.length === 0
        ? undefined
        : Array.from(element.selectedOptions, (option) => option.value);
    }
    return element.value === "" ? undefined : element.value;
  }

  reset() {
    const { element } = this;
    if (element.localName !== "select")
      element.value = element.type === "hidden" ? element.value : element.defaultValue;
    else for (const option of element.options) option.selected = option.defaultSelected;
  }

  restore(answer) {
    const { element } = this;
    if (element.multiple && element.localName === "select") {
      for (const option of element.options) option.selected = Array.isArray(answer) && answer.includes(option.value);
    } else element.value = typeof answer === "string" ? answer : "";
  }
}

/** A native radio button or checkbox: `{value: true or false}`, merged over the controls of its name. */
class NativeChoice extends NativeControl {
  get caption() {
    const legend = this.element.closest("fieldset")?.querySelector(":scope > legend")?.textContent.trim();
    return this.element.type === "radio" ? legend || this.name : super.caption;
  }

  get answer() {
    return { [this.element.value]: this.element.checked };
  }

  reset() {
    this.element.checked = this.element.defaultChecked;
  }

  restore(answer) {
    this.element.checked = answer?.[this.element.value] === true;
  }
}

/** The template's own element: its value as it is, validated by its own `validate()`. */
class ObjectValueControl {
  constructor(element) {
    this.element = element;
  }

  get name() {
    return this.element.name ?? this.element.getAttribute("name");
  }

  get disabled() {
    return this.element.hasAttribute("disabled");
  }

  get caption() {
    return this.element.getAttribute("label") || this.name;
  }

  get answer() {
    const value = this.element.value;
    return value === null || value === "" ? undefined : value;
  }

  get draft() {
    return this.answer;
  }

  validate() {
    return this.element.validate?.() === false ? "This is not complete yet." : null;
  }

  showProblem(message) {
    this.element.toggleAttribute("invalid", message !== null);
  }

  focus() {
    this.element.focus();
  }

  reset() {
    this.element.reset?.();
  }

  restore(answer) {
    if (answer !== undefined) this.element.value = answer;
  }
}
