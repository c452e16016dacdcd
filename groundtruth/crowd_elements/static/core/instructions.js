/** The full instructions of a widget or form, in a dialog over the task. */

import { el } from "./dom.js";

export class InstructionsDialog {
  #title;

  /** Shows what is slotted as `full-instructions` into the shadow root that `element` is put in. */
  constructor() {
    this.#title = el("h2", { id: "instructions-title" }, "Instructions");
    const close = el("button", { class: "button", type: "button", onclick: () => this.element.close() }, "Close");
    const slot = el("slot", { name: "full-instructions" });
    this.element = el(
      "dialog",
      { "aria-labelledby": "instructions-title" },
      el("div", { class: "dialog-head" }, this.#title, close),
      el("div", { class: "dialog-body" }, slot),
    );
    this.element.addEventListener("click", (event) => {
      if (event.target === this.element) this.element.close();
    });
  }

  setTitle(title) {
    this.#title.textContent = title || "Instructions";
  }

  open() {
    this.element.showModal();
  }
}
