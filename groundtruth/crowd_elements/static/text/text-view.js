/**
 * Shows a text with marked spans, and says what the worker selects in it.
 *
 * The text is an editable element whose edits are all refused: so it has a caret, and the keyboard selects in it as in
 * any text field. Names of labels are drawn by the style sheet, so that they are no part of the text.
 */

import { el } from "../core/dom.js";
import { Offsets, segments } from "./offsets.js";

export const TEXT_VIEW_STYLES = `
  .text-view {
    flex: 1;
    min-height: 12rem;
    margin: 0;
    padding: 1em 1.25em;
    overflow: auto;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    line-height: 2.1;
    font-size: 1.05em;
    cursor: text;
  }
  .text-view:focus-visible { outline-offset: -2px; }
  .text-view mark {
    padding: 0.15em 0;
    border-radius: 3px;
    background: color-mix(in srgb, var(--color) 22%, transparent);
    box-shadow: inset 0 -2px 0 var(--color);
    color: inherit;
    cursor: pointer;
  }
  .text-view mark.last::after {
    content: attr(data-tag);
    margin-inline: 0.3em 0.15em;
    padding: 0.1em 0.4em;
    border-radius: 3px;
    background: var(--color);
    color: #fff;
    font-size: 0.7em;
    font-weight: 600;
    vertical-align: 0.1em;
    user-select: none;
  }
  .text-view mark.selected {
    background: color-mix(in srgb, var(--color) 40%, transparent);
    outline: 2px solid var(--color);
  }
`;

export class TextView {
  #root;
  #offsets = new Offsets("");
  #marks = [];

  /** `root`: the shadow root that `element` is put in. `onSelect(span)` is told {start, end} after the mouse. */
  constructor(root, onSelect) {
    this.#root = root;
    this.element = el("div", {
      class: "text-view",
      contenteditable: "true",
      role: "textbox",
      "aria-multiline": "true",
      "aria-readonly": "true",
      "aria-label": "The text to label; select words with Shift and the arrow keys",
      spellcheck: "false",
      inputmode: "none",
      tabindex: "0",
    });
    this.element.addEventListener("beforeinput", (event) => event.preventDefault());
    this.element.addEventListener("drop", (event) => event.preventDefault());
    this.element.addEventListener("dragstart", (event) => event.preventDefault());
    // Released outside the text, a selection counts as well.
    this.element.addEventListener("pointerdown", () => {
      document.addEventListener("pointerup", () => setTimeout(() => onSelect(this.selection)), { once: true });
    });
  }

  get offsets() {
    return this.#offsets;
  }

  setText(text) {
    this.#offsets = new Offsets(text);
  }

  /** Marks `entities` ({id, label, startOffset, endOffset}); `look(label)` gives {color, tag}. Keeps the caret. */
  draw(entities, selectedId, look) {
    const hadFocus = this.#root.activeElement === this.element;
    const caret = hadFocus ? this.selection : null;
    this.#marks = segments(this.#offsets.length, entities).map(({ start, end, entity }) => {
      const text = this.#offsets.slice(start, end);
      if (entity === null) return document.createTextNode(text);
      const { color, tag } = look(entity.label);
      const kinds = [entity.endOffset === end ? "last" : "", entity.id === selectedId ? "selected" : ""]
        .filter(Boolean)
        .join(" ");
      return el("mark", { class: kinds, style: `--color: ${color}`, "data-tag": tag, title: entity.label }, text);
    });
    this.element.replaceChildren(...this.#marks);
    if (caret !== null) this.#place(caret.end);
  }

  /** What is selected, as code points {start, end}; equal where there is only a caret; null outside the text. */
  get selection() {
    const range = this.#range();
    if (range === null || !this.element.contains(range.startContainer) || !this.element.contains(range.endContainer))
      return null;
    return {
      start: this.#position(range.startContainer, range.startOffset),
      end: this.#position(range.endContainer, range.endOffset),
    };
  }

  /** Puts the caret behind the code point `offset` and brings it into view. */
  reveal(offset) {
    this.element.focus({ preventScroll: true });
    this.#place(offset);
    const at = this.#marks.find((node) => node.nodeType === Node.ELEMENT_NODE && node.classList.contains("selected"));
    at?.scrollIntoView({ block: "nearest" });
  }

  #range() {
    const selection = document.getSelection();
    const composed = selection?.getComposedRanges?.({ shadowRoots: [this.#root] })[0];
    if (composed !== undefined) return composed;
    const own = this.#root.getSelection?.() ?? selection;
    return own && own.rangeCount > 0 ? own.getRangeAt(0) : null;
  }

  #position(container, offset) {
    const before = document.createRange();
    before.setStart(this.element, 0);
    before.setEnd(container, offset);
    return this.#offsets.fromUnit(before.toString().length);
  }

  #place(offset) {
    let left = this.#offsets.toUnit(offset);
    const walker = document.createTreeWalker(this.element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      if (left <= node.length) {
        document.getSelection().collapse(node, left);
        return;
      }
      left -= node.length;
    }
  }
}
