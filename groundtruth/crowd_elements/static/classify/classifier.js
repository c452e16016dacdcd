/** What all four classifiers have in common: header, instructions, the categories, and the answer. */

import { CrowdControl } from "../core/control.js";
import { SHELL_STYLES, Shell } from "../core/shell.js";
import { digitOf, listenForKeys } from "../core/shortcuts.js";
import { CATEGORY_STYLES, CategoryList } from "./categories.js";
import { WORKER_COMMENT_STYLES, WorkerComment } from "./worker-comment.js";

export const CLASSIFIER_ATTRIBUTES = { name: "text", header: "text", categories: "json" };
export const MULTI_SELECT_ATTRIBUTES = { ...CLASSIFIER_ATTRIBUTES, "exclusion-category": "json" };

export const CLASSIFIER_STYLES = `${SHELL_STYLES}${CATEGORY_STYLES}${WORKER_COMMENT_STYLES}
  :host { margin: 0.5em 0; }
`;

export class Classifier extends CrowdControl {
  static multiple = false;
  static regions = [];

  shell;
  #list;
  #comment = null;

  /** What the worker looks at; the subclass makes it. */
  makeStage() {
    throw new Error("a classifier makes its own stage");
  }

  render() {
    const { multiple, regions } = this.constructor;
    this.#list = new CategoryList({ multiple, onChange: () => this.#onChoice() });
    const panel = [this.#list.element];
    if (regions.includes("worker-comment")) {
      this.#comment = new WorkerComment(() => this.announceChange());
      panel.push(this.#comment.element);
    }
    this.shell = new Shell(this, { stage: this.makeStage(), panel });
    this.shadowRoot.append(this.shell.element);
  }

  update(changed) {
    this.shell.setHeader(this.header);
    if (!changed.has("categories") && !changed.has("exclusion-category")) return;
    this.#list.offer(this.#categories(), this.#exclusion());
    this.shell.showProblem(this.#trouble());
  }

  connected() {
    this.shell.connect(this.lifetime, this.constructor.regions);
    this.#comment?.connect(this.querySelector(":scope > worker-comment"));
    listenForKeys(this, (event) => this.#onKey(event), this.lifetime);
  }

  get answer() {
    const { chosen } = this.#list;
    if (this.constructor.multiple) return { labels: chosen, ...this.#comment?.answer };
    return chosen.length === 0 ? undefined : { label: chosen[0], ...this.#comment?.answer };
  }

  get draft() {
    return this.#list.chosen.length === 0 ? undefined : this.answer;
  }

  get value() {
    return this.answer;
  }

  validate() {
    const trouble = this.#trouble();
    if (trouble !== null) return trouble;
    // Without an exclusion category, "none of them" can only be said by choosing nothing.
    const mayBeEmpty = this.constructor.multiple && this.#exclusion() === null;
    return this.#list.chosen.length > 0 || mayBeEmpty ? null : "Please choose a category.";
  }

  showProblem(message) {
    this.shell.showProblem(message ?? this.#trouble());
  }

  reset() {
    this.#list.chosen = [];
    this.#comment?.reset();
  }

  restore(answer) {
    if (answer === undefined) return;
    this.#list.chosen = answer?.labels ?? [answer?.label];
    this.#comment?.restore(answer?.workerComment);
  }

  focus() {
    this.#list.focus();
  }

  #categories() {
    const { categories } = this;
    return Array.isArray(categories) ? categories.map((category) => String(category?.label ?? category)) : [];
  }

  #exclusion() {
    const exclusion = this.constructor.multiple ? this.exclusionCategory : undefined;
    return exclusion === undefined ? null : String(exclusion?.text ?? "None of these");
  }

  #trouble() {
    const unreadable =
      this.attributeProblem("categories") ??
      (this.constructor.multiple ? this.attributeProblem("exclusion-category") : null);
    if (unreadable !== null) return unreadable;
    return this.#categories().length > 0
      ? null
      : `<${this.localName}> has no categories: it needs categories="['…', '…']".`;
  }

  #onChoice() {
    if (this.validate() === null) this.showProblem(null);
    this.announceChange();
  }

  #onKey(event) {
    const position = digitOf(event);
    if (position !== null && this.#list.press(position)) event.preventDefault();
  }
}
