/** crowd-checkbox: `{value: true or false}`, always present; boxes that share a name merge. */

import { CHOICE_ATTRIBUTES, CHOICE_STYLES, Choice } from "./choice.js";

export class CrowdCheckbox extends Choice {
  static attributes = CHOICE_ATTRIBUTES;
  static styles = CHOICE_STYLES;
}
