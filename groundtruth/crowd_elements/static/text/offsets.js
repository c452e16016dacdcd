/**
 * Positions in a text, counted in Unicode code points as answers count them, against the UTF-16 units of JavaScript.
 */

export class Offsets {
  #units = [0];

  constructor(text) {
    this.text = text;
    for (const character of text) this.#units.push(this.#units.at(-1) + character.length);
  }

  get length() {
    return this.#units.length - 1;
  }

  /** The code point at which the UTF-16 position `unit` lies; inside a surrogate pair, the start of the pair. */
  fromUnit(unit) {
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#units[middle] <= unit) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  toUnit(offset) {
    return this.#units[Math.min(Math.max(offset, 0), this.length)];
  }

  slice(start, end) {
    return this.text.slice(this.toUnit(start), this.toUnit(end));
  }

  /** The span without the white space at its ends; null when nothing is left. */
  trimmed(start, end) {
    const text = this.slice(start, end);
    const lead = Array.from(text.slice(0, text.length - text.trimStart().length)).length;
    const tail = Array.from(text.slice(text.trimEnd().length)).length;
    return start + lead < end - tail ? { start: start + lead, end: end - tail } : null;
  }
}

/** Cuts a text of `length` at every boundary of `entities`: [{start, end, entity}], `entity` null between them. */
export function segments(length, entities) {
  const cuts = new Set([0, length]);
  for (const { startOffset, endOffset } of entities) cuts.add(startOffset).add(endOffset);
  const bounds = [...cuts].sort((a, b) => a - b);
  return bounds.slice(1).map((end, at) => {
    const start = bounds[at];
    return {
      start,
      end,
      entity: entities.find((entity) => entity.startOffset <= start && entity.endOffset >= end) ?? null,
    };
  });
}
