/** crowd-card: a frame around anything, with a heading and a picture. */

import { el } from "../core/dom.js";
import { CrowdElement } from "../core/element.js";

export class CrowdCard extends CrowdElement {
  static attributes = { heading: "text", image: "text" };
  static styles = `
    :host { display: block; max-width: 100%; margin: 0.5em 0; }
    .card {
      overflow: hidden;
      border: 1px solid var(--gt-line);
      border-radius: 10px;
      background: var(--gt-surface);
      box-shadow: 0 1px 3px rgb(0 0 0 / 0.12);
    }
    img { display: block; width: 100%; height: auto; max-height: 24em; object-fit: cover; }
    h3 { margin: 0; padding: 0.75em 1em 0; font-size: 1.1em; }
    .body { padding: 0.75em 1em; }
  `;

  update() {
    this.shadowRoot.replaceChildren(
      el(
        "section",
        { class: "card", "aria-label": this.heading || null },
        ...[
          this.image ? el("img", { src: this.image, alt: "" }) : null,
          this.heading ? el("h3", {}, this.heading) : null,
          el("div", { class: "body" }, el("slot")),
        ].filter(Boolean),
      ),
    );
  }
}
