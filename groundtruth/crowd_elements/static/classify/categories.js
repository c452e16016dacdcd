/** The list a worker chooses categories from: by mouse, by Tab and arrows, or by number key. */

import { el } from "../core/dom.js";
import { keyOf } from "../core/shortcuts.js";

const MANY = 12;

export const CATEGORY_STYLES = `
  fieldset { min-width: 0; margin: 0; padding: 0.75em 0.75em 0.5em; border: 0; }
  legend { float: left; width: 100%; padding: 0; margin-bottom: 0.4em; color: var(--gt-muted); font-size: 0.9em; }
  .filter {
    clear: both;
    width: 100%;
    margin-bottom: 0.4em;
    padding: 0.35em 0.55em;
    border: 1px solid var(--gt-control-line);
    border-radius: var(--gt-radius);
    background: var(--gt-surface);
  }
  .categories { clear: both; display: flex; flex-direction: column; gap: 2px; }
  .category {
    display: flex;
    align-items: center;
    gap: 0.55em;
    min-height: 2.25em;
    padding: 0.25em 0.5em;
    border-radius: var(--gt-radius);
    cursor: pointer;
  }
  .category:hover { background: var(--gt-hover); }
  .category:has(:checked) { background: var(--gt-accent-soft); }
  .category:has(:focus-visible) { outline: 2px solid var(--gt-accent); outline-offset: -2px; }
  .category input { width: 1.15em; height: 1.15em; margin: 0; flex: none; accent-color: var(--gt-accent); }
  .category input:focus-visible { outline: none; }
  .category span { flex: 1; min-width: 0; overflow-wrap: anywhere; }
  .exclusion { margin-top: 0.4em; padding-top: 0.4em; border-top: 1px solid var(--gt-line); border-radius: 0; }
`;

export class CategoryList {
  #multiple;
  #onChange;
  #list = el("div", { class: "categories" });
  #legend = el("legend");
  #filter;
  #inputs = [];
  #exclusion = null;

  constructor({ multiple, onChange }) {
    this.#multiple = multiple;
    this.#onChange = onChange;
    this.#filter = el("input", {
      class: "filter",
      type: "search",
      placeholder: "Filter",
      "aria-label": "Filter the categories",
    });
    this.#filter.addEventListener("input", (event) => {
      event.stopPropagation();
      this.#narrow();
    });
    this.#legend.textContent = multiple ? "Select all that apply" : "Select one";
    this.element = el("fieldset", {}, this.#legend, this.#filter, this.#list);
  }

  /** Offers `categories`, and `exclusion` (a text or null) which excludes all of them. */
  offer(categories, exclusion) {
    const chosen = this.chosen;
    this.#inputs = [...categories, ...(exclusion === null ? [] : [exclusion])].map((category) =>
      this.#input(category, chosen),
    );
    this.#exclusion = exclusion === null ? null : this.#inputs.at(-1);
    this.#list.replaceChildren(...this.#inputs.map((input, at) => this.#row(input, at)));
    this.#filter.hidden = categories.length <= MANY;
  }

  /** The chosen categories, in the order they are offered. */
  get chosen() {
    return this.#inputs.filter((input) => input.checked).map((input) => input.value);
  }

  set chosen(categories) {
    for (const input of this.#inputs) input.checked = categories.includes(input.value);
  }

  /** Chooses the category at `position`, or lets go of it; false when there is none. */
  press(position) {
    const input = this.#inputs[position];
    if (input === undefined) return false;
    input.focus();
    input.click();
    return true;
  }

  focus() {
    (this.#inputs.find((input) => input.checked) ?? this.#inputs[0])?.focus();
  }

  #input(category, chosen) {
    const input = el("input", { type: this.#multiple ? "checkbox" : "radio", name: "category", value: category });
    input.checked = chosen.includes(category);
    input.addEventListener("change", () => this.#onToggle(input));
    // The widget tells of a change itself, with its answer up to date.
    input.addEventListener("input", (event) => event.stopPropagation());
    return input;
  }

  #row(input, position) {
    const key = keyOf(position);
    const hint = key === null ? null : el("kbd", { "aria-hidden": "true" }, key);
    const kind = input === this.#exclusion ? "category exclusion" : "category";
    return el("label", { class: kind }, input, el("span", {}, input.value), hint);
  }

  #onToggle(changed) {
    if (changed.checked && this.#exclusion !== null) {
      for (const input of this.#inputs)
        if ((input === this.#exclusion) !== (changed === this.#exclusion)) input.checked = false;
    }
    this.#onChange();
  }

  #narrow() {
    const wanted = this.#filter.value.trim().toLowerCase();
    for (const input of this.#inputs) input.parentElement.hidden = !input.value.toLowerCase().includes(wanted);
  }
}
