/**
 * crowd-form: gathers the answer of everything inside it and hands it over.
 *
 * On submit it checks each control and shows what is missing; then it fires `submit` on itself, which a template may
 * cancel (`onsubmit`, `preventDefault()`); then the answer, an object keyed by the names of the controls, goes to the
 * portal (see portal.js). The form stays closed until the portal says that the answer is saved; a rejected answer opens
 * it again with everything still in it.
 *
 * `submit()` sends without the `submit` event, as in HTML, so that a handler may cancel, work, and call it; an
 * incomplete answer is not sent that way either. `action`, `method` and `target` have no effect: where an answer goes is
 * the portal's business.
 */

import { el } from "../core/dom.js";
import { CrowdElement } from "../core/element.js";
import { InstructionsDialog } from "../core/instructions.js";
import { collect, controlsOf } from "./controls.js";
import { Portal } from "./portal.js";
import { showPreview } from "./preview.js";

const DRAFT_DELAY = 800;
const CONFIRMATION_TIMEOUT = 30_000;
const OWN_SUBMIT = 'crowd-button[form-action="submit"]';

export class CrowdForm extends CrowdElement {
  static styles = `
    :host { display: block; }
    .regions:not([hidden]) {
      display: flex; gap: 1em; justify-content: space-between; align-items: flex-start; margin-bottom: 1em; padding: 0.75em 1em;
      border: 1px solid var(--gt-line); border-radius: var(--gt-radius); background: var(--gt-raised);
    }
    .bar {
      position: sticky; bottom: 0; z-index: 5; display: flex; align-items: center; justify-content: flex-end; gap: 1em;
      min-height: 3.5rem; margin-top: 0.5rem; padding: 0.5rem 0; background: var(--gt-surface); border-top: 1px solid var(--gt-line);
    }
    .bar.own:not(.speaks) { min-height: 0; margin: 0; padding: 0; border: 0; }
    /* A form with a submit button of its own keeps it where it likes, mostly below: what is said comes above, and covers no button. */
    .bar.own.speaks {
      position: fixed; inset: 0.5rem 0.5rem auto; min-height: 0; margin: 0; padding: 0.5rem 1em;
      border: 1px solid var(--gt-line); border-radius: var(--gt-radius); box-shadow: 0 2px 12px rgb(0 0 0 / 0.25);
    }
    @media (height < 500px) { .bar { min-height: 2.75rem; padding-block: 0.25rem; } }
    .messages { flex: 1; min-width: 0; }
    .messages p { margin: 0; }
    .problems { color: var(--gt-danger); font-weight: 500; max-height: 6em; overflow: auto; }
    .problems button {
      padding: 0; border: 0; background: none; color: inherit; font-weight: 400; text-align: start; text-decoration: underline; cursor: pointer;
    }
    .problems ul { margin: 0.15em 0 0; padding: 0; list-style: none; }
    .status { color: var(--gt-muted); }
    .submit { min-width: 7em; }
  `;

  #state = "open";
  #parts = {};
  #portal = null;
  #draftTimer = 0;
  #confirmationTimer = 0;
  #lastDraft = "";
  #submitter = null;

  render() {
    const content = el("div", { class: "content" }, el("slot"));
    const summary = el("slot", { name: "short-instructions" });
    const dialog = new InstructionsDialog();
    const more = el("button", { class: "button", type: "button", onclick: () => dialog.open() }, "Full instructions");
    const regions = el("div", { class: "regions", hidden: true }, el("div", {}, summary), more);
    const problems = el("div", { class: "problems", role: "alert" });
    const status = el("p", { class: "status", role: "status" });
    const label = el("span", {}, "Submit");
    const submit = el(
      "button",
      { class: "button primary submit", type: "button", onclick: () => this.requestSubmit() },
      label,
    );
    const bar = el("div", { class: "bar" }, el("div", { class: "messages" }, problems, status), submit);
    this.#parts = { content, regions, more, dialog, problems, status, submit, label, bar };
    this.shadowRoot.append(regions, content, bar, dialog.element);
    for (const type of ["input", "change"]) this.addEventListener(type, (event) => this.#onChange(event));
    this.addEventListener("click", (event) => this.#onClick(event));
    this.addEventListener("keydown", (event) => this.#onKey(event));
  }

  connected() {
    const signal = this.lifetime;
    this.#portal = new Portal(
      {
        saved: (message) => this.#onSaved(message),
        rejected: (message) => this.#onRejected(message),
        restore: (answer) => this.#restore(answer),
      },
      signal,
    );
    window.addEventListener("pagehide", () => this.#sendDraft(), { signal });
    const observer = new MutationObserver(() => this.#arrange());
    observer.observe(this, { childList: true, subtree: true });
    signal.addEventListener("abort", () => observer.disconnect());
    this.#arrange();
    // After the whole document is upgraded, so that a draft given back finds every control.
    document.addEventListener("all-crowd-elements-ready", () => this.#portal.ready(), { once: true, signal });
  }

  /** The answer as it stands, complete or not. */
  get answer() {
    return collect(controlsOf(this));
  }

  /** The elements that take part in the answer. */
  get elements() {
    return controlsOf(this).map((control) => control.element ?? control);
  }

  checkValidity() {
    return this.#problems().length === 0;
  }

  /** Shows what keeps the answer from being submitted; true when nothing does. */
  reportValidity() {
    const problems = this.#problems();
    this.#showProblems(problems);
    return problems.length === 0;
  }

  /** Submits as the button does. */
  requestSubmit(submitter = null) {
    if (this.#state !== "open" || !this.reportValidity()) return;
    const event = new SubmitEvent("submit", { bubbles: true, cancelable: true });
    // The handler may itself call submit(); the state then shows that the answer has left.
    if (this.dispatchEvent(event) && this.#state === "open") this.#send(submitter);
  }

  /** Submits without asking the template's `submit` handlers. */
  submit() {
    if (this.#state === "open" && this.reportValidity()) this.#send(null);
  }

  reset() {
    if (this.#state !== "open") return;
    if (!this.dispatchEvent(new Event("reset", { bubbles: true, cancelable: true }))) return;
    for (const control of controlsOf(this)) {
      control.reset();
      control.showProblem(null);
    }
    this.#showProblems([]);
    this.#planDraft();
  }

  #problems() {
    return controlsOf(this)
      .map((control) => ({ control, message: control.validate() }))
      .filter((problem) => problem.message !== null);
  }

  #showProblems(problems) {
    const byControl = new Map(problems.map(({ control, message }) => [control.element ?? control, message]));
    for (const control of controlsOf(this)) control.showProblem(byControl.get(control.element ?? control) ?? null);
    // Buttons of one name share one requirement, which is shown once.
    const shown = problems.filter(
      ({ control, message }, at) =>
        at === problems.findIndex((other) => other.control.name === control.name && other.message === message),
    );
    const list = shown.map(({ control, message }) =>
      el("li", {}, el("button", { type: "button", onclick: () => focusOn(control) }, `${control.caption}: ${message}`)),
    );
    const title =
      shown.length === 1
        ? "One thing is left before you can submit:"
        : `${shown.length} things are left before you can submit:`;
    this.#parts.problems.replaceChildren(...(shown.length === 0 ? [] : [el("p", {}, title), el("ul", {}, ...list)]));
    this.#speak();
    if (shown.length > 0) focusOn(shown[0].control);
  }

  #send(submitter) {
    clearTimeout(this.#draftTimer);
    const { answer } = this;
    this.#submitter = submitter;
    this.#close("saving", "Saving…");
    if (this.#portal.deliver(answer)) {
      // An answer taken and confirmed at once has left this state already.
      if (this.#state === "saving") this.#confirmationTimer = setTimeout(() => this.#onTimeout(), CONFIRMATION_TIMEOUT);
      return;
    }
    this.#open("");
    showPreview(this.shadowRoot, answer);
  }

  #close(state, message) {
    this.#state = state;
    const { content, submit, label } = this.#parts;
    content.inert = true;
    this.setAttribute("aria-busy", String(state === "saving"));
    submit.disabled = true;
    label.textContent = state === "saving" ? "Saving…" : "Saved";
    for (const button of this.querySelectorAll(OWN_SUBMIT)) button.toggleAttribute("loading", state === "saving");
    this.#say(message);
  }

  #open(message) {
    clearTimeout(this.#confirmationTimer);
    this.#state = "open";
    const { content, submit, label } = this.#parts;
    content.inert = false;
    this.removeAttribute("aria-busy");
    submit.disabled = false;
    label.textContent = "Submit";
    for (const button of this.querySelectorAll(OWN_SUBMIT)) button.removeAttribute("loading");
    this.#say(message);
    (this.#submitter ?? submit).focus();
  }

  #onSaved(message) {
    if (this.#state !== "saving") return;
    clearTimeout(this.#confirmationTimer);
    this.#close("saved", message || "Your answer is saved.");
  }

  #onRejected(message) {
    if (this.#state !== "saving") return;
    this.#open("");
    this.#parts.problems.replaceChildren(
      el("p", {}, `Not saved: ${message || "the answer was not accepted."}`),
      el("p", {}, "Your work is still here; you can submit again."),
    );
    this.#speak();
  }

  #onTimeout() {
    this.#open("");
    this.#parts.problems.replaceChildren(
      el("p", {}, "Nobody has confirmed that your answer is saved. Your work is still here; submit again."),
    );
    this.#speak();
  }

  #restore(answer) {
    if (this.#state !== "open") return;
    for (const control of controlsOf(this))
      control.restore(Object.hasOwn(answer, control.name) ? answer[control.name] : undefined);
    this.#lastDraft = JSON.stringify(answer);
  }

  #onChange(event) {
    if (this.#state !== "open" || this.#parts.dialog.element.contains(event.target)) return;
    this.#recheck(event.target);
    this.#planDraft();
  }

  // A message goes away as soon as it is no longer true, and none appears while the worker is still typing.
  #recheck(target) {
    const { problems } = this.#parts;
    if (problems.childElementCount === 0) return;
    for (const control of controlsOf(this)) {
      const element = control.element ?? control;
      if (element.name === target.name && control.validate() === null) control.showProblem(null);
    }
    if (this.checkValidity()) problems.replaceChildren();
    this.#speak();
  }

  #planDraft() {
    clearTimeout(this.#draftTimer);
    this.#draftTimer = setTimeout(() => this.#sendDraft(), DRAFT_DELAY);
  }

  #sendDraft() {
    clearTimeout(this.#draftTimer);
    if (this.#state !== "open") return;
    const draft = collect(controlsOf(this), (control) => control.draft);
    const text = JSON.stringify(draft);
    if (text === this.#lastDraft || (this.#lastDraft === "" && text === "{}")) return;
    this.#lastDraft = text;
    this.#portal.draft(draft);
  }

  #onClick(event) {
    const button = event.target.closest?.(
      'button[type="submit"], input[type="submit"], button[type="reset"], input[type="reset"]',
    );
    if (!button || event.defaultPrevented) return;
    // The template's own button, also inside its own <form>, which must not navigate away.
    event.preventDefault();
    if (button.type === "submit") this.requestSubmit(button);
    else this.reset();
  }

  #onKey(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
    event.preventDefault();
    this.requestSubmit();
  }

  #arrange() {
    const { regions, more, submit, bar, dialog } = this.#parts;
    const children = Array.from(this.children);
    const short = children.filter((child) => child.localName === "short-instructions");
    const full = children.filter((child) => child.localName === "full-instructions");
    for (const child of [...short, ...full]) if (child.slot !== child.localName) child.slot = child.localName;
    regions.hidden = short.length + full.length === 0;
    more.hidden = full.length === 0;
    dialog.setTitle(full[0]?.getAttribute("header"));
    const hasOwn = this.querySelector(OWN_SUBMIT) !== null;
    submit.hidden = hasOwn;
    bar.classList.toggle("own", hasOwn);
  }

  #say(message) {
    this.#parts.status.textContent = message;
    if (message) this.#parts.problems.replaceChildren();
    this.#speak();
  }

  #speak() {
    const { bar, problems, status } = this.#parts;
    bar.classList.toggle("speaks", problems.childElementCount > 0 || status.textContent !== "");
  }
}

// A control in a closed pane cannot take the focus until the pane is open.
function focusOn(control) {
  for (let around = (control.element ?? control).parentElement; around !== null; around = around.parentElement) {
    if (around.localName === "crowd-tab") around.parentElement.show?.(around);
    else if (around.localName === "crowd-modal") around.open();
    else if (around.localName === "details") around.open = true;
  }
  control.focus();
}
