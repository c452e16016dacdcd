/** Undo and redo over immutable states. */

const MAX_STATES = 500;
// Repeated small steps of one kind (holding an arrow key) within this time undo as one.
const JOIN_WITHIN = 900;

export class History {
  #past = [];
  #future = [];
  #last = { kind: null, at: 0 };

  constructor(state) {
    this.state = state;
  }

  /** Goes on to `state`. Steps of the same `kind` in quick succession count as one. */
  commit(state, kind = null) {
    const now = performance.now();
    const joins = kind !== null && kind === this.#last.kind && now - this.#last.at < JOIN_WITHIN;
    if (!joins) this.#past.push(this.state);
    if (this.#past.length > MAX_STATES) this.#past.shift();
    this.#future = [];
    this.state = state;
    this.#last = { kind, at: now };
  }

  /** Starts anew from `state`, with nothing to undo. */
  restart(state) {
    this.#past = [];
    this.#future = [];
    this.state = state;
    this.#last = { kind: null, at: 0 };
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  undo() {
    return this.#travel(this.#past, this.#future);
  }

  redo() {
    return this.#travel(this.#future, this.#past);
  }

  #travel(from, to) {
    if (from.length === 0) return false;
    to.push(this.state);
    this.state = from.pop();
    this.#last = { kind: null, at: 0 };
    return true;
  }
}
