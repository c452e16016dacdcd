/**
 * A mask over an image: for every pixel the number of the class or instance it belongs to, 0 for none.
 *
 * It is painted without anti-aliasing, so that every pixel of the answer has exactly one label's colour. Each change is
 * kept as the pixels it overwrote, for undo.
 */

const EMPTY_RECT = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };

export class Mask {
  #before = null;
  #dirty = EMPTY_RECT;

  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.data = new Uint16Array(width * height);
  }

  /** Starts a change; what is painted until `commit` is one step of undo. */
  begin() {
    this.#before = this.data.slice();
    this.#dirty = EMPTY_RECT;
  }

  /** Ends a change. Returns what it overwrote, for `swap`, or null when it changed nothing. */
  commit() {
    const rect = this.#dirty;
    const before = this.#before;
    this.#before = null;
    if (before === null || rect.right <= rect.left) return null;
    return { rect, pixels: crop(before, this.width, rect) };
  }

  /** Puts the pixels of a patch in place, and returns the patch that takes them back. */
  swap({ rect, pixels }) {
    const replaced = { rect, pixels: crop(this.data, this.width, rect) };
    const width = rect.right - rect.left;
    for (let row = 0; row < rect.bottom - rect.top; row += 1) {
      this.data.set(pixels.subarray(row * width, (row + 1) * width), (rect.top + row) * this.width + rect.left);
    }
    return replaced;
  }

  /** Paints `index` wherever a disc of `radius` passes on its way between two points. Returns the rectangle touched. */
  stroke(from, to, radius, index) {
    const rect = this.#clip({
      left: Math.floor(Math.min(from.x, to.x) - radius),
      top: Math.floor(Math.min(from.y, to.y) - radius),
      right: Math.ceil(Math.max(from.x, to.x) + radius) + 1,
      bottom: Math.ceil(Math.max(from.y, to.y) + radius) + 1,
    });
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    const length = dx * dx + dy * dy;
    for (let y = rect.top; y < rect.bottom; y += 1) {
      for (let x = rect.left; x < rect.right; x += 1) {
        // A pixel belongs to the stroke when its centre does.
        const [px, py] = [x + 0.5 - from.x, y + 0.5 - from.y];
        const along = length === 0 ? 0 : Math.min(Math.max((px * dx + py * dy) / length, 0), 1);
        const [ox, oy] = [px - along * dx, py - along * dy];
        if (ox * ox + oy * oy <= radius * radius) this.data[y * this.width + x] = index;
      }
    }
    return this.#touch(rect);
  }

  /** Paints the inside of a polygon, by the even-odd rule. */
  fillPolygon(vertices, index) {
    const ys = vertices.map(({ y }) => y);
    const xs = vertices.map(({ x }) => x);
    const rect = this.#clip({
      left: Math.floor(Math.min(...xs)),
      top: Math.floor(Math.min(...ys)),
      right: Math.ceil(Math.max(...xs)),
      bottom: Math.ceil(Math.max(...ys)),
    });
    for (let y = rect.top; y < rect.bottom; y += 1) {
      const crossings = crossingsAt(vertices, y + 0.5);
      for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
        const start = Math.max(Math.ceil(crossings[pair] - 0.5), rect.left);
        const end = Math.min(Math.ceil(crossings[pair + 1] - 0.5), rect.right);
        if (start < end) this.data.fill(index, y * this.width + start, y * this.width + end);
      }
    }
    return this.#touch(rect);
  }

  /** Paints the connected area of equal pixels around a point, as inside an outline drawn with the brush. */
  flood(point, index) {
    const [x, y] = [Math.floor(point.x), Math.floor(point.y)];
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return EMPTY_RECT;
    const old = this.data[y * this.width + x];
    if (old === index) return EMPTY_RECT;
    const rect = { ...EMPTY_RECT };
    const rows = [[x, y]];
    while (rows.length > 0) this.#floodRow(rows.pop(), old, index, rows, rect);
    return this.#touch(rect);
  }

  /** Gives all pixels of the number `old` the number `index`. */
  replaceAll(old, index) {
    for (let at = this.data.indexOf(old); at >= 0; at = this.data.indexOf(old, at + 1)) this.data[at] = index;
    return this.#touch({ left: 0, top: 0, right: this.width, bottom: this.height });
  }

  /** Whether any pixel has the number `index`. */
  has(index) {
    return this.data.includes(index);
  }

  #floodRow([x, y], old, index, rows, rect) {
    const { data, width } = this;
    const row = y * width;
    if (data[row + x] !== old) return;
    let start = x;
    while (start > 0 && data[row + start - 1] === old) start -= 1;
    let end = x + 1;
    while (end < width && data[row + end] === old) end += 1;
    data.fill(index, row + start, row + end);
    rect.left = Math.min(rect.left, start);
    rect.right = Math.max(rect.right, end);
    rect.top = Math.min(rect.top, y);
    rect.bottom = Math.max(rect.bottom, y + 1);
    for (const next of [y - 1, y + 1]) {
      if (next < 0 || next >= this.height) continue;
      for (let at = start; at < end; at += 1) {
        const isStart = data[next * width + at] === old && (at === start || data[next * width + at - 1] !== old);
        if (isStart) rows.push([at, next]);
      }
    }
  }

  #clip({ left, top, right, bottom }) {
    return {
      left: Math.max(left, 0),
      top: Math.max(top, 0),
      right: Math.min(right, this.width),
      bottom: Math.min(bottom, this.height),
    };
  }

  #touch(rect) {
    const all = this.#dirty;
    if (rect.right > rect.left && rect.bottom > rect.top) {
      this.#dirty = {
        left: Math.min(all.left, rect.left),
        top: Math.min(all.top, rect.top),
        right: Math.max(all.right, rect.right),
        bottom: Math.max(all.bottom, rect.bottom),
      };
    }
    return rect;
  }
}

function crop(data, width, { left, top, right, bottom }) {
  const pixels = new Uint16Array((right - left) * (bottom - top));
  for (let y = top; y < bottom; y += 1)
    pixels.set(data.subarray(y * width + left, y * width + right), (y - top) * (right - left));
  return pixels;
}

function crossingsAt(vertices, y) {
  const crossings = [];
  vertices.forEach((a, at) => {
    const b = vertices[(at + 1) % vertices.length];
    if (a.y > y !== b.y > y) crossings.push(a.x + ((y - a.y) * (b.x - a.x)) / (b.y - a.y));
  });
  return crossings.sort((a, b) => a - b);
}
