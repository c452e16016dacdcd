/**
 * Single-key shortcuts of a widget.
 *
 * They work while the focus is in the widget, or nowhere (a page just opened, a click on bare ground); then the widget
 * used last gets them, at first the first one of the page. Never while somebody types or a dialog is open.
 */

import { isTyping } from "./dom.js";

const widgets = [];
let lastUsed = null;

/** Calls `handler(event)` for each key meant for `host` until `signal` aborts. */
export function listenForKeys(host, handler, signal) {
  widgets.push(host);
  const use = () => {
    lastUsed = host;
  };
  host.addEventListener("pointerdown", use, { signal });
  host.addEventListener("focusin", use, { signal });
  document.addEventListener("keydown", (event) => isFor(host, event) && handler(event), { signal });
  signal.addEventListener("abort", () => {
    widgets.splice(widgets.indexOf(host), 1);
    if (lastUsed === host) lastUsed = null;
  });
}

/** The position that a digit key stands for: 1 to 9, 0 for the tenth, with Shift the next ten. Null for other keys. */
export function digitOf(event) {
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
  if (digit === null || event.ctrlKey || event.metaKey || event.altKey) return null;
  const position = (Number(digit[1]) + 9) % 10;
  return event.shiftKey ? position + 10 : position;
}

/** What to show for the key of a position, or null when it has none. */
export function keyOf(position) {
  if (position >= 20) return null;
  const digit = String((position + 1) % 10);
  return position < 10 ? digit : `⇧${digit}`;
}

function isFor(host, event) {
  if (event.defaultPrevented || isTyping(event) || isDialogOpen(event)) return false;
  const path = event.composedPath();
  if (path.includes(host)) return true;
  const focusIsNowhere = document.activeElement === null || document.activeElement === document.body;
  return focusIsNowhere && (lastUsed ?? widgets[0]) === host;
}

function isDialogOpen(event) {
  return event.composedPath().some((node) => node instanceof HTMLDialogElement);
}
