/** Makes a box by dragging from corner to corner. A click on bare ground only lets go of the selection. */

export class BoxMaker {
  isBusy = false;
  #annotator;

  constructor(annotator) {
    this.#annotator = annotator;
  }

  press() {}

  drag(from, to) {
    this.#annotator.setUnfinished(this.#box(from, to));
  }

  release(from, to, moved) {
    this.#annotator.setUnfinished(null);
    if (moved) this.#annotator.add(this.#box(from, to));
    else this.#annotator.select(null);
  }

  hover() {}

  abandon() {}

  onKey() {
    return false;
  }

  /** A box in the middle of what is in view, to be moved by the keyboard. */
  atCenter({ left, top, width, height }) {
    const center = { x: left + width / 2, y: top + height / 2 };
    const half = { x: width / 10, y: height / 25 };
    return this.#box({ x: center.x - half.x, y: center.y - half.y }, { x: center.x + half.x, y: center.y + half.y });
  }

  #box(from, to) {
    const { kind, viewport, currentLabel } = this.#annotator;
    return { id: null, label: currentLabel, ...kind.between(from, to, viewport.natural) };
  }
}
