/** crowd-modal: a link or button that opens a window over the task. */

import { el } from "../core/dom.js";
import { CrowdElement } from "../core/element.js";

export class CrowdModal extends CrowdElement {
  static attributes = { "link-text": "text", "link-type": "text" };
  static styles = ":host { display: inline-block; } .dialog-head { justify-content: flex-end; }";

  #opener = el("button", { type: "button", onclick: () => this.open() });
  #dialog = el("dialog");

  render() {
    const close = el("button", { class: "button", type: "button", onclick: () => this.close() }, "Close");
    this.#dialog.append(el("div", { class: "dialog-head" }, close), el("div", { class: "dialog-body" }, el("slot")));
    this.#dialog.addEventListener("click", (event) => event.target === this.#dialog && this.close());
    this.shadowRoot.append(this.#opener, this.#dialog);
  }

  update() {
    this.#opener.textContent = this.linkText || "Open";
    this.#opener.className = this.linkType === "button" ? "button" : "button link";
    this.#dialog.setAttribute("aria-label", this.linkText || "More");
  }

  open() {
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  close() {
    this.#dialog.close();
  }
}
