/** crowd-classifier and crowd-classifier-multi-select: categories for a text, a page, or anything else that HTML shows. */

import { el } from "../core/dom.js";
import { CLASSIFIER_ATTRIBUTES, CLASSIFIER_STYLES, Classifier, MULTI_SELECT_ATTRIBUTES } from "./classifier.js";

export class CrowdClassifier extends Classifier {
  static attributes = CLASSIFIER_ATTRIBUTES;
  static regions = ["classification-target"];
  static styles = `${CLASSIFIER_STYLES}
    .shell { max-height: max(26rem, calc(100dvh - 6rem)); }
    .target { flex: 1; min-height: 12rem; overflow: auto; padding: 1em 1.25em; overflow-wrap: anywhere; }
    slot[name="classification-target"]::slotted(*) { display: block; }
  `;

  makeStage() {
    return el(
      "div",
      { class: "target", tabindex: "0", role: "region", "aria-label": "What to classify" },
      el("slot", { name: "classification-target" }),
    );
  }
}

export class CrowdClassifierMultiSelect extends CrowdClassifier {
  static attributes = MULTI_SELECT_ATTRIBUTES;
  static multiple = true;
}
