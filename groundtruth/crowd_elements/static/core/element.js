/**
 * The base of every element: attributes as typed properties, one shadow root, updates gathered into one.
 *
 * A subclass states its attributes and their types (`text`, `flag`, `number`, `json`), builds its inside once in
 * `render()`, and brings it up to date in `update(changed)`. Each attribute is also a property in camel case, which
 * scripts of a template may set, before or after the element is defined.
 */

import { LenientJsonError, parseLenientJson } from "./lenient-json.js";
import { sheet, SHARED_STYLES } from "./styles.js";

export class CrowdElement extends HTMLElement {
  static attributes = {};
  static styles = "";
  static delegatesFocus = false;

  static get observedAttributes() {
    return Object.keys(this.attributes);
  }

  #given = new Map();
  #parsed = new Map();
  #changed = new Set();
  #isRendered = false;
  #life = new AbortController();

  constructor() {
    super();
    const kind = this.constructor;
    this.attachShadow({ mode: "open", delegatesFocus: kind.delegatesFocus });
    this.shadowRoot.adoptedStyleSheets = [sheet(SHARED_STYLES), sheet(kind.styles)];
  }

  connectedCallback() {
    this.#life = new AbortController();
    if (!this.#isRendered) {
      this.#isRendered = true;
      this.render();
      this.update(new Set(this.constructor.observedAttributes));
      this.#adoptEarlyProperties();
    }
    this.connected();
  }

  disconnectedCallback() {
    this.#life.abort();
  }

  attributeChangedCallback(name, before, after) {
    if (before === after) return;
    this.#given.delete(name);
    this.#parsed.delete(name);
    this.#mark(name);
  }

  /** Ends when the element leaves the document: for listeners outside the element. */
  get lifetime() {
    return this.#life.signal;
  }

  /** Builds the inside, once. */
  render() {}

  /** Brings the inside up to date; `changed` holds the names of attributes. */
  update() {}

  /** Runs each time the element enters the document, after the first `update`. */
  connected() {}

  /** What an attribute's text has wrong, or null. */
  attributeProblem(name) {
    return this.#read(name).problem;
  }

  getTyped(name) {
    const type = this.constructor.attributes[name];
    if (type === "flag") return this.hasAttribute(name);
    if (this.#given.has(name)) return this.#given.get(name);
    if (type === "json") return this.#read(name).value;
    const text = this.getAttribute(name);
    if (type === "number")
      return text === null || text.trim() === "" || Number.isNaN(Number(text)) ? undefined : Number(text);
    return text ?? "";
  }

  setTyped(name, value) {
    const type = this.constructor.attributes[name];
    if (type === "flag") this.toggleAttribute(name, Boolean(value));
    else if (type === "json" && typeof value !== "string") {
      this.#given.set(name, value ?? undefined);
      this.#mark(name);
    } else if (value === null || value === undefined) this.removeAttribute(name);
    else this.setAttribute(name, value);
  }

  #read(name) {
    if (this.#given.has(name) || !this.hasAttribute(name)) return { value: undefined, problem: null };
    if (!this.#parsed.has(name)) this.#parsed.set(name, this.#parse(name));
    return this.#parsed.get(name);
  }

  #parse(name) {
    const text = this.getAttribute(name);
    if (text.trim() === "") return { value: undefined, problem: null };
    try {
      // A template prints null where a task has no such value.
      return { value: parseLenientJson(text) ?? undefined, problem: null };
    } catch (error) {
      if (!(error instanceof LenientJsonError)) throw error;
      const problem = `<${this.localName} ${name}="…"> cannot be read: ${error.message}`;
      console.error(problem);
      return { value: undefined, problem };
    }
  }

  #mark(name) {
    if (!this.#isRendered) return;
    if (this.#changed.size === 0) queueMicrotask(() => this.#flush());
    this.#changed.add(name);
  }

  #flush() {
    const changed = new Set(this.#changed);
    this.#changed.clear();
    if (changed.size > 0) this.update(changed);
  }

  // A script may have set element.labels before the element was defined; that plain property would hide ours.
  #adoptEarlyProperties() {
    for (const name of Object.keys(this.constructor.attributes)) {
      const property = propertyName(name);
      if (!Object.hasOwn(this, property)) continue;
      const value = this[property];
      delete this[property];
      this[property] = value;
    }
  }
}

/** Defines `kind` as the element `tag`, with a property for each of its attributes. */
export function defineElement(tag, kind) {
  for (const name of Object.keys(kind.attributes)) {
    const property = propertyName(name);
    // An element's own accessor (the live value of an input, say) goes before the attribute's.
    if (property in kind.prototype && !(property in HTMLElement.prototype)) continue;
    Object.defineProperty(kind.prototype, property, {
      configurable: true,
      get() {
        return this.getTyped(name);
      },
      set(value) {
        this.setTyped(name, value);
      },
    });
  }
  customElements.define(tag, kind);
}

function propertyName(attribute) {
  return attribute.replace(/-([a-z])/g, (_, letter) => letter.toUpperCase());
}
