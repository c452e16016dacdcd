/**
 * What semantic and instance segmentation have in common: a mask painted over the image.
 *
 * A region is what one number of the mask stands for: `{index, label, color}`. In semantic segmentation there is one for
 * each label, in instance segmentation one for each thing.
 */

import { el } from "../../core/dom.js";
import { ANNOTATOR_ATTRIBUTES, ANNOTATOR_STYLES, ImageAnnotator, arrowStep } from "../annotator.js";
import { split, textButton, toolButton } from "../toolbar.js";
import { SHAPE_LIST_STYLES } from "../shapes/shape-list.js";
import { Mask } from "./mask.js";
import { MaskCanvas, readMask } from "./mask-canvas.js";
import { PaintTool } from "./paint-tool.js";

export const SEGMENTATION_ATTRIBUTES = ANNOTATOR_ATTRIBUTES;
export const SEGMENTATION_STYLES = `${ANNOTATOR_STYLES}${SHAPE_LIST_STYLES}
  .toolbar input[type="range"] { width: 7em; accent-color: var(--gt-accent); }
`;

// The radius to begin with, in screen pixels: a scan has far more pixels than its picture on the screen.
const BRUSH_ON_SCREEN = 12;
const TOOLS = [
  ["brush", "Brush (B)", "brush"],
  ["eraser", "Eraser (E)", "eraser"],
  ["polygon", "Polygon (P)", "polygon"],
  ["fill", "Fill an area (G)", "fill"],
];
const NO_PATCH = { rect: { left: 0, top: 0, right: 0, bottom: 0 }, pixels: new Uint16Array(0) };
const TOOL_KEYS = { b: "brush", e: "eraser", p: "polygon", g: "fill" };

export class SegmentationAnnotator extends ImageAnnotator {
  // What undo goes through: {patch, regions}, where the patch leads back to the state before it.
  #past = [];
  #future = [];
  #regions = [];
  #isNothing = false;
  #mask = null;
  #canvas = new MaskCanvas();
  #initial = null;
  #problem = null;
  #loading = null;
  #pendingAnswer = null;
  #revision = 0;
  #encoded = { revision: -1, png: "" };
  #buttons = new Map();
  #size;
  #nothing = el("input", { type: "checkbox" });
  paintTool;

  /** The regions to begin with. */
  startRegions() {
    return [];
  }

  /** The region to paint with; a subclass may make one. Null when there is none. */
  regionToPaint() {
    return null;
  }

  /** {source, regions} of an initial value or answer; throws TypeError when it is none. */
  readSource() {
    throw new TypeError("unknown");
  }

  /** What the answer says beside the picture and the image's size. */
  describeRegions() {
    return {};
  }

  /** Called after regions or their pixels changed. */
  onRegions() {}

  render() {
    this.viewport.element.tabIndex = 0;
    this.viewport.element.setAttribute("role", "group");
    this.viewport.element.setAttribute(
      "aria-label",
      "Image to paint on. Arrow keys move the brush, Enter paints, question mark lists the keys.",
    );
    this.viewport.addLayer(this.#canvas.element);
    this.paintTool = new PaintTool(this);
    super.render();
    this.#chooseTool("brush");
    this.viewport.addEventListener("down", () => this.viewport.element.focus({ preventScroll: true }));
  }

  makeTools() {
    this.#buttons = new Map(
      TOOLS.map(([kind, label, icon]) => [kind, toolButton(label, icon, () => this.#chooseTool(kind))]),
    );
    this.#size = el("input", {
      type: "range",
      min: 1,
      max: 200,
      value: 12,
      "aria-label": "Size of the brush",
      title: "Size of the brush ([ and ])",
    });
    this.#size.addEventListener("input", (event) => {
      event.stopPropagation();
      this.paintTool.resize(Number(this.#size.value));
    });
    const close = textButton("Close", "Close the polygon (Enter)", () => this.paintTool.finish());
    return [...this.#buttons.values(), close, this.#size, split()];
  }

  makePanel() {
    this.#nothing.addEventListener("input", (event) => event.stopPropagation());
    this.#nothing.addEventListener("change", () => {
      this.#isNothing = this.#nothing.checked;
      this.showProblem(null);
      this.announceChange();
    });
    const nothing = el("label", { class: "nothing" }, this.#nothing, "Nothing to label");
    return [el("section", { class: "shapes" }, nothing, ...this.makeRegionList())];
  }

  makeRegionList() {
    return [];
  }

  get shortcuts() {
    return [
      ["~Drag", "Paint, or erase, with the brush"],
      ["B E P G", "Brush, eraser, polygon, fill an area"],
      ["[ ]", "Smaller or larger brush"],
      ["← ↑ → ↓", "Move the brush; with ⇧ paint on the way"],
      ["Enter", "Paint where the brush is; close a polygon"],
      ["Esc", "Give up a polygon"],
    ];
  }

  get regions() {
    return this.#regions;
  }

  get answer() {
    if (this.#mask === null) return undefined;
    const answer = {
      labeledImage: { pngImageData: this.#png() },
      ...this.describeRegions(),
      inputImageProperties: this.inputImageProperties,
    };
    if (this.#initial !== null) answer.initialValueModified = !isSame(this.#initial, this.#mask.data);
    return answer;
  }

  get draft() {
    return this.#isPainted || this.#isNothing ? this.answer : undefined;
  }

  get trouble() {
    return super.trouble ?? this.#problem;
  }

  validate() {
    const problem = super.validate();
    if (problem !== null && problem !== this.#problem) return problem;
    if (this.#loading !== null) return "The earlier labels are still loading.";
    if (this.paintTool.isBusy) return "Please close the polygon you are drawing, or press Escape.";
    return this.#isPainted || this.#isNothing ? null : "Please paint something, or tick “Nothing to label”.";
  }

  reset() {
    if (this.isReady) this.#start(this.initialValue, true);
  }

  restore(answer) {
    if (answer === undefined) return;
    if (this.isReady) this.#start(answer, false);
    else this.#pendingAnswer = answer;
  }

  onImageReady() {
    if (this.labelNames.length === 0) return;
    this.#sizeBrush(BRUSH_ON_SCREEN / this.viewport.scale);
    this.#start(this.initialValue, true).then(() => {
      if (this.#pendingAnswer === null) return;
      const answer = this.#pendingAnswer;
      this.#pendingAnswer = null;
      this.restore(answer);
    });
  }

  onLabel() {
    this.#show();
  }

  onKey(event) {
    if (this.#mask === null || event.ctrlKey || event.metaKey || event.altKey) return false;
    const step = arrowStep(event);
    if (step !== null) return this.#moveBrush(step, event.shiftKey);
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (Object.hasOwn(TOOL_KEYS, key)) this.#chooseTool(TOOL_KEYS[key]);
    else if (key === "[" || key === "]") {
      const { radius } = this.paintTool;
      // Rounded away, so that the smallest brush can grow.
      this.#sizeBrush(key === "]" ? Math.ceil(radius * 1.25) : Math.floor(radius * 0.8));
    } else if (key === "Escape") return this.paintTool.abandon();
    else if (key === "Enter" && !this.#isOnControl()) {
      if (this.paintTool.isBusy && !event.shiftKey) this.paintTool.finish();
      else this.paintTool.dab();
    } else return false;
    return true;
  }

  startPaint() {
    this.#mask.begin();
  }

  /** Lets `change(mask, index)` paint, and shows the rectangle it returns. */
  paint(change) {
    const region = this.regionToPaint();
    if (region === null) return;
    this.#canvas.draw(change(this.#mask, region.index), this.#colorTable());
  }

  endPaint() {
    const patch = this.#mask.commit();
    if (patch === null) return;
    this.#record(patch, this.#regions);
    this.say(`Painted: ${this.regionToPaint()?.label ?? ""}`);
  }

  /** Replaces the regions; with `clear`, pixels of that number become nothing. One step of undo. */
  setRegions(regions, { clear = null } = {}) {
    const before = this.#regions;
    this.#regions = regions;
    if (clear === null) {
      this.#show();
      return;
    }
    this.#mask.begin();
    this.#canvas.draw(this.#mask.replaceAll(clear, 0), this.#colorTable());
    this.#record(this.#mask.commit() ?? NO_PATCH, before);
  }

  undo() {
    if (!this.paintTool.abandon()) this.#travel(this.#past, this.#future, "Undone");
  }

  redo() {
    this.#travel(this.#future, this.#past, "Done again");
  }

  /** The next number that no region has. */
  nextIndex() {
    return Math.max(0, ...this.#regions.map(({ index }) => index)) + 1;
  }

  isUsed(region) {
    return this.#mask?.has(region.index) ?? false;
  }

  get #isPainted() {
    return this.#regions.some((region) => this.isUsed(region));
  }

  #isOnControl() {
    return this.shadowRoot.activeElement !== null && this.shadowRoot.activeElement !== this.viewport.element;
  }

  #record(patch, regionsBefore) {
    this.#past.push({ patch, regions: regionsBefore });
    if (this.#past.length > 100) this.#past.shift();
    this.#future = [];
    this.#onChange();
  }

  #travel(from, to, word) {
    const step = from.pop();
    if (step === undefined) return;
    to.push({ patch: this.#mask.swap(step.patch), regions: this.#regions });
    this.#regions = step.regions;
    this.#canvas.draw(step.patch.rect, this.#colorTable());
    this.say(word);
    this.#onChange();
  }

  #onChange() {
    this.#revision += 1;
    this.#isNothing = false;
    this.#show();
    if (this.validate() === null) this.showProblem(null);
    this.announceChange();
  }

  async #start(value, isInitial) {
    this.paintTool.abandon();
    const { width, height } = this.viewport.natural;
    const mask = new Mask(width, height);
    let regions = this.startRegions();
    this.#problem = null;
    if (value !== undefined) {
      const load = this.#load(value, mask);
      this.#loading = load;
      const loaded = await load;
      if (this.#loading !== load) return;
      this.#loading = null;
      regions = loaded ?? regions;
    }
    this.#mask = mask;
    this.#regions = regions;
    this.#past = [];
    this.#future = [];
    this.#revision += 1;
    if (isInitial) this.#initial = value === undefined || this.#problem !== null ? null : mask.data.slice();
    this.#isNothing = !isInitial && !this.#isPainted;
    this.#canvas.show(mask, this.#colorTable());
    this.#show();
    this.showProblem(null);
  }

  // The regions of an earlier value, whose pixels go into `mask`; null when it cannot be used.
  async #load(value, mask) {
    try {
      const { source, regions } = this.readSource(value);
      await readMask(source, mask, new Map(regions.map(({ index, color }) => [color, index])));
      return regions;
    } catch (error) {
      this.#problem = `<${this.localName} initial-value="…"> cannot be used: ${error.message}.`;
      return null;
    }
  }

  #png() {
    // Encoding a page takes a while, and drafts ask often.
    if (this.#encoded.revision !== this.#revision)
      this.#encoded = { revision: this.#revision, png: this.#canvas.toBase64() };
    return this.#encoded.png;
  }

  #sizeBrush(radius) {
    this.paintTool.resize(radius);
    this.#size.value = this.paintTool.radius;
  }

  #chooseTool(kind) {
    this.paintTool.choose(kind);
    for (const [name, button] of this.#buttons) button.setAttribute("aria-pressed", String(name === kind));
  }

  #moveBrush([dx, dy], isPainting) {
    if (this.#isOnControl()) return false;
    const { view } = this.viewport;
    const from = this.paintTool.at ?? { x: view.left + view.width / 2, y: view.top + view.height / 2 };
    const step = Math.max(1, Math.round(this.paintTool.radius / 2));
    const to = this.viewport.clamp({ x: from.x + dx * step, y: from.y + dy * step });
    this.paintTool.show(to);
    this.viewport.reveal({ left: to.x, top: to.y, width: 1, height: 1 });
    if (isPainting) this.paintTool.dab();
    return true;
  }

  #colorTable() {
    return new Map(this.#regions.map(({ index, color }) => [index, color]));
  }

  #show() {
    this.toolbar?.allow({ canUndo: this.#past.length > 0, canRedo: this.#future.length > 0 });
    const isPainted = this.#isPainted;
    this.#nothing.disabled = isPainted;
    this.#nothing.checked = this.#isNothing && !isPainted;
    this.onRegions();
  }
}

function isSame(a, b) {
  return a.length === b.length && a.every((value, at) => value === b[at]);
}
