/** The list of all elements, and the one place that defines them. */

import { CrowdClassifier, CrowdClassifierMultiSelect } from "./classify/crowd-classifier.js";
import { CrowdImageClassifier, CrowdImageClassifierMultiSelect } from "./classify/crowd-image-classifier.js";
import { defineElement } from "./core/element.js";
import { styleDocument } from "./core/styles.js";
import { CrowdForm } from "./form/crowd-form.js";
import { CrowdAlert } from "./furniture/crowd-alert.js";
import { CrowdBadge } from "./furniture/crowd-badge.js";
import { CrowdCard } from "./furniture/crowd-card.js";
import { CrowdInstructions } from "./furniture/crowd-instructions.js";
import { CrowdModal } from "./furniture/crowd-modal.js";
import { CrowdTab, CrowdTabs } from "./furniture/crowd-tabs.js";
import { CrowdToast } from "./furniture/crowd-toast.js";
import { CrowdInstanceSegmentation, CrowdSemanticSegmentation } from "./image/segmentation/crowd-segmentation.js";
import { CrowdBoundingBox } from "./image/shapes/crowd-bounding-box.js";
import { CrowdKeypoint, CrowdLine, CrowdPolygon, CrowdPolyline } from "./image/shapes/crowd-vertices.js";
import { CrowdButton } from "./inputs/crowd-button.js";
import { CrowdCheckbox } from "./inputs/crowd-checkbox.js";
import { CrowdFab, CrowdIconButton } from "./inputs/crowd-icon-button.js";
import { CrowdInput } from "./inputs/crowd-input.js";
import { CrowdRadioButton, CrowdRadioGroup } from "./inputs/crowd-radio.js";
import { CrowdSlider } from "./inputs/crowd-slider.js";
import { CrowdTextArea } from "./inputs/crowd-text-area.js";
import { CrowdEntityAnnotation } from "./text/crowd-entity-annotation.js";
import { CrowdToggleButton } from "./inputs/crowd-toggle-button.js";

const ELEMENTS = {
  "crowd-alert": CrowdAlert,
  "crowd-badge": CrowdBadge,
  "crowd-bounding-box": CrowdBoundingBox,
  "crowd-button": CrowdButton,
  "crowd-card": CrowdCard,
  "crowd-checkbox": CrowdCheckbox,
  "crowd-classifier": CrowdClassifier,
  "crowd-classifier-multi-select": CrowdClassifierMultiSelect,
  "crowd-entity-annotation": CrowdEntityAnnotation,
  "crowd-fab": CrowdFab,
  "crowd-form": CrowdForm,
  "crowd-icon-button": CrowdIconButton,
  "crowd-image-classifier": CrowdImageClassifier,
  "crowd-image-classifier-multi-select": CrowdImageClassifierMultiSelect,
  "crowd-input": CrowdInput,
  "crowd-instance-segmentation": CrowdInstanceSegmentation,
  "crowd-instructions": CrowdInstructions,
  "crowd-keypoint": CrowdKeypoint,
  "crowd-line": CrowdLine,
  "crowd-modal": CrowdModal,
  "crowd-polygon": CrowdPolygon,
  "crowd-polyline": CrowdPolyline,
  "crowd-radio-button": CrowdRadioButton,
  "crowd-radio-group": CrowdRadioGroup,
  "crowd-semantic-segmentation": CrowdSemanticSegmentation,
  "crowd-slider": CrowdSlider,
  "crowd-tab": CrowdTab,
  "crowd-tabs": CrowdTabs,
  "crowd-text-area": CrowdTextArea,
  "crowd-toast": CrowdToast,
  "crowd-toggle-button": CrowdToggleButton,
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
  for (const tag of unknown)
    console.warn(`<${tag}> is not a Crowd element: it shows nothing and adds nothing to the answer.`);
}
