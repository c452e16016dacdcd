/**
 * The elements that mark shapes: boxes, polygons, lines, points. What a shape is, its `kind` knows.
 *
 * The state is `{shapes, isNothing}`, immutable, in a History. A shape freshly drawn is selected, so that the arrow keys
 * can put it right, but "fresh": a number key then chooses the label of the next shape and leaves this one alone. Only a
 * shape that the worker chose is relabelled by it.
 */

import { isTyping } from "../../core/dom.js";
import { onPreferences, prefer, preference } from "../../core/preferences.js";
import { ANNOTATOR_STYLES, ImageAnnotator, arrowStep } from "../annotator.js";
import { History } from "../history.js";
import { LAYER_STYLES, ShapeLayer } from "../layer.js";
import { split, textButton, toolButton } from "../toolbar.js";
import { SHAPE_LIST_STYLES, ShapeList } from "./shape-list.js";
import { ShapeTool } from "./shape-tool.js";

const BIG_STEP = 10;
const EMPTY = Object.freeze({ shapes: Object.freeze([]), isNothing: false });

export const SHAPE_STYLES = `${ANNOTATOR_STYLES}${LAYER_STYLES}${SHAPE_LIST_STYLES}`;

export class ShapeAnnotator extends ImageAnnotator {
  #history = new History(EMPTY);
  #selection = { id: null, isFresh: false };
  #hoveredId = null;
  #unfinished = null;
  #areNamesShown = preference("names", true);
  #initial = null;
  #initialTrouble = null;
  #readTrouble = "";
  #pending = null;
  #lastId = 0;
  #isDrawing = false;
  #layer;
  #list;
  #tool;
  #deleteButton;

  /** The maker of new shapes; the subclass has it. */
  maker;

  get kind() {
    return this.constructor.kind;
  }

  render() {
    this.viewport.element.tabIndex = 0;
    this.viewport.element.setAttribute("role", "group");
    this.#layer = new ShapeLayer(this.viewport, this.kind, (id) => this.#onNodeFocus(id));
    this.#list = new ShapeList(this.kind, {
      select: (id) => this.select(id, { reveal: true }),
      remove: (id) => this.remove(id),
      hover: (id) => this.hover(id),
      setNothing: (isNothing) =>
        this.#commit({ shapes: [], isNothing }, isNothing ? "Nothing to label" : "Not decided"),
    });
    super.render();
    this.#tool = new ShapeTool(this, this.maker);
    this.viewport.addEventListener("view", () => this.#plan());
    this.#draw();
  }

  connected() {
    super.connected();
    onPreferences(() => this.#showNames(this.namesButton), this.lifetime);
  }

  makeTools() {
    this.#deleteButton = toolButton(`Delete the selected ${this.kind.noun} (Delete)`, "delete", () =>
      this.removeSelected(),
    );
    const names = textButton("Names", "Show the labels' names on the image (H)", () => this.#toggleNames(names));
    names.setAttribute("aria-pressed", String(this.#areNamesShown));
    this.namesButton = names;
    return [this.#deleteButton, names, split()];
  }

  makePanel() {
    return [this.#list.element];
  }

  get shapes() {
    return this.#history.state.shapes;
  }

  get selected() {
    return this.shapes.find((shape) => shape.id === this.#selection.id) ?? null;
  }

  /** Whether the selected shape was only just drawn, and not chosen. */
  get isFresh() {
    return this.#selection.isFresh;
  }

  /** The shape that is being drawn or dragged, not yet part of the answer, or null. */
  get unfinished() {
    return this.#unfinished;
  }

  get answer() {
    if (!this.isReady) return undefined;
    const { kind } = this;
    const answer = { [kind.answerKey]: this.shapes.map(kind.write), inputImageProperties: this.inputImageProperties };
    if (this.#initial !== null) answer.initialValueModified = this.#fingerprint() !== this.#initial;
    return answer;
  }

  // What the form keeps as a draft. An empty answer would come back as "nothing to label", so work not begun is none.
  get draft() {
    return this.shapes.length > 0 || this.#history.state.isNothing ? this.answer : undefined;
  }

  get trouble() {
    return super.trouble ?? this.#initialTrouble;
  }

  validate() {
    const problem = super.validate();
    if (problem !== null && problem !== this.#initialTrouble) return problem;
    const { shapes, isNothing } = this.#history.state;
    if (this.maker.isBusy) return `Please finish the ${this.kind.noun} you are drawing, or press Escape.`;
    return shapes.length > 0 || isNothing ? null : `Please draw a ${this.kind.noun}, or tick “Nothing to label”.`;
  }

  reset() {
    this.#tool.cancel();
    if (this.isReady) this.#startFrom(this.initialValue);
  }

  restore(answer) {
    if (answer === undefined) return;
    if (!this.isReady) {
      // The image decides where shapes may lie, so the answer waits for it.
      this.#pending = answer;
      return;
    }
    const shapes = this.#read(answer);
    if (shapes === null) return;
    this.#select(null);
    this.#history.commit({ shapes, isNothing: shapes.length === 0 });
    this.#draw();
  }

  onImageReady() {
    this.#startFrom(this.initialValue);
    if (this.#pending !== null) {
      const answer = this.#pending;
      this.#pending = null;
      this.restore(answer);
    }
  }

  onLabel(label) {
    const { selected } = this;
    if (selected !== null && !this.#selection.isFresh && selected.label !== label && label !== null) {
      this.replace({ ...selected, label });
    } else this.#draw();
  }

  /** The name of the handle that the arrow keys move, or null for the whole shape. */
  get activeHandle() {
    return null;
  }

  undo() {
    if (!this.#tool.cancel() && this.#history.undo()) this.#onTravel("Undone");
  }

  redo() {
    if (this.#history.redo()) this.#onTravel("Done again");
  }

  /** Adds a shape just drawn. */
  add(shape, { isFresh = true } = {}) {
    const added = Object.freeze({ ...shape, id: this.#newId() });
    this.#selection = { id: added.id, isFresh };
    this.#commit(
      { shapes: [...this.shapes, added], isNothing: false },
      `${this.kind.noun} added: ${added.label}, ${this.kind.describe(added)}`,
    );
    this.#list.reveal(added.id);
    return added;
  }

  replace(shape, step = null) {
    const shapes = this.shapes.map((other) => (other.id === shape.id ? Object.freeze(shape) : other));
    this.#commit({ shapes, isNothing: false }, `${shape.label}, ${this.kind.describe(shape)}`, step);
  }

  remove(id) {
    const at = this.shapes.findIndex((shape) => shape.id === id);
    if (at < 0) return;
    const gone = this.shapes[at];
    const hadFocus = this.shadowRoot.activeElement !== null;
    if (this.#selection.id === id) this.#select(null);
    this.#commit(
      { shapes: this.shapes.toSpliced(at, 1), isNothing: false },
      `${this.kind.noun} deleted: ${gone.label}`,
    );
    // The focused node is gone; the keyboard goes on from the image.
    if (hadFocus) this.viewport.element.focus({ preventScroll: true });
  }

  removeSelected() {
    if (this.selected !== null) this.remove(this.selected.id);
  }

  select(id, { reveal = false } = {}) {
    this.#select(id);
    const { selected } = this;
    if (selected !== null) {
      this.currentLabel = this.labelNames.includes(selected.label) ? selected.label : this.currentLabel;
      if (reveal) this.viewport.reveal(this.kind.bounds(selected));
      this.#list.reveal(id);
    }
    this.#draw();
  }

  hover(id) {
    if (this.#hoveredId === id) return;
    this.#hoveredId = id;
    this.#plan();
  }

  guide(event) {
    this.#layer.guide(event);
  }

  /** Draws again what only the image shows. */
  redraw() {
    this.#plan();
  }

  setUnfinished(shape) {
    this.#unfinished = shape;
    this.#plan();
  }

  takeFocus() {
    this.viewport.element.focus({ preventScroll: true });
  }

  onKey(event) {
    if (!this.isReady || isTyping(event) || event.metaKey) return false;
    if (this.maker.onKey(event)) return true;
    const step = arrowStep(event);
    if (step !== null) return this.#nudge(event, step);
    if (event.ctrlKey || event.altKey) return false;
    const act = {
      Delete: () => this.removeSelected(),
      Backspace: () => this.removeSelected(),
      Escape: () => this.#tool.cancel() || this.select(null),
      n: () => this.#addAtCenter(),
      h: () => this.#toggleNames(this.namesButton),
    }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    act?.();
    return act !== undefined;
  }

  /** What the arrow keys do to the selected shape; `step` is [dx, dy] in image pixels. */
  nudged(shape, [dx, dy], event) {
    const natural = this.viewport.natural;
    if (event.shiftKey) return this.kind.resizeBy(shape, dx, dy, false, natural);
    if (event.altKey) return this.kind.resizeBy(shape, dx, dy, true, natural);
    return this.kind.moveBy(shape, dx, dy, natural);
  }

  #nudge(event, [dx, dy]) {
    const { selected } = this;
    // In lists arrows belong to the list.
    const isInList = this.shadowRoot.activeElement?.closest(".panel") ?? null;
    if (selected === null || isInList !== null) return false;
    const size = event.ctrlKey ? BIG_STEP : 1;
    const changed = this.nudged(selected, [dx * size, dy * size], event);
    this.replace(changed, `nudge ${changed.id} ${event.shiftKey} ${event.altKey}`);
    this.viewport.reveal(this.kind.bounds(changed));
    return true;
  }

  #addAtCenter() {
    const added = this.add(this.maker.atCenter(this.viewport.view), { isFresh: false });
    this.#layer.focus(added.id);
  }

  #onNodeFocus(id) {
    if (this.#selection.id !== id) this.select(id, { reveal: true });
  }

  #onTravel(word) {
    if (this.selected === null) this.#select(null);
    this.#draw();
    this.say(`${word}. ${this.shapes.length} ${this.kind.plural}.`);
    this.announceChange();
  }

  #select(id) {
    this.#selection = { id, isFresh: false };
  }

  #commit(state, message, step = null) {
    this.#history.commit(Object.freeze({ ...state, shapes: Object.freeze(state.shapes) }), step);
    this.#draw();
    this.say(message);
    if (this.validate() === null) this.showProblem(null);
    this.announceChange();
  }

  #startFrom(value) {
    const shapes = value === undefined ? [] : this.#read(value);
    this.#select(null);
    this.#initialTrouble =
      shapes === null ? `<${this.localName} initial-value="…"> cannot be used: ${this.#readTrouble}.` : null;
    this.#history.restart(Object.freeze({ shapes: Object.freeze(shapes ?? []), isNothing: false }));
    this.#initial = value === undefined || shapes === null ? null : this.#fingerprint();
    this.#draw();
  }

  #read(value) {
    try {
      return this.kind
        .read(value, this.viewport.natural)
        .map((shape) => Object.freeze({ ...shape, id: this.#newId() }));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.#readTrouble = error.message;
      return null;
    }
  }

  // The order in which shapes were drawn says nothing about them.
  #fingerprint() {
    return this.shapes
      .map((shape) => JSON.stringify(this.kind.write(shape)))
      .toSorted()
      .join();
  }

  #showNames(button) {
    this.#areNamesShown = preference("names", true);
    button.setAttribute("aria-pressed", String(this.#areNamesShown));
    this.#plan();
  }

  #toggleNames(button) {
    prefer("names", !this.#areNamesShown);
    this.#showNames(button);
  }

  #newId() {
    this.#lastId += 1;
    return this.#lastId;
  }

  #plan() {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    requestAnimationFrame(() => {
      this.#isDrawing = false;
      this.#drawImage();
    });
  }

  #draw() {
    this.#drawImage();
    const { shapes, selected, colors, currentLabel } = this;
    const counts = new Map();
    for (const { label } of shapes) counts.set(label, (counts.get(label) ?? 0) + 1);
    const relabels = selected !== null && !this.#selection.isFresh;
    this.labelPanel.show(
      relabels ? selected.label : currentLabel,
      relabels ? `of the selected ${this.kind.noun}` : `of the next ${this.kind.noun}`,
      counts,
    );
    this.#list.draw({ shapes, selectedId: this.#selection.id, colors, isNothing: this.#history.state.isNothing });
    this.toolbar.allow(this.#history);
    this.#deleteButton.disabled = selected === null;
    const help = `Image with ${shapes.length} ${shapes.length === 1 ? this.kind.noun : this.kind.plural}. N adds one, Tab goes through them, question mark lists the keys.`;
    this.viewport.element.setAttribute("aria-label", help);
  }

  #drawImage() {
    if (!this.isReady) return;
    const unfinished = this.#unfinished;
    let { shapes } = this;
    if (unfinished !== null) {
      const replaced = shapes.map((shape) => (shape.id === unfinished.id ? unfinished : shape));
      shapes = unfinished.id === null ? [...shapes, unfinished] : replaced;
    }
    this.#layer.draw({
      shapes,
      selectedId: this.#selection.id,
      hoveredId: this.#hoveredId,
      unfinishedId: unfinished === null ? undefined : unfinished.id,
      colors: this.colors,
      areNamesShown: this.#areNamesShown,
      activeHandle: this.activeHandle,
    });
  }
}
