/**
 * Makes a shape of vertices, click by click. A shape that can take no more vertices is finished at once; another one by
 * Enter, by a double click, and a polygon by a click on its first vertex. Escape gives it up, Backspace takes back
 * the last vertex.
 */

import { inside } from "./vertices.js";

const DOUBLE_CLICK_WITHIN = 350;
// How near, in screen pixels, a click counts as on the first vertex or as the second half of a double click.
const REACH = 9;

export class VertexMaker {
  #annotator;
  #vertices = [];
  #pointer = null;
  #lastPress = { at: -Infinity, x: 0, y: 0 };

  constructor(annotator) {
    this.#annotator = annotator;
  }

  get isBusy() {
    return this.#vertices.length > 0;
  }

  press(point, event) {
    const { kind, viewport } = this.#annotator;
    const isDouble =
      event.timeStamp - this.#lastPress.at < DOUBLE_CLICK_WITHIN &&
      Math.hypot(event.clientX - this.#lastPress.x, event.clientY - this.#lastPress.y) < REACH;
    this.#lastPress = { at: event.timeStamp, x: event.clientX, y: event.clientY };
    const first = this.#vertices[0];
    const isOnFirst =
      kind.isClosed && first !== undefined && Math.hypot(point.x - first.x, point.y - first.y) * viewport.scale < REACH;
    if ((isDouble || isOnFirst) && this.#vertices.length >= kind.min) {
      this.#finish();
      return;
    }
    if (isDouble && this.isBusy) return;
    if (!this.isBusy) this.#annotator.select(null);
    this.#vertices.push(inside(point, viewport.natural));
    if (this.#vertices.length >= kind.max) this.#finish();
    else this.#show();
  }

  drag(from, to, event) {
    this.hover(to, event);
  }

  // A press that is drawn out makes two vertices: a line can be dragged.
  release(from, to, moved) {
    if (!moved || this.#vertices.length !== 1) return;
    this.#vertices.push(inside(to, this.#annotator.viewport.natural));
    if (this.#vertices.length >= this.#annotator.kind.max) this.#finish();
    else this.#show();
  }

  hover(point) {
    if (!this.isBusy) return;
    this.#pointer = inside(point, this.#annotator.viewport.natural);
    this.#show();
  }

  abandon() {
    this.#vertices = [];
    this.#pointer = null;
  }

  onKey(event) {
    if (!this.isBusy || event.ctrlKey || event.altKey) return false;
    if (event.key === "Enter") {
      if (this.#vertices.length >= this.#annotator.kind.min) this.#finish();
      return true;
    }
    if (event.key !== "Backspace") return false;
    this.#vertices.pop();
    this.#show();
    return true;
  }

  /** A shape in the middle of what is in view, to be moved by the keyboard. */
  atCenter({ left, top, width, height }) {
    const { kind } = this.#annotator;
    const center = { x: left + width / 2, y: top + height / 2 };
    const reach = { x: width / 10, y: height / 10 };
    const corners = {
      1: [[0, 0]],
      2: [
        [-1, 0],
        [1, 0],
      ],
      3: [
        [-1, -1],
        [1, -1],
        [1, 1],
        [-1, 1],
      ],
    }[kind.min];
    return this.#shape(corners.map(([x, y]) => ({ x: center.x + x * reach.x, y: center.y + y * reach.y })));
  }

  #finish() {
    const shape = this.#shape(this.#vertices);
    this.abandon();
    this.#annotator.setUnfinished(null);
    this.#annotator.add(shape);
  }

  #show() {
    const { kind } = this.#annotator;
    const next = this.#pointer === null || this.#vertices.length >= kind.max ? [] : [this.#pointer];
    this.#annotator.setUnfinished(this.isBusy ? this.#shape([...this.#vertices, ...next]) : null);
  }

  #shape(vertices) {
    const { viewport, currentLabel } = this.#annotator;
    return { id: null, label: currentLabel, vertices: vertices.map((vertex) => inside(vertex, viewport.natural)) };
  }
}
