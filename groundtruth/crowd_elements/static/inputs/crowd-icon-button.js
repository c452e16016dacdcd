/** crowd-icon-button and crowd-fab: buttons that show an icon; what they do, the template's own script says. */

import { el } from "../core/dom.js";
import { CrowdElement } from "../core/element.js";
import { icon } from "../core/icons.js";

class IconButton extends CrowdElement {
  static delegatesFocus = true;
  #button = el("button", { type: "button" });

  render() {
    this.shadowRoot.append(this.#button);
    this.addEventListener("click", (event) => this.disabled && event.stopImmediatePropagation(), { capture: true });
  }

  update() {
    const name = this.getAttribute("aria-label") || this.label || this.title || this.icon || "Button";
    this.#button.className = this.constructor.buttonClass;
    this.#button.disabled = this.disabled;
    this.#button.setAttribute("aria-label", name);
    this.#button.replaceChildren(icon(this.icon) ?? document.createTextNode(this.label || this.icon));
  }
}

export class CrowdIconButton extends IconButton {
  static attributes = { icon: "text", disabled: "flag", label: "text" };
  static buttonClass = "button icon";
  static styles = ":host { display: inline-block; vertical-align: middle; }";
}

export class CrowdFab extends IconButton {
  static attributes = { icon: "text", label: "text", disabled: "flag", title: "text" };
  static buttonClass = "button primary fab";
  static styles = `
    :host { display: inline-block; vertical-align: middle; }
    .fab { width: 3.5em; height: 3.5em; border-radius: 50%; padding: 0; box-shadow: 0 2px 8px rgb(0 0 0 / 0.3); }
    .fab svg { width: 1.6em; height: 1.6em; }
  `;
}
