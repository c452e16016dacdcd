/** The list of all elements, and the one place that defines them. */

import { CrowdClassifier, CrowdClassifierMultiSelect } from "./classify/crowd-classifier.js";
import { CrowdImageClassifier, CrowdImageClassifierMultiSelect } from "./classify/crowd-image-classifier.js";
import { defineElement } from "./core/element.js";
import { styleDocument } from "./core/styles.js";
import { CrowdForm } from "./form/crowd-form.js";
import { CrowdInstructions } from "./furniture/crowd-instructions.js";
import { CrowdBoundingBox } from "./image/shapes/crowd-bounding-box.js";
import { CrowdButton } from "./inputs/crowd-button.js";
import { CrowdCheckbox } from "./inputs/crowd-checkbox.js";
import { CrowdInput } from "./inputs/crowd-input.js";
import { CrowdRadioButton, CrowdRadioGroup } from "./inputs/crowd-radio.js";
import { CrowdTextArea } from "./inputs/crowd-text-area.js";

const ELEMENTS = {
  "crowd-bounding-box": CrowdBoundingBox,
  "crowd-button": CrowdButton,
  "crowd-checkbox": CrowdCheckbox,
  "crowd-classifier": CrowdClassifier,
  "crowd-classifier-multi-select": CrowdClassifierMultiSelect,
  "crowd-form": CrowdForm,
  "crowd-image-classifier": CrowdImageClassifier,
  "crowd-image-classifier-multi-select": CrowdImageClassifierMultiSelect,
  "crowd-input": CrowdInput,
  "crowd-instructions": CrowdInstructions,
  "crowd-radio-button": CrowdRadioButton,
  "crowd-radio-group": CrowdRadioGroup,
  "crowd-text-area": CrowdTextArea,
};

// Widgets that Ground Truth also lets stand outside a form: they get one, so that they can be submitted.
const SELF_CONTAINED = "crowd-entity-annotation";

/** Defines every element, once. */
export function defineAll() {
  styleDocument();
  for (const [tag, kind] of Object.entries(ELEMENTS)) defineElement(tag, kind);
  for (const widget of document.querySelectorAll(SELF_CONTAINED)) {
    if (widget.closest("crowd-form") !== null) continue;
    const form = document.createElement("crowd-form");
    widget.replaceWith(form);
    form.append(widget);
  }
  warnOfUnknownElements();
}

function warnOfUnknownElements() {
  const unknown = new Set();
  for (const element of document.querySelectorAll(":not(:defined)")) {
    if (element.localName.startsWith("crowd-")) unknown.add(element.localName);
  }
  for (const tag of unknown) console.warn(`<${tag}> is not a Crowd element: it shows nothing and adds nothing to the answer.`);
}
