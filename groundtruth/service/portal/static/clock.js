/** The time left for a task. It goes on while the computer sleeps, as the service's does. */

const WARNING_SECONDS = 60;

export class Clock {
  #element;
  #time;
  #handlers;
  #end = null;
  #timer = 0;
  #isWarned = false;

  /** `element`: what shows that time is short; `time`: where it is written. `handlers`: warn(), over(). */
  constructor(element, time, handlers) {
    this.#element = element;
    this.#time = time;
    this.#handlers = handlers;
  }

  /** Starts with so many seconds left. */
  start(seconds) {
    this.stop();
    this.#end = Date.now() + seconds * 1000;
    this.#isWarned = seconds <= WARNING_SECONDS;
    this.#tick();
  }

  /** Stops, and shows no time. */
  stop() {
    clearTimeout(this.#timer);
    this.#end = null;
    this.#time.textContent = "–:––";
    this.#element.classList.remove("short", "over");
  }

  /** Seconds left; 0 when the time is over or no task is there. */
  get left() {
    return this.#end === null ? 0 : Math.max(0, (this.#end - Date.now()) / 1000);
  }

  #tick() {
    const { left } = this;
    this.#time.textContent = written(Math.ceil(left));
    this.#element.classList.toggle("short", left <= WARNING_SECONDS);
    this.#element.classList.toggle("over", left === 0);
    if (left === 0) {
      this.#handlers.over();
      return;
    }
    if (left <= WARNING_SECONDS && !this.#isWarned) {
      this.#isWarned = true;
      this.#handlers.warn();
    }
    // Woken just after the next full second, so that none is skipped.
    this.#timer = setTimeout(() => this.#tick(), ((left * 1000) % 1000) + 5);
  }
}

/** `9:41`, or `2 h 05` where minutes are enough. */
export function written(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")}`;
  return `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
}
