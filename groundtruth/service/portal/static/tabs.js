/** What the tabs of one worker tell each other, so that none is left with a task that another has finished. */

export class Tabs {
  #channel = new BroadcastChannel("groundtruth-tasks");

  /** `handlers`: ended(id, how) when another tab is done with a task; shared(id) when it has the same one open. */
  constructor(handlers) {
    this.#channel.addEventListener("message", ({ data }) => {
      if (data.what === "opened") handlers.shared(data.id);
      else handlers.ended(data.id, data.what);
    });
  }

  /** Says that this tab shows the task. */
  opened(id) {
    this.#channel.postMessage({ what: "opened", id });
  }

  /** Says that the task is over: `how` is "submitted", "declined" or "stopped". */
  ended(id, how) {
    this.#channel.postMessage({ what: how, id });
  }
}
