/**
 * The sandboxed frame that a task is shown in.
 *
 * What is in it has an origin of its own: it reaches neither this page nor the session, and talks to us by messages
 * alone (groundtruth/crowd_elements/static/form/portal.js names them). Only messages of the frame on show are heard.
 */

const SANDBOX = "allow-scripts allow-forms";
const LONGEST_WAIT_AFTER_LOAD = 700;

export class TaskFrame {
  #stage;
  #handlers;
  #frame = null;
  #begin = null;

  /** `stage`: the element to put frames into. `handlers`: answer(answer), draft(answer). */
  constructor(stage, handlers) {
    this.#stage = stage;
    this.#handlers = handlers;
    window.addEventListener("message", (event) => this.#hear(event));
  }

  /** Loads a task's document, with the draft to go on from or null; it takes the place of the one before when it is ready. */
  show(address, draft) {
    const before = this.#frame;
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", SANDBOX);
    frame.title = "The task";
    frame.className = "coming";
    this.#frame = frame;
    return new Promise((resolve) => {
      const begin = () => {
        if (this.#begin !== begin) return;
        this.#begin = null;
        if (draft !== null) this.#say({ type: "groundtruth-restore", answer: draft });
        frame.className = "";
        before?.remove();
        frame.focus();
        resolve();
      };
      this.#begin = begin;
      // A template without the Crowd elements never says that it is ready.
      frame.addEventListener("load", () => setTimeout(begin, LONGEST_WAIT_AFTER_LOAD), { once: true });
      frame.src = address;
      this.#stage.append(frame);
    });
  }

  /** Takes the task off the page. */
  clear() {
    this.#begin = null;
    this.#frame = null;
    this.#stage.replaceChildren();
  }

  /** Puts the keyboard into the task. */
  focus() {
    this.#frame?.focus();
  }

  /** The answer is kept: the task stays closed. */
  saved(message) {
    this.#say({ type: "groundtruth-saved", message });
  }

  /** The answer is not kept: the worker sees why, and can submit again. */
  rejected(message) {
    this.#say({ type: "groundtruth-rejected", message });
  }

  #say(message) {
    // An opaque origin cannot be named as a target; frame-src keeps the frame from being led elsewhere.
    this.#frame?.contentWindow.postMessage(message, "*");
  }

  #hear(event) {
    if (this.#frame === null || event.source !== this.#frame.contentWindow || event.origin !== "null") return;
    const { type, answer } = event.data ?? {};
    const isObject = typeof answer === "object" && answer !== null && !Array.isArray(answer);
    if (type === "groundtruth-ready") this.#begin?.();
    else if (type === "groundtruth-answer" && isObject) this.#handlers.answer(answer);
    else if (type === "groundtruth-draft" && isObject) this.#handlers.draft(answer);
  }
}
