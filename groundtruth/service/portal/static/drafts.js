/** Keeps what a worker has so far with the portal: always the latest, one request at a time. */

import { ask, pause } from "./server.js";

const WAIT_AFTER_FAILURE = 5_000;

export class Drafts {
  #waiting = null;
  #running = null;

  /** Keeps `answer` as the draft of this task. */
  keep(id, answer) {
    this.#waiting = { id, answer };
    this.#running ??= this.#run();
  }

  /** Forgets what is still to be kept: it was submitted, or is not wanted. */
  drop() {
    this.#waiting = null;
  }

  get isSettled() {
    return this.#waiting === null && this.#running === null;
  }

  /** Waits until all is kept, at most so many milliseconds; says whether it is. */
  async settle(longest) {
    await Promise.race([this.#running, pause(longest)]);
    return this.isSettled;
  }

  async #run() {
    while (this.#waiting !== null) {
      const draft = this.#waiting;
      this.#waiting = null;
      try {
        await ask("PUT", `/tasks/${draft.id}/draft`, { answer: draft.answer });
      } catch (refusal) {
        if (!refusal.isPassing) continue;
        await pause(WAIT_AFTER_FAILURE);
        this.#waiting ??= draft;
      }
    }
    this.#running = null;
  }
}
