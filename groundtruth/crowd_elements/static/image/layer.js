/** Draws shapes over an image. Each is a focusable node, kept from one drawing to the next so that focus stays. */

import { setAttributes, svg } from "../core/dom.js";
import { colorOf } from "./palette.js";

const TAG_HEIGHT = 15;
const HANDLE = 9;

export const LAYER_STYLES = `
  /* Over the image colours stay the same in the dark: a page of paper is white. */
  .overlay { font: 11px var(--gt-font); forced-color-adjust: none; }
  .overlay g.shape { pointer-events: none; outline: none; }
  .shape .body {
    fill: var(--color);
    fill-opacity: 0.07;
    stroke: var(--color);
    stroke-width: 2;
    stroke-linejoin: round;
  }
  .shape .casing { fill: none; stroke: #fff; stroke-opacity: 0.75; stroke-width: 4; stroke-linejoin: round; }
  .shape.open .body { fill: none; }
  .shape .point { fill: var(--color); stroke: #fff; stroke-width: 1.5; }
  .shape.hovered .body { fill-opacity: 0.16; }
  .shape.selected .body { stroke-width: 2.5; fill-opacity: 0.12; }
  .shape.unfinished .body { stroke-dasharray: 6 4; }
  .shape:focus-visible .casing { stroke: #0b5cad; stroke-opacity: 1; stroke-width: 7; }
  .tag rect { fill: var(--color); fill-opacity: 0.92; }
  .tag text { fill: #fff; font-weight: 500; }
  .handle { fill: #fff; stroke: var(--color); stroke-width: 2; }
  .handle.minor { opacity: 0.55; }
  .handle.active { fill: var(--color); stroke: #fff; }
  .guide { stroke: #1f6fd1; stroke-width: 1; stroke-dasharray: 4 3; opacity: 0.8; }
`;

export class ShapeLayer {
  #viewport;
  #kind;
  #onFocus;
  #shapes = svg("g");
  #handles = svg("g");
  #guides = svg("g", {}, svg("line", { class: "guide" }), svg("line", { class: "guide" }));
  #nodes = new Map();

  /** `onFocus(id)` is called when the keyboard reaches a shape. */
  constructor(viewport, kind, onFocus) {
    this.#viewport = viewport;
    this.#kind = kind;
    this.#onFocus = onFocus;
    this.#guides.setAttribute("visibility", "hidden");
    viewport.overlay.append(this.#shapes, this.#handles, this.#guides);
  }

  /** `scene`: shapes, selectedId, hoveredId, unfinishedId, colors, areNamesShown. */
  draw(scene) {
    const present = new Set(scene.shapes.map((shape) => shape.id));
    for (const [id, node] of this.#nodes) {
      if (present.has(id)) continue;
      node.group.remove();
      this.#nodes.delete(id);
    }
    scene.shapes.forEach((shape, at) => this.#drawShape(shape, at, scene));
    this.#drawHandles(scene);
  }

  focus(id) {
    this.#nodes.get(id)?.group.focus({ preventScroll: true });
  }

  /** Lines through a point of the window, to see what a box's edge would touch; null hides them. */
  guide(at) {
    this.#guides.setAttribute("visibility", at === null ? "hidden" : "visible");
    if (at === null) return;
    const { x, y } = this.#viewport.toLocal(at.clientX, at.clientY);
    const [across, down] = this.#guides.children;
    setAttributes(across, { x1: 0, x2: "100%", y1: y, y2: y });
    setAttributes(down, { x1: x, x2: x, y1: 0, y2: "100%" });
  }

  #drawShape(shape, at, { shapes, selectedId, hoveredId, unfinishedId, colors, areNamesShown }) {
    const node = this.#nodes.get(shape.id) ?? this.#make(shape.id);
    const { group } = node;
    if (this.#shapes.children[at] !== group && !group.contains(group.getRootNode().activeElement)) {
      this.#shapes.insertBefore(group, this.#shapes.children[at] ?? null);
    }
    // A shape that is being drawn has no id yet.
    const isSelected = shape.id !== null && shape.id === selectedId;
    const isHovered = shape.id !== null && shape.id === hoveredId;
    const open = this.#kind.isOpen?.(shape) ? " open" : "";
    const marks = `${isSelected ? " selected" : ""}${isHovered ? " hovered" : ""}${shape.id === unfinishedId ? " unfinished" : ""}`;
    setAttributes(group, {
      class: `shape${open}${marks}`,
      style: `--color: ${colorOf(colors, shape.label)}`,
      "aria-label": `${shape.label}, ${this.#kind.noun} ${at + 1} of ${shapes.length}, ${this.#kind.describe(shape)}`,
      "aria-pressed": String(isSelected),
    });
    const outline = this.#outline(shape);
    setAttributes(node.casing, { d: outline });
    setAttributes(node.body, { d: outline });
    this.#drawPoints(node, shape);
    this.#drawTag(node, shape, areNamesShown || isSelected || isHovered);
  }

  #outline(shape) {
    if (this.#kind.outline) return this.#kind.outline(shape, (x, y) => this.#viewport.toScreen(x, y));
    const { left, top, width, height } = this.#kind.bounds(shape);
    const from = this.#viewport.toScreen(left, top);
    const { scale } = this.#viewport;
    return `M${from.x} ${from.y}h${width * scale}v${height * scale}h${-width * scale}z`;
  }

  #drawPoints(node, shape) {
    const points = this.#kind.points?.(shape) ?? [];
    while (node.points.childElementCount > points.length) node.points.lastChild.remove();
    points.forEach((point, at) => {
      const circle = node.points.children[at] ?? node.points.appendChild(svg("circle", { class: "point" }));
      const { x, y } = this.#viewport.toScreen(point.x, point.y);
      setAttributes(circle, { cx: x, cy: y, r: this.#kind.pointRadius });
    });
  }

  #drawTag({ tag, text, plate }, shape, isShown) {
    setAttributes(tag, { visibility: isShown ? "visible" : "hidden" });
    if (!isShown) return;
    if (text.textContent !== shape.label) {
      text.textContent = shape.label;
      plate.setAttribute("width", textWidth(shape.label) + 8);
    }
    const bounds = this.#kind.bounds(shape);
    const { x, y } = this.#viewport.toScreen(bounds.left, bounds.top);
    const below = this.#viewport.toScreen(bounds.left, bounds.top + bounds.height).y;
    const above = y - TAG_HEIGHT - 1;
    setAttributes(tag, { transform: `translate(${Math.max(x - 1, 0)} ${above >= 0 ? above : below + 1})` });
  }

  #drawHandles({ shapes, selectedId, colors, activeHandle }) {
    const selected = shapes.find((shape) => shape.id !== null && shape.id === selectedId);
    const handles = selected === undefined ? [] : this.#kind.handles(selected, this.#viewport.scale);
    while (this.#handles.childElementCount > handles.length) this.#handles.lastChild.remove();
    handles.forEach((handle, at) => {
      const node =
        this.#handles.children[at] ??
        this.#handles.appendChild(svg("rect", { class: "handle", width: HANDLE, height: HANDLE, rx: 2 }));
      const { x, y } = this.#viewport.toScreen(handle.x, handle.y);
      const kinds = `handle${handle.isMinor ? " minor" : ""}${handle.name === activeHandle ? " active" : ""}`;
      setAttributes(node, {
        class: kinds,
        x: x - HANDLE / 2,
        y: y - HANDLE / 2,
        style: `--color: ${colorOf(colors, selected.label)}`,
      });
    });
  }

  #make(id) {
    const casing = svg("path", { class: "casing" });
    const body = svg("path", { class: "body" });
    const points = svg("g");
    const plate = svg("rect", { height: TAG_HEIGHT, rx: 3 });
    const text = svg("text", { x: 4, y: 11 });
    const tag = svg("g", { class: "tag", "aria-hidden": "true" }, plate, text);
    const group = svg("g", { tabindex: "0", role: "button" }, casing, body, points, tag);
    group.addEventListener("focus", () => this.#onFocus(id));
    this.#shapes.append(group);
    const node = { group, casing, body, points, tag, text, plate };
    this.#nodes.set(id, node);
    return node;
  }
}

// Measured on a canvas: an SVG text has no length while its tab is hidden.
let ruler = null;

function textWidth(text) {
  ruler ??= document.createElement("canvas").getContext("2d");
  ruler.font = "500 11px system-ui, sans-serif";
  return Math.ceil(ruler.measureText(text).width);
}
