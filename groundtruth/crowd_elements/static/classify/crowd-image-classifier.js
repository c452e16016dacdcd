/**
 * crowd-image-classifier and crowd-image-classifier-multi-select: categories for an image.
 *
 * `overlay` draws earlier annotations on the image, for verification:
 * `{"boundingBox": {"labels": [...], "value": [{label, left, top, width, height}]}}`.
 */

import { el } from "../core/dom.js";
import { arrowStep } from "../image/annotator.js";
import { LAYER_STYLES, ShapeLayer } from "../image/layer.js";
import { colorsFor } from "../image/palette.js";
import { boxes } from "../image/shapes/box.js";
import { TOOLBAR_STYLES, textButton, toolButton } from "../image/toolbar.js";
import { VIEWPORT_STYLES, Viewport } from "../image/viewport.js";
import { listenForKeys } from "../core/shortcuts.js";
import { CLASSIFIER_ATTRIBUTES, CLASSIFIER_STYLES, Classifier, MULTI_SELECT_ATTRIBUTES } from "./classifier.js";

const PAN_STEP = 60;

export class CrowdImageClassifier extends Classifier {
  static attributes = { ...CLASSIFIER_ATTRIBUTES, src: "text", overlay: "json" };
  static regions = ["worker-comment"];
  static styles = `${CLASSIFIER_STYLES}${VIEWPORT_STYLES}${TOOLBAR_STYLES}${LAYER_STYLES}
    .shell { height: max(24rem, calc(100dvh - 5.75rem)); }
    .viewport { cursor: grab; }
    @container (width < 760px) {
      .shell { height: auto; }
      .viewport { flex: none; height: max(14rem, calc(100dvh - 11rem)); }
    }
  `;

  #viewport = new Viewport();
  #layer;

  makeStage() {
    const viewport = this.#viewport;
    viewport.isPanning = true;
    viewport.element.tabIndex = 0;
    viewport.element.setAttribute("role", "img");
    viewport.element.setAttribute("aria-label", "The image to classify; plus, minus and the arrow keys move it");
    this.#layer = new ShapeLayer(viewport, boxes, () => {});
    viewport.addEventListener("load", () => this.#drawOverlay());
    viewport.addEventListener("view", () => this.#drawOverlay());
    viewport.addEventListener("problem", () => this.showProblem(null));
    const toolbar = el(
      "div",
      { class: "toolbar", role: "toolbar", "aria-label": "Image tools" },
      toolButton("Zoom out (-)", "remove", () => viewport.zoom(1 / 1.25)),
      toolButton("Zoom in (+)", "add", () => viewport.zoom(1.25)),
      textButton("Page", "Fit the page (F)", () => viewport.choose("page")),
      textButton("Width", "Fit the width (W)", () => viewport.choose("width")),
    );
    return el("div", { class: "stage" }, viewport.element, toolbar);
  }

  update(changed) {
    super.update(changed);
    if (changed.has("src")) this.#viewport.load(this.src);
    if (changed.has("overlay")) this.#drawOverlay();
  }

  connected() {
    super.connected();
    listenForKeys(this, (event) => this.#onImageKey(event), this.lifetime);
  }

  /** Whether the image is there, so that an answer can be given. */
  get isReady() {
    return this.#viewport.natural !== null;
  }

  validate() {
    return this.#viewport.problem ?? (!this.isReady ? "The image is still loading." : super.validate());
  }

  #drawOverlay() {
    const { natural } = this.#viewport;
    if (natural === null) return;
    const { labels = [], value = [] } = this.overlay?.boundingBox ?? {};
    let shapes = [];
    try {
      shapes = boxes.read(value, natural).map((shape, id) => ({ ...shape, id }));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      console.error(`<${this.localName} overlay="…"> cannot be drawn: ${error.message}`);
    }
    const names = [...new Set([...labels.map(String), ...shapes.map((shape) => shape.label)])];
    this.#layer.draw({ shapes, selectedId: null, hoveredId: null, colors: colorsFor(names), areNamesShown: true });
  }

  #onImageKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = {
      "+": () => this.#viewport.zoom(1.25),
      "=": () => this.#viewport.zoom(1.25),
      "-": () => this.#viewport.zoom(1 / 1.25),
      f: () => this.#viewport.choose("page"),
      w: () => this.#viewport.choose("width"),
    }[event.key.toLowerCase()];
    const step = arrowStep(event);
    // On the list of categories, arrows choose.
    if (act === undefined && (step === null || this.shadowRoot.activeElement?.localName === "input")) return;
    event.preventDefault();
    if (act !== undefined) act();
    else this.#viewport.pan(-step[0] * PAN_STEP, -step[1] * PAN_STEP);
  }
}

export class CrowdImageClassifierMultiSelect extends CrowdImageClassifier {
  static attributes = { ...MULTI_SELECT_ATTRIBUTES, src: "text", overlay: "json" };
  static multiple = true;
}
