/**
 * Moves a viewport by wheel, middle button, space and drag, and two fingers; hands every other press to the tool.
 *
 * A tool is told by events of the viewport: `down`, `move`, `up`, `cancel` and `hover`, each with `detail` =
 * {point (image pixels, unclamped), event (the pointer event)}.
 */

import { isTyping } from "../core/dom.js";

const WHEEL_STEP = 0.0016;
const PIXELS_A_LINE = 20;

/** Connects the pointer and the wheel to `viewport`. */
export function attachNavigation(viewport) {
  new Navigation(viewport);
}

class Navigation {
  #viewport;
  #element;
  #pointers = new Map();
  // What the pressed pointer is doing: "pan", "tool", "pinch", or null.
  #mode = null;
  #isSpaceDown = false;

  constructor(viewport) {
    this.#viewport = viewport;
    this.#element = viewport.element;
    const on = (type, handler, options) => this.#element.addEventListener(type, handler, options);
    on("wheel", (event) => this.#onWheel(event), { passive: false });
    on("pointerdown", (event) => this.#onDown(event));
    on("pointermove", (event) => this.#onMove(event));
    on("pointerup", (event) => this.#onUp(event));
    on("pointercancel", (event) => this.#onCancel(event));
    on("lostpointercapture", (event) => this.#onCancel(event));
    on("pointerleave", () => this.#viewport.dispatchEvent(new Event("leave")));
    // The middle button would start the browser's own scrolling.
    on("mousedown", (event) => event.button === 1 && event.preventDefault());
    on("contextmenu", (event) => this.#mode !== null && event.preventDefault());
    on("pointerenter", () => this.#watchSpace());
  }

  // Space is held anywhere on the page, so the document is watched while the pointer is over the image.
  #watchSpace() {
    const watch = new AbortController();
    const set = (isDown) => {
      this.#isSpaceDown = isDown;
      this.#element.classList.toggle("grabbable", isDown || this.#viewport.isPanning);
    };
    const onKey = (event) => {
      if (event.code !== "Space" || isTyping(event)) return;
      const isOnControl = event
        .composedPath()
        .some((node) => ["button", "input", "a", "label"].includes(node.localName));
      if (event.type === "keydown" && isOnControl) return;
      if (event.type === "keydown") event.preventDefault();
      set(event.type === "keydown");
    };
    document.addEventListener("keydown", onKey, { signal: watch.signal });
    document.addEventListener("keyup", onKey, { signal: watch.signal });
    const end = () => {
      watch.abort();
      set(false);
    };
    this.#element.addEventListener("pointerleave", end, { once: true, signal: watch.signal });
    window.addEventListener("blur", end, { once: true, signal: watch.signal });
  }

  #onWheel(event) {
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : PIXELS_A_LINE;
    const distance = (event.deltaY || event.deltaX) * unit;
    if (event.shiftKey) this.#viewport.pan(-distance, 0);
    else if (event.altKey) this.#viewport.pan(0, -distance);
    else {
      // A pinch on a touchpad arrives as a wheel with Ctrl, in much smaller steps.
      const step = event.ctrlKey ? WHEEL_STEP * 5 : WHEEL_STEP;
      const factor = Math.exp(-Math.max(-400, Math.min(400, distance)) * step);
      this.#viewport.zoom(factor, event.clientX, event.clientY);
    }
  }

  #onDown(event) {
    if (event.target.closest?.("button, a, input")) return;
    const touches = event.pointerType === "touch";
    this.#pointers.set(event.pointerId, this.#viewport.toLocal(event.clientX, event.clientY));
    if (touches && this.#pointers.size === 2) {
      if (this.#mode === "tool") this.#emit("cancel", event);
      this.#mode = "pinch";
    } else if (this.#mode === null) {
      this.#mode = this.#modeOf(event);
      if (this.#mode === null) {
        this.#pointers.delete(event.pointerId);
        return;
      }
      if (this.#mode === "pan") this.#element.classList.add("grabbing");
      else this.#emit("down", event);
    }
    // Capture keeps the drag alive outside the image, and outside the frame.
    this.#element.setPointerCapture(event.pointerId);
  }

  #modeOf(event) {
    if (event.button === 1) return "pan";
    if (event.button !== 0) return null;
    return this.#isSpaceDown || this.#viewport.isPanning ? "pan" : "tool";
  }

  #onMove(event) {
    const before = this.#pointers.get(event.pointerId);
    if (before === undefined) {
      if (event.pointerType !== "touch") this.#emit("hover", event);
      return;
    }
    const now = this.#viewport.toLocal(event.clientX, event.clientY);
    if (this.#mode === "pan") this.#viewport.pan(now.x - before.x, now.y - before.y);
    else if (this.#mode === "pinch") this.#pinch(event.pointerId, before, now);
    else if (this.#mode === "tool") this.#emit("move", event);
    this.#pointers.set(event.pointerId, now);
  }

  #pinch(id, before, now) {
    const other = Array.from(this.#pointers).find(([key]) => key !== id)?.[1];
    if (other === undefined) return;
    const spread = (point) => Math.hypot(point.x - other.x, point.y - other.y);
    this.#viewport.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
    if (spread(before) > 0)
      this.#viewport.zoomAt(spread(now) / spread(before), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
  }

  #onUp(event) {
    if (!this.#pointers.delete(event.pointerId)) return;
    if (this.#mode === "tool") this.#emit("up", event);
    this.#settle();
  }

  #onCancel(event) {
    if (!this.#pointers.delete(event.pointerId)) return;
    if (this.#mode === "tool") this.#emit("cancel", event);
    this.#settle();
  }

  #settle() {
    if (this.#pointers.size > 0) return;
    this.#mode = null;
    this.#element.classList.remove("grabbing");
  }

  #emit(type, event) {
    if (this.#viewport.natural === null) return;
    const point = this.#viewport.toImage(event.clientX, event.clientY);
    this.#viewport.dispatchEvent(new CustomEvent(type, { detail: { point, event } }));
  }
}
