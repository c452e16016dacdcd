/** Makes elements without markup strings, so that no text from a task can become markup. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An HTML element. `properties`: "class", attributes, and `on...` listeners; null and false leave one out, true sets
 * it empty.
 */
export function el(tag, properties = {}, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/** An SVG element, as `el` makes HTML ones. */
export function svg(tag, properties = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), properties, children);
}

/** Sets attributes only where they differ, so that redrawing a still picture costs nothing. */
export function setAttributes(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) element.removeAttribute(name);
    else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value === true ? "" : value);
  }
}

/** Whether keys typed at `event` belong to a text field, a list or the like, so are no shortcuts. */
export function isTyping(event) {
  return event.composedPath().some((node) => node instanceof HTMLElement && takesText(node));
}

function takesText(node) {
  if (node.isContentEditable || node.localName === "textarea" || node.localName === "select") return true;
  if (node.localName !== "input") return false;
  return !["checkbox", "radio", "button", "submit", "reset", "range", "color"].includes(node.type);
}

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false)
      element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}
