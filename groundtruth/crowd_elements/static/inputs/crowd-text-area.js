/** crowd-text-area: several lines of text, growing from `rows` to `max-rows`. */

import { el } from "../core/dom.js";
import { TEXT_ATTRIBUTES, TEXT_STYLES, TextField } from "./text-field.js";

export class CrowdTextArea extends TextField {
  static attributes = { ...TEXT_ATTRIBUTES, rows: "number", "max-rows": "number", "char-counter": "flag" };
  static styles = `${TEXT_STYLES}
    textarea.field { resize: vertical; }
    .counter { margin: 0.15em 0 0; color: var(--gt-muted); font-size: 0.875em; text-align: end; }
  `;

  field = el("textarea", { autocomplete: "off" });
  #counter = el("p", { class: "counter", hidden: true });

  render() {
    super.render();
    this.shadowRoot.append(this.#counter);
  }

  update(changed) {
    super.update(changed);
    this.#counter.hidden = !this.charCounter;
    this.#settle();
  }

  get value() {
    return super.value;
  }

  set value(text) {
    super.value = text;
    this.#settle();
  }

  onInput() {
    super.onInput();
    this.#settle();
  }

  #settle() {
    const { field } = this;
    if (!field) return;
    const least = this.rows ?? 2;
    field.rows = least;
    const most = this.maxRows ?? 0;
    const lines = field.value.split("\n").length;
    // Without max-rows the area grows with its text, as the documented element does.
    field.rows = Math.max(least, most > 0 ? Math.min(lines, most) : lines);
    this.#counter.textContent =
      this.maxLength === undefined ? `${field.value.length}` : `${field.value.length} / ${this.maxLength}`;
  }
}
