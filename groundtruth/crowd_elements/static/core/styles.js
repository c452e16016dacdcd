/**
 * The look that all elements share: colours and sizes as custom properties, and the plain controls.
 *
 * Pages are light unless they say `<meta name="color-scheme" content="light dark">` (or set `color-scheme`), as any
 * page on the web: a template written for Ground Truth's white page stays readable when the machine is set to dark.
 * Rules for the document carry no weight (`:where`), so a template's own style always wins.
 */

const sheets = new Map();

/** One style sheet per text, shared by all shadow roots. */
export function sheet(text) {
  if (!sheets.has(text)) {
    const made = new CSSStyleSheet();
    made.replaceSync(text);
    sheets.set(text, made);
  }
  return sheets.get(text);
}

/** Puts the custom properties and the document's own rules in place, before those of the template. */
export function styleDocument() {
  const made = document.createElement("style");
  made.textContent = DOCUMENT_STYLES;
  document.head.prepend(made);
}

const DOCUMENT_STYLES = `
:where(:root) {
  --gt-font: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  --gt-text: light-dark(#1b1f24, #e6e9ed);
  --gt-muted: light-dark(#57606a, #a4adb8);
  --gt-surface: light-dark(#ffffff, #16191d);
  --gt-raised: light-dark(#f6f8fa, #1f2429);
  --gt-hover: light-dark(#eaeef2, #2b323a);
  --gt-line: light-dark(#d0d7de, #3a424a);
  --gt-control-line: light-dark(#7d8590, #7d8793);
  --gt-accent: light-dark(#0b5cad, #79b8f7);
  --gt-accent-hover: light-dark(#084a8c, #a3cffb);
  --gt-accent-soft: light-dark(#e2effc, #17324d);
  --gt-on-accent: light-dark(#ffffff, #0b1623);
  --gt-danger: light-dark(#b3261e, #ff9a90);
  --gt-danger-soft: light-dark(#fdeceb, #41211f);
  --gt-success: light-dark(#1a7f37, #6fd08c);
  --gt-success-soft: light-dark(#e6f6ea, #1b3a25);
  --gt-warning: light-dark(#8a5a00, #f0c060);
  --gt-warning-soft: light-dark(#fff5db, #3d3118);
  --gt-canvas: light-dark(#e4e8ec, #0c0e10);
  --gt-radius: 6px;
  --gt-shadow: 0 6px 24px rgb(0 0 0 / 0.22);
}
:where(html) { font-family: var(--gt-font); }
:where(body) { color: var(--gt-text); background: var(--gt-surface); line-height: 1.45; }
:where(crowd-form) :where(input:not([type=checkbox], [type=radio], [type=range], [type=color], [type=file]), select, textarea) {
  font: inherit; color: inherit; background: var(--gt-surface); border: 1px solid var(--gt-control-line);
  border-radius: var(--gt-radius); padding: 0.4em 0.6em; max-width: 100%;
}
:where(crowd-form) :where(input, select, textarea, a, summary, button):focus-visible {
  outline: 2px solid var(--gt-accent); outline-offset: 2px;
}
:where(crowd-form) :where(input, select, textarea)[aria-invalid="true"] {
  border-color: var(--gt-danger); outline: 1px solid var(--gt-danger);
}
:where(crowd-form) :where(input[type=checkbox], input[type=radio]) { accent-color: var(--gt-accent); }
`;

export const SHARED_STYLES = `
:host { font-family: var(--gt-font); color: var(--gt-text); box-sizing: border-box; }
:host([hidden]) { display: none !important; }
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
button, input, textarea, select { font: inherit; color: inherit; }
:focus-visible { outline: 2px solid var(--gt-accent); outline-offset: 2px; }
.visually-hidden {
  position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
.button {
  display: inline-flex; align-items: center; justify-content: center; gap: 0.4em; min-height: 2.25em; padding: 0.25em 0.9em;
  border: 1px solid var(--gt-control-line); border-radius: var(--gt-radius); background: var(--gt-surface);
  color: var(--gt-text); font-weight: 500; line-height: 1.2; text-decoration: none; cursor: pointer; user-select: none;
}
.button:hover:not(:disabled) { background: var(--gt-hover); }
.button:disabled, .button[aria-disabled="true"] { opacity: 0.55; cursor: default; }
.button.primary { background: var(--gt-accent); border-color: var(--gt-accent); color: var(--gt-on-accent); }
.button.primary:hover:not(:disabled) { background: var(--gt-accent-hover); border-color: var(--gt-accent-hover); }
.button.link, .button.icon { border-color: transparent; background: none; }
.button.link { color: var(--gt-accent); text-decoration: underline; padding-inline: 0.25em; }
.button.icon { min-width: 2.25em; padding: 0.25em; }
.button.icon:hover:not(:disabled), .button.link:hover:not(:disabled) { background: var(--gt-hover); }
.button svg { width: 1.25em; height: 1.25em; flex: none; }
.spinner {
  width: 1em; height: 1em; flex: none; border: 2px solid currentColor; border-right-color: transparent; border-radius: 50%;
  animation: turn 0.8s linear infinite;
}
@keyframes turn { to { transform: rotate(1turn); } }
@media (prefers-reduced-motion: reduce) { .spinner { animation-duration: 3s; } }
.error { margin: 0.25em 0 0; color: var(--gt-danger); font-size: 0.875em; }
.error:empty { display: none; }
kbd {
  display: inline-block; min-width: 1.6em; padding: 0 0.35em; border: 1px solid var(--gt-line); border-bottom-width: 2px;
  border-radius: 4px; background: var(--gt-raised); color: var(--gt-muted); font: inherit; font-size: 0.8em; text-align: center;
}
/* Where the system chooses the colours, a chosen thing shows by its frame. */
@media (forced-colors: active) {
  [aria-checked="true"], [aria-pressed="true"], [aria-selected="true"], .shape-row.selected, label:has(:checked) {
    outline: 3px solid Highlight; outline-offset: -3px;
  }
}
dialog {
  width: min(46rem, calc(100vw - 2rem)); max-height: calc(100dvh - 2rem); padding: 0; border: 1px solid var(--gt-line);
  border-radius: 10px; background: var(--gt-surface); color: var(--gt-text); box-shadow: var(--gt-shadow);
}
dialog::backdrop { background: rgb(0 0 0 / 0.45); }
.dialog-head {
  position: sticky; top: 0; display: flex; align-items: center; justify-content: space-between; gap: 1em;
  padding: 0.6em 0.75em 0.6em 1.25em; border-bottom: 1px solid var(--gt-line); background: var(--gt-surface);
}
.dialog-head h2 { margin: 0; font-size: 1.1em; }
.dialog-body { padding: 1em 1.25em 1.25em; overflow-wrap: anywhere; }
slot[name="full-instructions"]::slotted(*), slot[name="short-instructions"]::slotted(*) { display: block; }
`;
