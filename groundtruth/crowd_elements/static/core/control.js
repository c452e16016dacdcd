/**
 * The base of every element that puts something into the answer.
 *
 * `crowd-form` asks each control in document order. Controls with the same name whose answers are objects merge into
 * one object (checkboxes do that); otherwise the later one counts.
 */

import { CrowdElement } from "./element.js";

export class CrowdControl extends CrowdElement {
  /** What goes into the answer under the element's name; undefined leaves the name out. */
  get answer() {
    return undefined;
  }

  /** What a saved draft keeps; undefined when the worker has not touched a widget. */
  get draft() {
    return this.answer;
  }

  /** What keeps the element from being submitted, as a sentence for the worker, or null. */
  validate() {
    return null;
  }

  /** Shows `message` beside the element; null takes it away. */
  showProblem() {}

  /** Back to what the attributes say. */
  reset() {}

  /** Takes over an answer given before; undefined when the name was absent. */
  restore() {}

  /** What a message calls the element. */
  get caption() {
    return this.getAttribute("label") || this.getAttribute("header") || this.getAttribute("name") || this.localName;
  }

  /** Says that the worker changed something, to the form (drafts) and to the template's scripts. */
  announceChange() {
    this.dispatchEvent(new Event("input", { bubbles: true }));
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
