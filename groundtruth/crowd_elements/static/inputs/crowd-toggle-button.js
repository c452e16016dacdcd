/** crowd-toggle-button: a switch; it answers as a checkbox does. */

import { CHOICE_ATTRIBUTES, CHOICE_STYLES, Choice } from "./choice.js";
import { setAttributes } from "../core/dom.js";

export class CrowdToggleButton extends Choice {
  static attributes = { ...CHOICE_ATTRIBUTES, invalid: "flag" };
  static styles = `${CHOICE_STYLES}
    input {
      appearance: none; position: relative; width: 2.4em; height: 1.35em; margin-top: 0.05em; border-radius: 1em;
      background: var(--gt-control-line); transition: background 0.12s;
    }
    input::after {
      content: ""; position: absolute; inset-block: 0.15em; inset-inline-start: 0.15em; width: 1.05em; border-radius: 50%;
      background: var(--gt-surface); transition: translate 0.12s;
    }
    input:checked { background: var(--gt-accent); }
    input:checked::after { translate: 1.05em 0; }
    input:disabled { opacity: 0.5; }
    @media (prefers-reduced-motion: reduce) { input, input::after { transition: none; } }
  `;

  render() {
    super.render();
    this.input.setAttribute("role", "switch");
  }

  update(changed) {
    super.update(changed);
    if (changed.has("invalid")) setAttributes(this.input, { "aria-invalid": this.invalid ? "true" : null });
  }

  validate() {
    return this.required && !this.checked ? "Please switch this on." : null;
  }
}
