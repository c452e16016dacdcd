/**
 * crowd-radio-button and crowd-radio-group.
 *
 * Of the buttons of a group, or of the buttons outside any group that share a name, one can be chosen. Each button
 * answers for itself, so in a group each needs a name of its own. There is no `required`: the documented way to force
 * a choice is native radio buttons.
 */

import { CrowdElement } from "../core/element.js";
import { CHOICE_ATTRIBUTES, CHOICE_STYLES, Choice } from "./choice.js";
import { el, setAttributes } from "../core/dom.js";

const FORWARD = new Set(["ArrowDown", "ArrowRight"]);
const BACKWARD = new Set(["ArrowUp", "ArrowLeft"]);
const { required: _, ...RADIO_ATTRIBUTES } = CHOICE_ATTRIBUTES;

export class CrowdRadioButton extends Choice {
  static attributes = RADIO_ATTRIBUTES;
  static styles = CHOICE_STYLES;
  static inputType = "radio";

  render() {
    super.render();
    this.addEventListener("keydown", (event) => this.#onKey(event));
  }

  update(changed) {
    super.update(changed);
    if (this.checked) this.#releaseOthers();
    this.#arrangeTabStop();
  }

  get checked() {
    return super.checked;
  }

  set checked(value) {
    super.checked = value;
    if (value) this.#releaseOthers();
    this.#arrangeTabStop();
  }

  onToggle() {
    this.#releaseOthers();
    this.#arrangeTabStop();
    super.onToggle();
  }

  /** The buttons of which one can be chosen, in document order. */
  get peers() {
    const group = this.closest("crowd-radio-group");
    if (group !== null) return Array.from(group.querySelectorAll("crowd-radio-button"));
    const around = this.closest("crowd-form") ?? this.ownerDocument;
    const all = Array.from(around.querySelectorAll("crowd-radio-button"));
    return all.filter(
      (button) => button === this || (button.name === this.name && this.name && !button.closest("crowd-radio-group")),
    );
  }

  #releaseOthers() {
    for (const peer of this.peers) if (peer !== this && peer.checked) peer.checked = false;
  }

  // One stop for the Tab key in a group, as with native radio buttons; arrows go on from there.
  #arrangeTabStop() {
    const usable = this.peers.filter((peer) => !peer.disabled);
    const stop = usable.find((peer) => peer.checked) ?? usable[0];
    for (const peer of this.peers) if (peer.input) peer.input.tabIndex = peer === stop ? 0 : -1;
  }

  #onKey(event) {
    const step = FORWARD.has(event.key) ? 1 : BACKWARD.has(event.key) ? -1 : 0;
    if (step === 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const usable = this.peers.filter((peer) => !peer.disabled);
    const next = usable.at((usable.indexOf(this) + step) % usable.length);
    next.checked = true;
    next.focus();
    next.announceChange();
  }
}

export class CrowdRadioGroup extends CrowdElement {
  static attributes = { label: "text" };
  static styles = ":host { display: block; margin: 0.75em 0; }";

  render() {
    this.shadowRoot.append(el("slot"));
    if (!this.hasAttribute("role")) this.setAttribute("role", "radiogroup");
  }

  update() {
    setAttributes(this, { "aria-label": this.label || this.getAttribute("aria-label") });
  }
}
