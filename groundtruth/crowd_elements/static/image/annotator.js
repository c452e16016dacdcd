/** What all elements have in common with which a worker marks something on an image. */

import { CrowdControl } from "../core/control.js";
import { el } from "../core/dom.js";
import { SHELL_STYLES, Shell } from "../core/shell.js";
import { digitOf, listenForKeys } from "../core/shortcuts.js";
import { LABEL_PANEL_STYLES, LabelPanel } from "./label-panel.js";
import { colorsFor } from "./palette.js";
import { TOOLBAR_STYLES, Toolbar } from "./toolbar.js";
import { VIEWPORT_STYLES, Viewport } from "./viewport.js";

const PAN_STEP = 60;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export const ANNOTATOR_ATTRIBUTES = {
  name: "text",
  src: "text",
  header: "text",
  labels: "json",
  "initial-value": "json",
};

export const ANNOTATOR_STYLES = `${SHELL_STYLES}${VIEWPORT_STYLES}${LABEL_PANEL_STYLES}${TOOLBAR_STYLES}
  :host { margin: 0.25em 0; }
  .shell { height: max(24rem, calc(100dvh - 5.75rem)); }
  .stage:focus-within .viewport { outline: none; }
  @container (width < 760px) {
    .shell { height: auto; }
    .viewport { flex: none; height: max(14rem, calc(100dvh - 11rem)); }
  }
`;

export const COMMON_SHORTCUTS = [
  ["1 … 9 0", "Choose a label; with ⇧ the next ten"],
  ["L", "Go to the list of labels"],
  ["Ctrl+Z", "Undo"],
  ["Ctrl+Shift+Z", "Redo"],
  ["~Wheel + -", "Zoom"],
  ["F W", "Fit the page, fit the width"],
  ["Space ~drag", "Pan; so does dragging with the middle button, and with two fingers"],
  ["?", "This list"],
];

/** The step of an arrow key as [dx, dy], or null. */
export function arrowStep(event) {
  return ARROWS[event.key] ?? null;
}

export class ImageAnnotator extends CrowdControl {
  shell;
  viewport = new Viewport();
  labelPanel = new LabelPanel((label) => this.chooseLabel(label));
  toolbar;
  colors = new Map();
  currentLabel = null;
  #live = el("div", { class: "visually-hidden", "aria-live": "polite" });

  /** Elements for the toolbar, before undo and redo. */
  makeTools() {
    return [];
  }

  /** Elements for the side panel, below the labels. */
  makePanel() {
    return [];
  }

  /** [keys, meaning] pairs for the list of keys, before the common ones. */
  get shortcuts() {
    return [];
  }

  /** Called once the image's natural size is known, and again when the initial value changes. */
  onImageReady() {}

  /** Called after the current label changed. */
  onLabel() {}

  /** Handles a key that no common shortcut takes. */
  onKey() {}

  undo() {}

  redo() {}

  render() {
    const actions = { undo: () => this.undo(), redo: () => this.redo(), tools: this.makeTools() };
    this.toolbar = new Toolbar(this.viewport, actions, [...this.shortcuts, ...COMMON_SHORTCUTS]);
    const stage = el("div", { class: "stage" }, this.viewport.element, this.toolbar.element, this.#live);
    this.shell = new Shell(this, { stage, panel: [this.labelPanel.element, ...this.makePanel()] });
    this.shadowRoot.append(this.shell.element, this.toolbar.dialog);
    this.viewport.addEventListener("load", () => {
      this.onImageReady();
      this.showProblem(null);
    });
    this.viewport.addEventListener("problem", () => this.showProblem(null));
  }

  update(changed) {
    this.shell.setHeader(this.header);
    if (changed.has("labels") || changed.has("label-colors")) this.#offerLabels();
    if (changed.has("src")) this.viewport.load(this.src);
    else if (changed.has("initial-value") && this.viewport.natural !== null) this.onImageReady();
    this.showProblem(null);
  }

  connected() {
    this.shell.connect(this.lifetime);
    listenForKeys(this, (event) => this.#onKey(event), this.lifetime);
  }

  get value() {
    return this.answer;
  }

  get isReady() {
    return this.viewport.natural !== null;
  }

  /** The texts of the labels that the task offers. */
  get labelNames() {
    const { labels } = this;
    return Array.isArray(labels) ? labels.map((label) => String(label?.label ?? label)) : [];
  }

  /** Colours that the template gives to labels, by label. */
  get givenColors() {
    return {};
  }

  get inputImageProperties() {
    const { width, height } = this.viewport.natural;
    return { width, height };
  }

  /** What of the template or the image stands in the way, or null. */
  get trouble() {
    const unreadable = this.attributeProblem("labels") ?? this.attributeProblem("initial-value");
    if (unreadable !== null) return unreadable;
    if (this.labelNames.length === 0) return `<${this.localName}> has no labels: it needs labels="['…', '…']".`;
    return this.viewport.problem;
  }

  validate() {
    return this.trouble ?? (this.isReady ? null : "The image is still loading.");
  }

  showProblem(message) {
    const shown = message ?? this.trouble;
    // The image's own trouble is shown in its place already.
    this.shell.showProblem(shown === this.viewport.problem ? null : shown);
  }

  chooseLabel(label) {
    this.currentLabel = label;
    this.onLabel(label);
  }

  /** Tells a screen reader what just happened. */
  say(text) {
    this.#live.textContent = text;
  }

  focus() {
    this.viewport.element.focus();
  }

  #offerLabels() {
    const names = this.labelNames;
    this.colors = colorsFor(names, this.givenColors);
    this.labelPanel.offer(names, this.colors);
    if (!names.includes(this.currentLabel)) this.currentLabel = names[0] ?? null;
    this.onLabel(this.currentLabel);
  }

  #onKey(event) {
    if (this.matches(":not(:defined)") || this.closest("[inert]") !== null) return;
    if (this.#takeCommand(event) || this.#takeLetter(event) || this.onKey(event)) {
      event.preventDefault();
      return;
    }
    const step = arrowStep(event);
    const isOnPage =
      event.composedPath()[0] === document.body || this.viewport.element.contains(this.shadowRoot.activeElement);
    if (step === null || !isOnPage || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.viewport.pan(-step[0] * PAN_STEP, -step[1] * PAN_STEP);
  }

  #takeCommand(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return false;
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) this.undo();
    else if ((key === "z" && event.shiftKey) || (key === "y" && !event.shiftKey)) this.redo();
    else return false;
    return true;
  }

  #takeLetter(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const position = digitOf(event);
    if (position !== null) {
      const label = this.labelNames[position];
      if (label !== undefined) this.chooseLabel(label);
      return label !== undefined;
    }
    const act = {
      "+": () => this.viewport.zoom(1.25),
      "=": () => this.viewport.zoom(1.25),
      "-": () => this.viewport.zoom(1 / 1.25),
      f: () => this.viewport.choose("page"),
      w: () => this.viewport.choose("width"),
      l: () => this.labelPanel.focus(),
      "?": () => this.toolbar.showHelp(),
    }[event.key.length === 1 ? event.key.toLowerCase() : ""];
    act?.();
    return act !== undefined;
  }
}
