/**
 * How an answer leaves the page, and what comes back.
 *
 * The page that embeds the task in a frame (the portal) and the task talk by `postMessage`. The frame is sandboxed and
 * its origin opaque, so messages go out with target "*"; only messages of `window.parent` are heard.
 *
 *     task to portal    {type: "groundtruth-ready"}             elements are up; a draft may be given back now
 *                       {type: "groundtruth-answer", answer}    the worker submitted
 *                       {type: "groundtruth-draft", answer}     the answer so far, some time after a change
 *     either way        {type: "groundtruth-preferences", preferences}  how the worker likes the widgets: preferences.js
 *     portal to task    {type: "groundtruth-saved", message?}   the answer is durable: the task stays closed
 *                       {type: "groundtruth-rejected", message} it is not: the worker sees why and can submit again
 *                       {type: "groundtruth-restore", answer}   an answer or draft of before, to go on from
 *
 * The same goes out as events of `document` (`groundtruth-answer`, `groundtruth-draft`, with the answer as `detail`),
 * in a frame or not. Without a frame a listener that takes the answer calls `preventDefault()`; then it reports back with
 * a `groundtruth-saved` or `groundtruth-rejected` event (`detail.message`) on `document`.
 *
 * A submission that nobody confirms may be sent again by the worker: the portal must take one answer per task.
 */

const isFramed = window.parent !== window;

/** Connects a form to whoever takes its answer. `handlers`: saved(message), rejected(message), restore(answer). */
export class Portal {
  #handlers;

  constructor(handlers, signal) {
    this.#handlers = handlers;
    window.addEventListener("message", (event) => this.#hear(event), { signal });
    document.addEventListener("groundtruth-saved", (event) => handlers.saved(event.detail?.message), { signal });
    document.addEventListener("groundtruth-rejected", (event) => handlers.rejected(event.detail?.message), { signal });
  }

  ready() {
    this.#post({ type: "groundtruth-ready" });
  }

  /** Sends the answer. False when there is nobody to take it. */
  deliver(answer) {
    const taken = !this.#dispatch("groundtruth-answer", answer);
    this.#post({ type: "groundtruth-answer", answer });
    return isFramed || taken;
  }

  draft(answer) {
    this.#dispatch("groundtruth-draft", answer);
    this.#post({ type: "groundtruth-draft", answer });
  }

  #dispatch(type, detail) {
    return document.dispatchEvent(new CustomEvent(type, { bubbles: true, cancelable: true, detail }));
  }

  #post(message) {
    if (isFramed) window.parent.postMessage(message, "*");
  }

  #hear(event) {
    if (!isFramed || event.source !== window.parent) return;
    const { type, message, answer } = event.data ?? {};
    if (type === "groundtruth-saved") this.#handlers.saved(message);
    else if (type === "groundtruth-rejected") this.#handlers.rejected(message);
    else if (type === "groundtruth-restore" && typeof answer === "object" && answer !== null)
      this.#handlers.restore(answer);
  }
}
