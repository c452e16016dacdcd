/** crowd-semantic-segmentation and crowd-instance-segmentation. */

import { el } from "../../core/dom.js";
import { icon } from "../../core/icons.js";
import { colorOf, hexColor, hue } from "../palette.js";
import { SEGMENTATION_ATTRIBUTES, SEGMENTATION_STYLES, SegmentationAnnotator } from "./segmentation-annotator.js";

/** Each label is one region; its colour says in the picture which pixels are its. */
export class CrowdSemanticSegmentation extends SegmentationAnnotator {
  static attributes = SEGMENTATION_ATTRIBUTES;
  static styles = SEGMENTATION_STYLES;

  startRegions() {
    return this.labelNames.map((label, at) => ({ index: at + 1, label, color: colorOf(this.colors, label) }));
  }

  regionToPaint() {
    return this.regions.find(({ label }) => label === this.currentLabel) ?? null;
  }

  // Labels of the earlier value keep their colours; those it does not know get ones it does not use.
  readSource(value) {
    const mappings = value?.labelMappings;
    if (typeof mappings !== "object" || mappings === null) throw new TypeError("labelMappings and src are expected");
    const earlier = Object.keys(mappings).filter((label) => !this.labelNames.includes(label));
    const regions = [...this.labelNames, ...earlier].map((label, at) => ({
      index: at + 1,
      label,
      color: hexColor(mappings[label]?.color) ?? colorOf(this.colors, label),
    }));
    return { source: sourceOf(value), regions };
  }

  describeRegions() {
    const isKnown = ({ label }) => this.labelNames.includes(label);
    const kept = this.regions.filter((region) => isKnown(region) || this.isUsed(region));
    return { labelMappings: Object.fromEntries(kept.map(({ label, color }) => [label, { color }])) };
  }

  onRegions() {
    const counts = new Map(this.regions.filter((region) => this.isUsed(region)).map(({ label }) => [label, "●"]));
    // A colour of an earlier value shows in the list as well.
    const colors = new Map(this.regions.map(({ label, color }) => [label, color]));
    this.labelPanel.recolor(colors);
    this.labelPanel.show(this.currentLabel, "to paint", counts);
  }
}

/** Each thing is a region of its own; several may share a label. */
export class CrowdInstanceSegmentation extends SegmentationAnnotator {
  static attributes = SEGMENTATION_ATTRIBUTES;
  static styles = SEGMENTATION_STYLES;

  #current = null;
  #list = el("ol");
  #title = el("h3");

  makeRegionList() {
    const add = el(
      "button",
      { class: "button", type: "button", style: "margin-bottom: .4em", onclick: () => this.#startNew() },
      "New instance (N)",
    );
    return [add, this.#title, this.#list];
  }

  get shortcuts() {
    return [
      ["N", "Start a new instance of the chosen label"],
      ["Delete", "Delete the chosen instance"],
      ...super.shortcuts,
    ];
  }

  regionToPaint() {
    const region = this.regions.find(({ index }) => index === this.#current);
    if (region !== undefined) return region;
    if (this.currentLabel === null || this.paintTool.kind === "eraser")
      return this.paintTool.kind === "eraser" ? { index: 0, label: "nothing" } : null;
    const index = this.nextIndex();
    const made = { index, label: this.currentLabel, color: distinctColor(this.regions, index) };
    this.#current = index;
    this.setRegions([...this.regions, made]);
    return made;
  }

  readSource(value) {
    if (!Array.isArray(value?.instances)) throw new TypeError("instances and src are expected");
    const regions = value.instances.map((instance, at) => {
      const color = hexColor(instance?.color);
      if (color === null || typeof instance.label !== "string")
        throw new TypeError("each instance needs a color and a label");
      return { index: at + 1, label: instance.label, color };
    });
    return { source: sourceOf(value), regions };
  }

  describeRegions() {
    return {
      instances: this.regions.filter((region) => this.isUsed(region)).map(({ color, label }) => ({ color, label })),
    };
  }

  chooseLabel(label) {
    this.#current = null;
    super.chooseLabel(label);
  }

  onKey(event) {
    if (!event.ctrlKey && !event.metaKey && !event.altKey) {
      if (event.key.toLowerCase() === "n") {
        this.#startNew();
        return true;
      }
      if (event.key === "Delete" && this.#current !== null) {
        this.#remove(this.#current);
        return true;
      }
    }
    return super.onKey(event);
  }

  onRegions() {
    const used = this.regions.filter((region) => region.index === this.#current || this.isUsed(region));
    if (!used.some(({ index }) => index === this.#current)) this.#current = null;
    const counts = new Map();
    for (const { label } of used) counts.set(label, (counts.get(label) ?? 0) + 1);
    const isGoingOn = this.#current !== null;
    this.labelPanel.show(this.currentLabel, isGoingOn ? "choose for a new one" : "of the next instance", counts);
    this.#title.textContent = `Instances (${used.length})`;
    this.#list.replaceChildren(...used.map((region, at) => this.#row(region, at)));
  }

  #row({ index, label, color }, at) {
    const isCurrent = index === this.#current;
    const choose = el(
      "button",
      { class: "shape", type: "button", "aria-pressed": String(isCurrent), onclick: () => this.#choose(index, label) },
      el("span", { class: "swatch", style: `--swatch: ${color}` }),
      el("span", { class: "text" }, label),
    );
    const remove = el(
      "button",
      {
        class: "button icon remove",
        type: "button",
        "aria-label": `Delete instance ${at + 1}, ${label}`,
        onclick: () => this.#remove(index),
      },
      icon("close"),
    );
    return el("li", { class: isCurrent ? "shape-row selected" : "shape-row" }, choose, remove);
  }

  #choose(index, label) {
    this.currentLabel = this.labelNames.includes(label) ? label : this.currentLabel;
    this.#current = index;
    this.onRegions();
  }

  #startNew() {
    this.#current = null;
    this.onRegions();
  }

  #remove(index) {
    if (this.#current === index) this.#current = null;
    this.setRegions(
      this.regions.filter((region) => region.index !== index),
      { clear: index },
    );
  }
}

function sourceOf(value) {
  const source =
    value.src ?? (value.labeledImage?.pngImageData ? `data:image/png;base64,${value.labeledImage.pngImageData}` : null);
  if (typeof source !== "string") throw new TypeError("src, the picture of the labels, is missing");
  return source;
}

function distinctColor(regions, index) {
  const taken = new Set(regions.map(({ color }) => color));
  for (let at = index; ; at += 1) {
    const color = hue(at, 0.45, 0.4);
    if (!taken.has(color)) return color;
  }
}
