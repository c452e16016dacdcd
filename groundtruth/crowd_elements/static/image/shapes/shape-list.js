/** The list of shapes drawn so far, beside the image. */

import { el } from "../../core/dom.js";
import { icon } from "../../core/icons.js";
import { colorOf } from "../palette.js";

export const SHAPE_LIST_STYLES = `
  .shapes { flex: 1; min-height: 9rem; overflow: auto; padding: 0.6em; border-top: 1px solid var(--gt-line); }
  .shapes ol { margin: 0; padding: 0; list-style: none; }
  .shapes .empty { margin: 0 0.25em; color: var(--gt-muted); font-size: 0.9em; }
  .shape-row { display: flex; align-items: center; border-radius: var(--gt-radius); border: 1px solid transparent; }
  .shape-row:hover { background: var(--gt-hover); }
  .shape-row.selected { background: var(--gt-accent-soft); border-color: var(--gt-accent); }
  button.shape {
    display: flex;
    align-items: center;
    gap: 0.5em;
    flex: 1;
    min-width: 0;
    min-height: 1.9em;
    padding: 0.15em 0.4em;
    border: 0;
    background: none;
    text-align: start;
    cursor: pointer;
  }
  button.shape .size {
    color: var(--gt-muted);
    font-size: 0.8em;
    white-space: nowrap;
    font-variant-numeric: tabular-nums;
  }
  .shape-row .remove { min-width: 1.9em; min-height: 1.9em; padding: 0.1em; color: var(--gt-muted); }
  .nothing {
    display: flex;
    align-items: center;
    gap: 0.5em;
    margin: 0 0.25em 0.3em;
    padding: 0.25em 0;
    cursor: pointer;
  }
  .nothing input { width: 1.1em; height: 1.1em; margin: 0; accent-color: var(--gt-accent); }
  .nothing:has(:disabled) { color: var(--gt-muted); cursor: default; }
`;

export class ShapeList {
  #kind;
  #actions;
  #title = el("h3");
  #list = el("ol");
  #empty;
  #nothing = el("input", { type: "checkbox" });
  #rows = new Map();

  /** `actions`: select(id), remove(id), hover(id or null), setNothing(bool). */
  constructor(kind, actions) {
    this.#kind = kind;
    this.#actions = actions;
    this.#empty = el("p", { class: "empty" }, `No ${kind.plural} yet.`);
    this.#nothing.addEventListener("input", (event) => event.stopPropagation());
    this.#nothing.addEventListener("change", () => actions.setNothing(this.#nothing.checked));
    const nothing = el("label", { class: "nothing" }, this.#nothing, "Nothing to label");
    this.element = el("section", { class: "shapes" }, nothing, this.#title, this.#empty, this.#list);
  }

  draw({ shapes, selectedId, colors, isNothing }) {
    this.#title.textContent = `${this.#kind.plural[0].toUpperCase()}${this.#kind.plural.slice(1)} (${shapes.length})`;
    this.#empty.hidden = shapes.length > 0;
    this.#nothing.checked = isNothing;
    this.#nothing.disabled = shapes.length > 0;
    this.#nothing.parentElement.title = shapes.length > 0 ? `Delete the ${this.#kind.plural} first` : "";
    const present = new Set(shapes.map((shape) => shape.id));
    for (const [id, row] of this.#rows) {
      if (present.has(id)) continue;
      row.element.remove();
      this.#rows.delete(id);
    }
    shapes.forEach((shape, at) => this.#drawRow(shape, at, shape.id === selectedId, colors));
  }

  reveal(id) {
    this.#rows.get(id)?.element.scrollIntoView({ block: "nearest" });
  }

  #drawRow(shape, at, isSelected, colors) {
    const row = this.#rows.get(shape.id) ?? this.#make(shape.id);
    if (this.#list.children[at] !== row.element) this.#list.insertBefore(row.element, this.#list.children[at] ?? null);
    row.element.classList.toggle("selected", isSelected);
    row.swatch.style.setProperty("--swatch", colorOf(colors, shape.label));
    row.text.textContent = shape.label;
    row.size.textContent = colors.has(shape.label) ? this.#kind.brief(shape) : "unknown label";
    row.choose.setAttribute("aria-pressed", String(isSelected));
    row.remove.setAttribute("aria-label", `Delete ${this.#kind.noun} ${at + 1}, ${shape.label}`);
    row.remove.title = "Delete";
  }

  #make(id) {
    const swatch = el("span", { class: "swatch" });
    const text = el("span", { class: "text" });
    const size = el("span", { class: "size" });
    const choose = el(
      "button",
      { class: "shape", type: "button", onclick: () => this.#actions.select(id) },
      swatch,
      text,
      size,
    );
    const remove = el(
      "button",
      { class: "button icon remove", type: "button", onclick: () => this.#actions.remove(id) },
      icon("close"),
    );
    const element = el("li", { class: "shape-row" }, choose, remove);
    element.addEventListener("pointerenter", () => this.#actions.hover(id));
    element.addEventListener("pointerleave", () => this.#actions.hover(null));
    const row = { element, choose, remove, swatch, text, size };
    this.#rows.set(id, row);
    return row;
  }
}
