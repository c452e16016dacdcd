/**
 * What the pointer paints: brush, eraser, polygon, fill.
 *
 * The tool draws through a canvas owner with `paint(change)`, where `change(mask, index)` returns the rectangle it
 * touched; `startPaint()` and `endPaint()` enclose one step of undo.
 */

import { setAttributes, svg } from "../../core/dom.js";

const CLOSE_WITHIN = 9;

export class PaintTool {
  kind = "brush";
  radius = 12;
  /** Where the brush is, in image pixels; the arrow keys move it too. */
  at = null;
  #owner;
  #viewport;
  #last = null;
  #vertices = [];
  #cursor = svg("circle", {
    fill: "none",
    stroke: "#fff",
    "stroke-width": 1.5,
    visibility: "hidden",
    style: "mix-blend-mode: difference",
  });
  #outline = svg("path", { fill: "none", stroke: "#1f6fd1", "stroke-width": 2, "stroke-dasharray": "5 3" });

  constructor(owner) {
    this.#owner = owner;
    this.#viewport = owner.viewport;
    this.#viewport.overlay.append(this.#outline, this.#cursor);
    const on = (type, handler) => this.#viewport.addEventListener(type, (event) => handler(event.detail));
    on("down", ({ point }) => this.#down(point));
    on("move", ({ point }) => this.#move(point));
    on("up", () => this.#up());
    on("cancel", () => this.#up());
    on("hover", ({ point }) => this.#hover(point));
    on("leave", () => this.show(null));
    on("view", () => this.show(this.at));
  }

  choose(kind) {
    this.kind = kind;
    this.abandon();
    this.show(this.at);
  }

  resize(radius) {
    this.radius = Math.min(Math.max(Math.round(radius), 1), 500);
    this.show(this.at);
  }

  /** Paints once where the brush is: for the keyboard. */
  dab() {
    if (this.at === null) return;
    if (this.kind === "polygon") this.#addVertex(this.at);
    else {
      this.#down(this.at);
      this.#up();
    }
  }

  /** Gives up a polygon that is not closed; false when there was none. */
  abandon() {
    const wasBusy = this.#vertices.length > 0;
    this.#vertices = [];
    this.#drawOutline(null);
    return wasBusy;
  }

  get isBusy() {
    return this.#vertices.length > 0;
  }

  /** Closes the polygon. */
  finish() {
    const vertices = this.#vertices;
    this.abandon();
    if (vertices.length < 3) return;
    this.#owner.startPaint();
    this.#owner.paint((mask, index) => mask.fillPolygon(vertices, index));
    this.#owner.endPaint();
  }

  /** Shows the brush at a point of the image; null hides it. */
  show(point) {
    this.at = point;
    const isRound = this.kind === "brush" || this.kind === "eraser";
    setAttributes(this.#cursor, { visibility: point !== null && isRound ? "visible" : "hidden" });
    this.#viewport.element.style.cursor = this.#viewport.isPanning ? "" : "crosshair";
    if (point === null) return;
    const { x, y } = this.#viewport.toScreen(point.x, point.y);
    setAttributes(this.#cursor, { cx: x, cy: y, r: this.radius * this.#viewport.scale });
    this.#drawOutline(point);
  }

  #down(point) {
    if (this.kind === "polygon") {
      this.#addVertex(point);
      return;
    }
    this.#owner.startPaint();
    if (this.kind === "fill") {
      this.#owner.paint((mask, index) => mask.flood(point, index));
      this.#owner.endPaint();
      return;
    }
    this.#last = point;
    this.#strokeTo(point);
  }

  #move(point) {
    if (this.#last !== null) this.#strokeTo(point);
    this.show(point);
  }

  #up() {
    if (this.#last === null) return;
    this.#last = null;
    this.#owner.endPaint();
  }

  #hover(point) {
    this.show(point);
  }

  #strokeTo(point) {
    const from = this.#last;
    this.#last = point;
    const isErasing = this.kind === "eraser";
    this.#owner.paint((mask, index) => mask.stroke(from, point, this.radius, isErasing ? 0 : index));
  }

  #addVertex(point) {
    const first = this.#vertices[0];
    const isOnFirst =
      first !== undefined && Math.hypot(point.x - first.x, point.y - first.y) * this.#viewport.scale < CLOSE_WITHIN;
    if (isOnFirst) this.finish();
    else {
      this.#vertices.push(this.#viewport.clamp(point));
      this.#drawOutline(point);
    }
  }

  #drawOutline(pointer) {
    const points = [...this.#vertices, ...(this.#vertices.length > 0 && pointer !== null ? [pointer] : [])];
    const steps = points.map(({ x, y }, at) => {
      const screen = this.#viewport.toScreen(x, y);
      return `${at === 0 ? "M" : "L"}${screen.x} ${screen.y}`;
    });
    setAttributes(this.#outline, { d: steps.join("") });
  }
}
