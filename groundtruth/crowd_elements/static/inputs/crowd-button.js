/**
 * crowd-button: submits or resets the form around it, follows a link, or only fires its click.
 *
 * A hidden button works too: templates put `style="display: none"` on it and call `click()` from their own control.
 */

import { el } from "../core/dom.js";
import { CrowdElement } from "../core/element.js";
import { icon } from "../core/icons.js";

const SAFE_LINK = /^(?:https?|mailto):$/;

export class CrowdButton extends CrowdElement {
  static delegatesFocus = true;
  static attributes = {
    "form-action": "text",
    variant: "text",
    disabled: "flag",
    loading: "flag",
    href: "text",
    target: "text",
    icon: "text",
    "icon-align": "text",
    "icon-url": "text",
  };
  static styles =
    ":host { display: inline-block; margin: 0.25em 0.5em 0.25em 0; vertical-align: middle; } .right { flex-direction: row-reverse; }";

  render() {
    this.addEventListener("click", (event) => this.#onClick(event));
  }

  update() {
    const hadFocus = this.shadowRoot.activeElement !== null;
    const control = this.#control();
    this.shadowRoot.replaceChildren(control);
    if (hadFocus) control.focus();
  }

  #control() {
    const { href, variant } = this;
    const style = ["primary", "link", "icon"].includes(variant) ? variant : "normal";
    const align = this.iconAlign === "right" ? " right" : "";
    const properties = {
      class: `button ${style}${align}`,
      part: "button",
      "aria-label": this.getAttribute("aria-label"),
    };
    const content = [this.#image(), el("slot")];
    const isUsable = !this.disabled && !this.loading;
    if (href && isUsable && isSafe(href))
      return el("a", { ...properties, href, target: this.target || null, rel: "noopener" }, ...content);
    return el(
      "button",
      { ...properties, type: "button", disabled: !isUsable, "aria-busy": this.loading ? "true" : null },
      ...content,
    );
  }

  #image() {
    if (this.loading) return el("span", { class: "spinner", "aria-hidden": "true" });
    if (this.iconUrl) return el("img", { src: this.iconUrl, alt: "", width: 20, height: 20 });
    return this.icon ? icon(this.icon) : null;
  }

  #onClick(event) {
    if (this.disabled || this.loading) {
      event.stopImmediatePropagation();
      event.preventDefault();
      return;
    }
    // Every handler that the template put on the button runs first and may cancel.
    setTimeout(() => {
      if (event.defaultPrevented) return;
      const form = this.closest("crowd-form");
      if (this.formAction === "submit") form?.requestSubmit(this);
      if (this.formAction === "reset") form?.reset();
    });
  }
}

function isSafe(href) {
  try {
    return SAFE_LINK.test(new URL(href, document.baseURI).protocol);
  } catch {
    return false;
  }
}
