/**
 * Shows an image that can be zoomed and panned, and translates between the screen and the image's own pixels.
 *
 * The image is moved and scaled by a CSS transform, which costs nothing even for large pages; what is drawn over it lies
 * in an SVG of screen size, so lines stay thin and texts readable at any zoom. Image coordinates are natural pixels
 * with the origin at the top left, after the orientation that a photo's EXIF data asks for.
 */

import { el, svg } from "../core/dom.js";
import { onPreferences, prefer, preference } from "../core/preferences.js";
import { attachNavigation } from "./navigation.js";

const MARGIN = 12;
const MAX_SCALE = 40;
// At this scale a reader wants to see pixels, not a blur.
const PIXELATED_FROM = 4;
// So much of the image always stays in view, in CSS pixels.
const KEPT_IN_VIEW = 60;

export const VIEWPORT_STYLES = `
  .viewport {
    position: relative;
    flex: 1;
    min-height: 0;
    overflow: hidden;
    background: var(--gt-canvas);
    touch-action: none;
    user-select: none;
    -webkit-user-select: none;
  }
  .viewport.grabbable { cursor: grab; }
  .viewport.grabbing { cursor: grabbing; }
  .world {
    position: absolute;
    top: 0;
    left: 0;
    transform-origin: 0 0;
    background: #fff;
    box-shadow: 0 0 0 1px rgb(0 0 0 / 0.25);
  }
  .world img {
    display: block;
    image-orientation: from-image;
    max-width: none;
    -webkit-user-drag: none;
    pointer-events: none;
  }
  .world canvas {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    image-rendering: pixelated;
    pointer-events: none;
  }
  .world.pixelated img { image-rendering: pixelated; }
  .overlay { position: absolute; inset: 0; width: 100%; height: 100%; overflow: hidden; }
  .notice {
    position: absolute;
    inset: 0;
    display: grid;
    place-content: center;
    padding: 1.5em;
    text-align: center;
    color: var(--gt-muted);
    overflow-wrap: anywhere;
  }
  .notice.failed { color: var(--gt-danger); font-weight: 500; background: var(--gt-danger-soft); }
`;

export class Viewport extends EventTarget {
  #world = el("div", { class: "world", hidden: true });
  #notice = el("div", { class: "notice", role: "status" });
  #image = null;
  // How the image is fitted; null once the worker has zoomed or panned.
  #fit = "page";
  #size = { width: 0, height: 0 };

  /** Image pixels to screen: scale, and where the image's corner lies in the element. */
  scale = 1;
  x = 0;
  y = 0;
  /** The image's natural size, null until it is loaded. */
  natural = null;
  /** Why there is no image, as a sentence, or null. */
  problem = null;
  /** Set to pan with the primary button, as with no tool in the hand. */
  isPanning = false;

  // Without a role an SVG counts as one picture, and what can be focused in it as part of that picture.
  overlay = svg("svg", { class: "overlay", role: "none" });
  element = el("div", { class: "viewport" }, this.#world, this.overlay, this.#notice);

  constructor() {
    super();
    attachNavigation(this);
    new ResizeObserver(() => this.#onResize()).observe(this.element);
    onPreferences(() => this.#fit !== null && this.fit(preference("fit", "page")));
  }

  /** A layer over the image in its own pixels, scaled with it. */
  addLayer(canvas) {
    this.#world.append(canvas);
  }

  load(source) {
    this.#image?.remove();
    this.#world.hidden = true;
    this.natural = null;
    this.problem = null;
    const trouble = sourceTrouble(source);
    if (trouble !== null) {
      this.#fail(trouble);
      return;
    }
    this.#tell("Loading the image…", false);
    const image = el("img", { alt: "", draggable: "false", decoding: "async" });
    image.addEventListener("load", () => image === this.#image && this.#onLoad(image));
    image.addEventListener("error", () => image === this.#image && this.#fail(loadTrouble(source)));
    this.#image = image;
    image.src = source;
  }

  /** A point of the window in the element's own CSS pixels, which CSS zoom or a transform around it may have scaled. */
  toLocal(clientX, clientY) {
    const frame = this.element.getBoundingClientRect();
    const enlargement = frame.width / this.element.offsetWidth || 1;
    return { x: (clientX - frame.left) / enlargement, y: (clientY - frame.top) / enlargement };
  }

  /** The point of the image under a point of the window; it may lie outside the image. */
  toImage(clientX, clientY) {
    const { x, y } = this.toLocal(clientX, clientY);
    return { x: (x - this.x) / this.scale, y: (y - this.y) / this.scale };
  }

  /** Where a point of the image lies, in CSS pixels from the element's corner. */
  toScreen(x, y) {
    return { x: this.x + x * this.scale, y: this.y + y * this.scale };
  }

  clamp({ x, y }) {
    const { width, height } = this.natural;
    return { x: Math.min(Math.max(x, 0), width), y: Math.min(Math.max(y, 0), height) };
  }

  /** Shows the whole image ("page"), its whole width from the top ("width"), or one image pixel a CSS pixel ("actual"). */
  fit(how = "page") {
    if (this.natural === null || this.#size.width === 0) return;
    const { width, height } = this.#size;
    const wide = (width - 2 * MARGIN) / this.natural.width;
    const high = (height - 2 * MARGIN) / this.natural.height;
    this.scale = { page: Math.min(wide, high), width: wide, actual: 1 }[how];
    this.scale = Math.max(this.scale, 0.001);
    this.x = (width - this.natural.width * this.scale) / 2;
    this.y = how === "width" ? MARGIN : (height - this.natural.height * this.scale) / 2;
    if (this.y < MARGIN && how !== "page") this.y = MARGIN;
    this.#fit = how;
    this.#apply();
  }

  /** Fits the image as the worker asks, now and in the tasks to come. */
  choose(how) {
    prefer("fit", how);
    this.fit(how);
  }

  /** Zooms by `factor`, keeping what lies under a point of the window in place; by default the middle. */
  zoom(factor, clientX = null, clientY = null) {
    this.zoomAt(
      factor,
      clientX === null ? { x: this.#size.width / 2, y: this.#size.height / 2 } : this.toLocal(clientX, clientY),
    );
  }

  /** Zooms by `factor`, keeping what lies under a point of the element in place. */
  zoomAt(factor, at) {
    if (this.natural === null) return;
    const wanted = Math.min(Math.max(this.scale * factor, this.#leastScale()), MAX_SCALE);
    const change = wanted / this.scale;
    this.x = at.x - (at.x - this.x) * change;
    this.y = at.y - (at.y - this.y) * change;
    this.scale = wanted;
    this.#fit = null;
    this.#apply();
  }

  pan(dx, dy) {
    if (this.natural === null) return;
    this.x += dx;
    this.y += dy;
    this.#fit = null;
    this.#apply();
  }

  /** Moves just far enough that a rectangle of the image is in view. */
  reveal({ left, top, width, height }) {
    if (this.natural === null) return;
    const from = this.toScreen(left, top);
    const to = this.toScreen(left + width, top + height);
    this.pan(shift(from.x, to.x, this.#size.width), shift(from.y, to.y, this.#size.height));
  }

  /** The part of the image that is in view, in image pixels. */
  get view() {
    const from = this.clamp({ x: -this.x / this.scale, y: -this.y / this.scale });
    const to = this.clamp({
      x: (this.#size.width - this.x) / this.scale,
      y: (this.#size.height - this.y) / this.scale,
    });
    return { left: from.x, top: from.y, width: to.x - from.x, height: to.y - from.y };
  }

  #onLoad(image) {
    if (image.naturalWidth === 0 || image.naturalHeight === 0) {
      this.#fail("The image has no size of its own, so nothing can be placed on it.");
      return;
    }
    this.natural = { width: image.naturalWidth, height: image.naturalHeight };
    image.width = image.naturalWidth;
    image.height = image.naturalHeight;
    this.#world.prepend(image);
    this.#world.hidden = false;
    this.#tell("", false);
    this.#measure();
    this.fit(preference("fit", "page"));
    this.dispatchEvent(new Event("load"));
  }

  #fail(problem) {
    this.problem = problem;
    this.#tell(problem, true);
    this.dispatchEvent(new Event("problem"));
  }

  #tell(text, isFailure) {
    this.#notice.textContent = text;
    this.#notice.hidden = text === "";
    this.#notice.classList.toggle("failed", isFailure);
  }

  #measure() {
    this.#size = { width: this.element.clientWidth, height: this.element.clientHeight };
  }

  #onResize() {
    const before = this.#size;
    this.#measure();
    if (this.natural === null) return;
    if (this.#fit !== null || before.width === 0) {
      this.fit(this.#fit ?? "page");
      return;
    }
    this.x += (this.#size.width - before.width) / 2;
    this.y += (this.#size.height - before.height) / 2;
    this.#apply();
  }

  #leastScale() {
    const { width, height } = this.natural;
    return Math.min(1, 0.5 * Math.min(this.#size.width / width, this.#size.height / height));
  }

  #apply() {
    const { width, height } = this.natural;
    this.x = keepInView(this.x, width * this.scale, this.#size.width);
    this.y = keepInView(this.y, height * this.scale, this.#size.height);
    this.#world.style.transform = `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
    this.#world.classList.toggle("pixelated", this.scale >= PIXELATED_FROM);
    this.dispatchEvent(new Event("view"));
  }
}

function keepInView(start, length, room) {
  const kept = Math.min(KEPT_IN_VIEW, length, room);
  return Math.min(Math.max(start, kept - length), room - kept);
}

function shift(from, to, room) {
  if (from >= MARGIN && to <= room - MARGIN) return 0;
  if (to - from > room - 2 * MARGIN) return MARGIN - from;
  return from < MARGIN ? MARGIN - from : room - MARGIN - to;
}

function sourceTrouble(source) {
  if (!source) return "There is no image: the template's src is empty.";
  if (/^s3:/i.test(source))
    return "The image cannot be shown: src is an S3 URI. The template needs | grant_read_access there.";
  return null;
}

function loadTrouble(source) {
  // Signed addresses carry a secret in their query; a worker may well send a picture of this message.
  const address = source.startsWith("data:") ? "the picture in the page itself" : source.split(/[?#]/)[0];
  return `The image could not be loaded (${address}). Reload the page; if it stays so, tell the task's owner.`;
}
