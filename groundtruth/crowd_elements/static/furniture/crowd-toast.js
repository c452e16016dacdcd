/**
 * crowd-toast: a message that goes away by itself after `duration` milliseconds. It shows when it has the attribute
 * `opened` or when a script calls `show()`; one is visible at a time.
 */

import { el } from "../core/dom.js";
import { CrowdElement } from "../core/element.js";

const DEFAULT_DURATION = 3000;
let visible = null;

export class CrowdToast extends CrowdElement {
  static attributes = { duration: "number", text: "text", opened: "flag" };
  static styles = `
    :host {
      position: fixed;
      z-index: 20;
      inset-inline-start: 1em;
      bottom: 1em;
      max-width: min(30em, calc(100vw - 2em));
    }
    .toast {
      padding: 0.75em 1.1em;
      border-radius: var(--gt-radius);
      background: light-dark(#24292f, #e6e9ed);
      color: light-dark(#fff, #16191d);
      box-shadow: var(--gt-shadow);
    }
  `;

  #text = el("span");
  #toast = el("div", { class: "toast", hidden: true }, this.#text, el("slot"));
  #timer = 0;

  render() {
    // The live region exists before its text, or a screen reader would not speak it.
    this.shadowRoot.append(el("div", { role: "status" }, this.#toast));
  }

  update(changed) {
    this.#text.textContent = this.text;
    if (!changed.has("opened")) return;
    if (this.opened) this.#appear();
    else this.#disappear();
  }

  show() {
    this.opened = true;
  }

  open() {
    this.show();
  }

  hide() {
    this.opened = false;
  }

  close() {
    this.hide();
  }

  #appear() {
    if (visible !== null && visible !== this) visible.hide();
    visible = this;
    this.#toast.hidden = false;
    clearTimeout(this.#timer);
    const duration = this.duration ?? DEFAULT_DURATION;
    if (duration > 0) this.#timer = setTimeout(() => this.hide(), duration);
  }

  #disappear() {
    clearTimeout(this.#timer);
    this.#toast.hidden = true;
    if (visible === this) visible = null;
  }
}
