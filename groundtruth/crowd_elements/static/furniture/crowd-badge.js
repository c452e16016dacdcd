/** crowd-badge: a small mark with a text or an icon, at the upper corner of the element that `for` names. */

import { el } from "../core/dom.js";
import { CrowdElement } from "../core/element.js";
import { icon } from "../core/icons.js";

export class CrowdBadge extends CrowdElement {
  static attributes = { for: "text", icon: "text", label: "text" };
  static styles = `
    :host { display: inline-block; pointer-events: none; }
    :host(.placed) { position: absolute; z-index: 2; translate: -50% -50%; }
    .badge {
      display: grid;
      place-items: center;
      min-width: 1.7em;
      height: 1.7em;
      padding: 0 0.4em;
      border-radius: 1em;
      background: var(--gt-accent);
      color: var(--gt-on-accent);
      font-size: 0.75em;
      font-weight: 600;
    }
    svg { width: 1.1em; height: 1.1em; }
  `;

  update() {
    const mark = (this.icon ? icon(this.icon) : null) ?? document.createTextNode(this.label || this.icon);
    this.shadowRoot.replaceChildren(el("span", { class: "badge", "aria-label": this.label || null }, mark));
    this.#place();
  }

  connected() {
    const observer = new ResizeObserver(() => this.#place());
    observer.observe(document.body);
    this.lifetime.addEventListener("abort", () => observer.disconnect());
    this.#place();
  }

  #place() {
    const target = this.for ? this.getRootNode().getElementById?.(this.for) : null;
    this.classList.toggle("placed", target !== null && target !== undefined);
    if (!target) return;
    // A body that is not positioned counts as the offset parent, yet places nothing.
    const isPlain = this.offsetParent === document.body && getComputedStyle(document.body).position === "static";
    const around = ((isPlain ? null : this.offsetParent) ?? document.documentElement).getBoundingClientRect();
    const at = target.getBoundingClientRect();
    this.style.left = `${at.right - around.left}px`;
    this.style.top = `${at.top - around.top}px`;
  }
}
