/**
 * crowd-entity-annotation: labels on spans of a text.
 *
 * Selecting text with the mouse labels it at once; by keyboard a selection is labelled by Enter or a number key. Spans do
 * not overlap: a new one takes the place of those it touches. Offsets count Unicode code points, the end is exclusive,
 * and white space at the ends of a selection is left out.
 */

import { CrowdControl } from "../core/control.js";
import { el } from "../core/dom.js";
import { SHELL_STYLES, Shell } from "../core/shell.js";
import { digitOf, listenForKeys } from "../core/shortcuts.js";
import { History } from "../image/history.js";
import { LABEL_PANEL_STYLES, LabelPanel } from "../image/label-panel.js";
import { colorOf, colorsFor } from "../image/palette.js";
import { SHAPE_LIST_STYLES, ShapeList } from "../image/shapes/shape-list.js";
import { TOOLBAR_STYLES, toolButton } from "../image/toolbar.js";
import { TEXT_VIEW_STYLES, TextView } from "./text-view.js";

const EMPTY = Object.freeze({ shapes: Object.freeze([]), isNothing: false });

export class CrowdEntityAnnotation extends CrowdControl {
  static attributes = { name: "text", text: "text", header: "text", labels: "json", "initial-value": "json" };
  static styles = `${SHELL_STYLES}${LABEL_PANEL_STYLES}${SHAPE_LIST_STYLES}${TOOLBAR_STYLES}${TEXT_VIEW_STYLES}
    :host { margin: 0.25em 0; }
    .shell { max-height: max(26rem, calc(100dvh - 5.75rem)); }
  `;

  #shell;
  #view = new TextView(this.shadowRoot, (span) => this.#onMouse(span));
  #labelPanel = new LabelPanel((label) => this.#chooseLabel(label));
  #list;
  #history = new History(EMPTY);
  #selectedId = null;
  #currentLabel = null;
  #colors = new Map();
  #lastId = 0;
  #undo = toolButton("Undo (Ctrl+Z)", "undo", () => this.#travel(this.#history.undo()));
  #redo = toolButton("Redo (Ctrl+Shift+Z)", "redo", () => this.#travel(this.#history.redo()));
  #delete = toolButton("Delete the selected entity (Delete)", "delete", () => this.#remove(this.#selectedId));
  #live = el("div", { class: "visually-hidden", "aria-live": "polite" });

  render() {
    const kind = { noun: "entity", plural: "entities", brief: (entity) => shorten(this.#textOf(entity)) };
    this.#list = new ShapeList(kind, {
      select: (id) => this.#select(id, { reveal: true }),
      remove: (id) => this.#remove(id),
      hover: () => {},
      setNothing: (isNothing) => this.#commit([], isNothing ? "Nothing to label" : "Not decided", isNothing),
    });
    const hint = el(
      "span",
      { class: "zoom", style: "min-width: 0; padding-inline: .5em" },
      "Select text to label it. Keyboard: Shift and arrows, then Enter or a number.",
    );
    const toolbar = el(
      "div",
      { class: "toolbar", role: "toolbar", "aria-label": "Text tools" },
      this.#delete,
      this.#undo,
      this.#redo,
      hint,
    );
    const stage = el("div", { class: "stage" }, this.#view.element, toolbar, this.#live);
    this.#shell = new Shell(this, { stage, panel: [this.#labelPanel.element, this.#list.element] });
    this.shadowRoot.append(this.#shell.element);
    this.#view.element.addEventListener("keydown", (event) => this.#onTextKey(event));
  }

  connected() {
    this.#shell.connect(this.lifetime);
    listenForKeys(this, (event) => this.#onKey(event), this.lifetime);
    document.addEventListener("selectionchange", () => this.#onCaret(), { signal: this.lifetime });
  }

  update(changed) {
    this.#shell.setHeader(this.header);
    if (changed.has("labels")) {
      const names = this.#labels.map(({ label }) => label);
      this.#colors = colorsFor(names);
      const titles = new Map(this.#labels.map((item) => [item.label, item.fullDisplayName ?? item.label]));
      this.#labelPanel.offer(names, this.#colors, titles);
      if (!names.includes(this.#currentLabel)) this.#currentLabel = names[0] ?? null;
    }
    if (changed.has("text")) this.#view.setText(this.text);
    if (changed.has("text") || changed.has("initial-value")) this.reset();
    this.showProblem(null);
    this.#draw();
  }

  get answer() {
    const entities = this.#entities.toSorted((a, b) => a.startOffset - b.startOffset || a.endOffset - b.endOffset);
    return { entities: entities.map(({ label, startOffset, endOffset }) => ({ label, startOffset, endOffset })) };
  }

  get value() {
    return this.answer;
  }

  get draft() {
    return this.#entities.length > 0 || this.#history.state.isNothing ? this.answer : undefined;
  }

  validate() {
    if (this.#trouble !== null) return this.#trouble;
    const { shapes, isNothing } = this.#history.state;
    return shapes.length > 0 || isNothing ? null : "Please label a part of the text, or tick “Nothing to label”.";
  }

  showProblem(message) {
    this.#shell.showProblem(message ?? this.#trouble);
  }

  reset() {
    this.#selectedId = null;
    this.#history.restart(Object.freeze({ shapes: this.#read(this.initialValue ?? []), isNothing: false }));
    this.#draw();
  }

  restore(answer) {
    if (answer === undefined) return;
    const shapes = this.#read(answer);
    this.#history.commit(Object.freeze({ shapes, isNothing: shapes.length === 0 }));
    this.#draw();
  }

  focus() {
    this.#view.element.focus();
  }

  get #entities() {
    return this.#history.state.shapes;
  }

  get #labels() {
    const { labels } = this;
    return Array.isArray(labels)
      ? labels.map((item) =>
          typeof item === "object" && item !== null ? { ...item, label: String(item.label) } : { label: String(item) },
        )
      : [];
  }

  get #trouble() {
    const unreadable = this.attributeProblem("labels") ?? this.attributeProblem("initial-value");
    if (unreadable !== null) return unreadable;
    if (this.#labels.length === 0) return `<${this.localName}> has no labels: it needs labels="[{label: '…'}]".`;
    return this.text === "" ? `<${this.localName}> has no text: it needs text="…".` : null;
  }

  #textOf({ startOffset, endOffset }) {
    return this.#view.offsets.slice(startOffset, endOffset);
  }

  #read(value) {
    const list = Array.isArray(value) ? value : value?.entities;
    const { length } = this.#view.offsets;
    const isEntity = ({ label, startOffset, endOffset } = {}) =>
      typeof label === "string" &&
      Number.isInteger(startOffset) &&
      Number.isInteger(endOffset) &&
      0 <= startOffset &&
      startOffset < endOffset &&
      endOffset <= length;
    const usable = (Array.isArray(list) ? list : []).filter(isEntity);
    if (Array.isArray(list) && usable.length < list.length)
      console.error(
        `<${this.localName}>: ${list.length - usable.length} entities lie outside the text and are left out.`,
      );
    return Object.freeze(
      usable.map(({ label, startOffset, endOffset }) => this.#entity(label, startOffset, endOffset)),
    );
  }

  #entity(label, startOffset, endOffset) {
    this.#lastId += 1;
    return Object.freeze({ id: this.#lastId, label, startOffset, endOffset });
  }

  #onMouse(span) {
    if (span !== null && span.start < span.end) this.#add(span, this.#currentLabel);
  }

  // A caret inside an entity selects it, however it got there.
  #onCaret() {
    if (this.shadowRoot.activeElement !== this.#view.element) return;
    const span = this.#view.selection;
    if (span === null || span.start !== span.end) return;
    const under = this.#entities.find(
      ({ startOffset, endOffset }) => startOffset <= span.start && span.start < endOffset,
    );
    const id =
      under?.id ??
      (this.#entities.find(({ endOffset }) => endOffset === span.start)?.id === this.#selectedId
        ? this.#selectedId
        : null);
    if (id === this.#selectedId) return;
    this.#selectedId = id;
    this.#draw();
    if (under) this.#say(`${under.label}: ${this.#textOf(under)}`);
  }

  #add(span, label) {
    const trimmed = this.#view.offsets.trimmed(span.start, span.end);
    if (trimmed === null || label === null) return;
    const { start, end } = trimmed;
    const kept = this.#entities.filter(({ startOffset, endOffset }) => endOffset <= start || startOffset >= end);
    const added = this.#entity(label, start, end);
    this.#selectedId = null;
    this.#view.element.focus({ preventScroll: true });
    this.#commit([...kept, added], `${label}: ${this.#textOf(added)}`);
  }

  #remove(id) {
    const gone = this.#entities.find((entity) => entity.id === id);
    if (gone === undefined) return;
    this.#selectedId = null;
    this.#commit(
      this.#entities.filter((entity) => entity.id !== id),
      `Deleted: ${gone.label}`,
    );
  }

  #select(id, { reveal = false } = {}) {
    this.#selectedId = id;
    this.#draw();
    const entity = this.#entities.find((each) => each.id === id);
    if (reveal && entity !== undefined) this.#view.reveal(entity.startOffset);
  }

  #chooseLabel(label) {
    const selected = this.#entities.find((entity) => entity.id === this.#selectedId);
    const span = this.#view.selection;
    this.#currentLabel = label;
    if (span !== null && span.start < span.end) this.#add(span, label);
    else if (selected !== undefined) {
      this.#commit(
        this.#entities.map((entity) => (entity === selected ? Object.freeze({ ...entity, label }) : entity)),
        `Now ${label}`,
      );
    } else this.#draw();
  }

  #commit(shapes, message, isNothing = false) {
    this.#history.commit(Object.freeze({ shapes: Object.freeze(shapes), isNothing }));
    this.#draw();
    this.#say(message);
    if (this.validate() === null) this.showProblem(null);
    this.announceChange();
  }

  #travel(moved) {
    if (!moved) return;
    this.#selectedId = null;
    this.#draw();
    this.announceChange();
  }

  // The text counts as a field that is typed into, so its keys are taken here and not as the widget's shortcuts.
  #onTextKey(event) {
    // The event that tells of a moved caret comes later than the next key may.
    this.#onCaret();
    if (this.#takeUndo(event)) event.preventDefault();
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const span = this.#view.selection;
    if (event.key === "Enter" && span !== null && span.start < span.end) this.#add(span, this.#currentLabel);
    else if (event.key === "Delete" || event.key === "Backspace") this.#remove(this.#selectedId);
    else if (event.key !== "Enter" && !this.#takeDigit(event)) return;
    event.preventDefault();
  }

  #onKey(event) {
    if ((event.key === "Delete" || event.key === "Backspace") && this.#selectedId !== null)
      this.#remove(this.#selectedId);
    else if (!this.#takeDigit(event) && !this.#takeUndo(event)) return;
    event.preventDefault();
  }

  #takeDigit(event) {
    const position = digitOf(event);
    const label = position === null ? undefined : this.#labels[position]?.label;
    if (label === undefined) return false;
    this.#chooseLabel(label);
    return true;
  }

  #takeUndo(event) {
    if (!(event.ctrlKey || event.metaKey)) return false;
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) this.#travel(this.#history.undo());
    else if (key === "y" || (key === "z" && event.shiftKey)) this.#travel(this.#history.redo());
    else return false;
    return true;
  }

  #draw() {
    const names = new Map(
      this.#labels.map((item) => [item.label, item.shortDisplayName ?? item.fullDisplayName ?? item.label]),
    );
    const look = (label) => ({ color: colorOf(this.#colors, label), tag: names.get(label) ?? label });
    this.#view.draw(this.#entities, this.#selectedId, look);
    const counts = new Map();
    for (const { label } of this.#entities) counts.set(label, (counts.get(label) ?? 0) + 1);
    const selected = this.#entities.find((entity) => entity.id === this.#selectedId);
    this.#labelPanel.show(
      selected?.label ?? this.#currentLabel,
      selected ? "of the selected text" : "of the next selection",
      counts,
    );
    const ordered = this.#entities.toSorted((a, b) => a.startOffset - b.startOffset);
    this.#list.draw({
      shapes: ordered,
      selectedId: this.#selectedId,
      colors: this.#colors,
      isNothing: this.#history.state.isNothing,
    });
    this.#undo.disabled = !this.#history.canUndo;
    this.#redo.disabled = !this.#history.canRedo;
    this.#delete.disabled = selected === undefined;
  }

  #say(text) {
    this.#live.textContent = text;
  }
}

function shorten(text) {
  const characters = Array.from(text);
  return characters.length > 18 ? `${characters.slice(0, 17).join("")}…` : text;
}
