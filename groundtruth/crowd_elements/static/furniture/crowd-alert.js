/** crowd-alert: a message that stays until it is dismissed, if it can be. */

import { el } from "../core/dom.js";
import { CrowdElement } from "../core/element.js";
import { icon } from "../core/icons.js";

const ICONS = { info: "info", success: "check", error: "warning", warning: "warning" };

export class CrowdAlert extends CrowdElement {
  static attributes = { type: "text", dismissible: "flag" };
  static styles = `
    :host { display: block; margin: 0.5em 0; }
    .alert {
      display: flex;
      align-items: flex-start;
      gap: 0.6em;
      padding: 0.65em 0.75em 0.65em 0.9em;
      border: 1px solid var(--edge);
      border-inline-start-width: 4px;
      border-radius: var(--gt-radius);
      background: var(--ground);
    }
    .alert > svg { width: 1.3em; height: 1.3em; flex: none; margin-top: 0.08em; color: var(--edge); }
    .text { flex: 1; min-width: 0; overflow-wrap: anywhere; }
    .info { --edge: var(--gt-accent); --ground: var(--gt-accent-soft); }
    .success { --edge: var(--gt-success); --ground: var(--gt-success-soft); }
    .error { --edge: var(--gt-danger); --ground: var(--gt-danger-soft); margin: 0; color: inherit; font-size: inherit; }
    .warning { --edge: var(--gt-warning); --ground: var(--gt-warning-soft); }
    .button { min-height: 1.6em; min-width: 1.6em; padding: 0; }
  `;

  update() {
    const type = Object.hasOwn(ICONS, this.type) ? this.type : "info";
    const role = type === "error" || type === "warning" ? "alert" : "status";
    const close = el(
      "button",
      { class: "button icon", type: "button", "aria-label": "Dismiss", onclick: () => this.remove() },
      icon("close"),
    );
    const parts = [icon(ICONS[type]), el("div", { class: "text" }, el("slot")), this.dismissible ? close : null];
    this.shadowRoot.replaceChildren(el("div", { class: `alert ${type}`, role }, ...parts.filter(Boolean)));
  }
}
