/** crowd-tabs and crowd-tab: one of several panes is shown; controls in the others count all the same. */

import { el } from "../core/dom.js";
import { CrowdElement } from "../core/element.js";

export class CrowdTabs extends CrowdElement {
  static styles = `
    :host { display: block; margin: 0.5em 0; }
    .tabs { display: flex; flex-wrap: wrap; border-bottom: 1px solid var(--gt-line); }
    .tab {
      min-height: 2.5em;
      padding: 0.4em 1em;
      border: 0;
      border-bottom: 3px solid transparent;
      background: none;
      color: var(--gt-muted);
      font-weight: 500;
      cursor: pointer;
    }
    .tab:hover { background: var(--gt-hover); }
    .tab[aria-selected="true"] { border-color: var(--gt-accent); color: var(--gt-text); }
    .tab:focus-visible { outline-offset: -2px; }
  `;

  #list = el("div", { class: "tabs", role: "tablist" });
  #chosen = null;

  render() {
    this.#list.addEventListener("keydown", (event) => this.#onKey(event));
    this.shadowRoot.append(this.#list, el("slot"));
  }

  connected() {
    const observer = new MutationObserver(() => this.#draw());
    observer.observe(this, { childList: true, subtree: true, attributeFilter: ["header"] });
    this.lifetime.addEventListener("abort", () => observer.disconnect());
    this.#draw();
  }

  get tabs() {
    return Array.from(this.children).filter((child) => child.localName === "crowd-tab");
  }

  /** Shows the pane `tab`. */
  show(tab) {
    this.#chosen = tab;
    this.#draw();
  }

  #draw() {
    const { tabs } = this;
    if (!tabs.includes(this.#chosen)) this.#chosen = tabs[0] ?? null;
    const hadFocus = this.shadowRoot.activeElement !== null;
    this.#list.replaceChildren(...tabs.map((tab, at) => this.#button(tab, at)));
    for (const tab of tabs) tab.hidden = tab !== this.#chosen;
    if (hadFocus) this.#list.querySelector('[aria-selected="true"]')?.focus();
  }

  #button(tab, at) {
    const isChosen = tab === this.#chosen;
    const title = tab.getAttribute("header") || `Tab ${at + 1}`;
    const properties = {
      class: "tab",
      type: "button",
      role: "tab",
      "aria-selected": String(isChosen),
      tabindex: isChosen ? "0" : "-1",
    };
    return el("button", { ...properties, onclick: () => this.show(tab) }, title);
  }

  #onKey(event) {
    const { tabs } = this;
    const at = tabs.indexOf(this.#chosen);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.show(tabs.at(next % tabs.length));
  }
}

export class CrowdTab extends CrowdElement {
  static attributes = { header: "text" };
  static styles = ":host { display: block; padding: 0.75em 0; }";

  render() {
    this.shadowRoot.append(el("slot"));
    this.setAttribute("role", "tabpanel");
  }

  update() {
    this.setAttribute("aria-label", this.header);
  }
}
