/** crowd-input: one line of text. */

import { el } from "../core/dom.js";
import { TEXT_ATTRIBUTES, TEXT_STYLES, TextField } from "./text-field.js";

const TYPES = new Set([
  "text",
  "search",
  "tel",
  "url",
  "email",
  "password",
  "number",
  "date",
  "time",
  "datetime-local",
  "month",
  "week",
]);

export class CrowdInput extends TextField {
  static attributes = { ...TEXT_ATTRIBUTES, type: "text" };
  static styles = TEXT_STYLES;

  field = el("input", { type: "text", autocomplete: "off", spellcheck: "false" });

  update(changed) {
    if (changed.has("type")) {
      this.field.type = TYPES.has(this.type) ? this.type : "text";
      // Invoice amounts have decimals; a step of 1 would refuse them.
      if (this.field.type === "number") this.field.step = "any";
    }
    super.update(changed);
  }

  validate() {
    return this.field.validity.badInput ? this.errorMessage || this.field.validationMessage : super.validate();
  }
}
