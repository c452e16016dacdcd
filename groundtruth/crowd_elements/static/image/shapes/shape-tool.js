/**
 * What the pointer does to shapes: select, move, drag by a handle; starting a new shape is left to a maker.
 *
 * A press on a handle or on the selected shape moves it; a click on any shape selects it; any other press starts a new
 * shape, also inside or beside a box, because fields lie close together. With Shift or Alt a press always starts one.
 */

const DRAG_FROM = 4;
const REACH = { mouse: 7, pen: 9, touch: 16 };

export class ShapeTool {
  #annotator;
  #viewport;
  #maker;
  #gesture = null;

  /** `maker` starts and finishes new shapes: press(point, event), drag(…), release(…), hover(…), abandon(), isBusy. */
  constructor(annotator, maker) {
    this.#annotator = annotator;
    this.#viewport = annotator.viewport;
    this.#maker = maker;
    const on = (type, handler) => this.#viewport.addEventListener(type, (event) => handler(event.detail));
    on("down", (detail) => this.#down(detail));
    on("move", (detail) => this.#move(detail));
    on("up", (detail) => this.#up(detail));
    on("cancel", () => this.cancel());
    on("hover", (detail) => this.#hover(detail));
    on("leave", () => this.#leave());
  }

  /** Gives up what is being done; false when nothing was. */
  cancel() {
    const wasBusy = this.#gesture !== null || this.#maker.isBusy;
    this.#gesture = null;
    this.#maker.abandon();
    this.#annotator.setUnfinished(null);
    return wasBusy;
  }

  #down({ point, event }) {
    const annotator = this.#annotator;
    annotator.takeFocus();
    const start = { point, x: event.clientX, y: event.clientY, moved: false };
    if (this.#maker.isBusy) {
      this.#gesture = { ...start, mode: "make" };
      this.#maker.press(point, event);
      return;
    }
    const target = event.shiftKey || event.altKey ? { kind: "ground" } : this.#target(point, event);
    if (target.kind === "handle")
      this.#gesture = { ...start, mode: "handle", shape: annotator.selected, handle: target.handle };
    else if (target.kind === "body") this.#gesture = { ...start, mode: "shape", shape: target.shape };
    else if (target.kind === "click") this.#gesture = { ...start, mode: "click", shape: target.shape };
    else {
      this.#gesture = { ...start, mode: "make" };
      this.#maker.press(point, event);
    }
  }

  #move({ point, event }) {
    const gesture = this.#gesture;
    if (gesture === null) return;
    gesture.moved ||= Math.hypot(event.clientX - gesture.x, event.clientY - gesture.y) >= DRAG_FROM;
    this.#annotator.guide(gesture.mode === "make" ? event : null);
    if (!gesture.moved) return;
    if (gesture.mode === "make") this.#maker.drag(gesture.point, point, event);
    else if (gesture.mode === "click") this.#startInside(gesture, point, event);
    else this.#annotator.setUnfinished(this.#changed(gesture, point));
  }

  #up({ point, event }) {
    const gesture = this.#gesture;
    this.#gesture = null;
    if (gesture === null) return;
    const annotator = this.#annotator;
    if (gesture.mode === "make") {
      this.#maker.release(gesture.point, point, gesture.moved, event);
      return;
    }
    const { unfinished } = annotator;
    annotator.setUnfinished(null);
    if (gesture.moved && unfinished !== null) annotator.replace(unfinished);
    else if (gesture.mode !== "handle") annotator.select(this.#meant(point, event)?.id ?? gesture.shape.id);
  }

  // A drag that began inside a shape not selected draws a new one there.
  #startInside(gesture, point, event) {
    gesture.mode = "make";
    this.#annotator.select(null);
    this.#maker.press(gesture.point, event);
    this.#maker.drag(gesture.point, point, event);
  }

  #changed({ mode, shape, handle, point: from }, to) {
    const { kind } = this.#annotator;
    const natural = this.#viewport.natural;
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    return mode === "handle"
      ? kind.dragHandle(shape, handle.name, dx, dy, natural)
      : kind.moveBy(shape, dx, dy, natural);
  }

  #target(point, event) {
    const { kind, selected, isFresh } = this.#annotator;
    // The next shape often begins right beside the one just drawn, which is selected only to be put right.
    const reach = this.#reach(event) * (isFresh ? 0.5 : 1);
    if (selected !== null) {
      const handles = kind.handles(selected, this.#viewport.scale);
      const handle = nearest(handles, point, Math.min(reach * 1.3, this.#roomInside(selected, point)));
      if (handle !== null) return { kind: "handle", handle };
      if (kind.hit(selected, point, reach) !== null) return { kind: "body", shape: selected };
    }
    const shape = this.#meant(point, event);
    if (shape === null) return { kind: "ground" };
    const isGrip = kind.hit(shape, point, reach) === "edge" && !kind.isDrawnByDrag;
    return { kind: isGrip ? "body" : "click", shape };
  }

  // Inside a small shape the handles leave the middle free, so that it can be moved.
  #roomInside(shape, { x, y }) {
    const { left, top, width, height } = this.#annotator.kind.bounds(shape);
    const isInside = x > left && x < left + width && y > top && y < top + height;
    return isInside ? 0.3 * Math.min(width, height) : Infinity;
  }

  #meant(point, event) {
    const { kind, shapes } = this.#annotator;
    const reach = this.#reach(event);
    const under = shapes.filter((shape) => kind.hit(shape, point, reach) !== null);
    return under.toSorted((a, b) => kind.size(a) - kind.size(b))[0] ?? null;
  }

  #reach(event) {
    return (REACH[event.pointerType] ?? REACH.mouse) / this.#viewport.scale;
  }

  #hover({ point, event }) {
    if (this.#maker.isBusy) {
      this.#annotator.guide(event);
      this.#maker.hover(point, event);
      return;
    }
    const target = event.shiftKey || event.altKey ? { kind: "ground" } : this.#target(point, event);
    const click = this.#annotator.kind.isDrawnByDrag ? "crosshair" : "pointer";
    const cursor = { handle: target.handle?.cursor, body: "move", click, ground: "crosshair" }[target.kind];
    this.#viewport.element.style.cursor = this.#viewport.isPanning ? "" : cursor;
    this.#annotator.hover(target.shape?.id ?? null);
    this.#annotator.guide(target.kind === "ground" || target.kind === "click" ? event : null);
  }

  #leave() {
    this.#annotator.hover(null);
    this.#annotator.guide(null);
  }
}

function nearest(handles, point, reach) {
  let best = null;
  let least = reach;
  for (const handle of handles) {
    const distance = Math.max(Math.abs(handle.x - point.x), Math.abs(handle.y - point.y));
    if (distance > least || (distance === least && best !== null)) continue;
    best = handle;
    least = distance;
  }
  return best;
}
