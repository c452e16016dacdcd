/**
 * Bounding boxes as shapes: `{id, label, left, top, width, height}` in whole natural pixels, inside the image.
 *
 * A kind of shape is an object of pure functions; the annotator, its layer and its tools know shapes only through it.
 */

export const MIN_SIZE = 1;
// On a side shorter than this, in screen pixels, a handle in the middle would cover those of the corners.
const LEAST_SIDE = 30;

const HANDLES = [
  ["nw", "nwse-resize"],
  ["n", "ns-resize"],
  ["ne", "nesw-resize"],
  ["e", "ew-resize"],
  ["se", "nwse-resize"],
  ["s", "ns-resize"],
  ["sw", "nesw-resize"],
  ["w", "ew-resize"],
];

export const boxes = {
  noun: "box",
  plural: "boxes",
  answerKey: "boundingBoxes",
  /** A drag starts a new box, so one that begins near another box must not move that. */
  isDrawnByDrag: true,

  /** The shapes of an answer or initial value; throws TypeError when it is none. */
  read(value, natural) {
    const list = Array.isArray(value) ? value : value?.boundingBoxes;
    if (!Array.isArray(list)) throw new TypeError("an array of {label, left, top, width, height} is expected");
    return list.map((item) => readBox(item, natural));
  },

  write: ({ label, left, top, width, height }) => ({ label, left, top, width, height }),

  bounds: ({ left, top, width, height }) => ({ left, top, width, height }),

  /** The box between two points of the image. */
  between(a, b, natural) {
    return fromEdges(Math.min(a.x, b.x), Math.min(a.y, b.y), Math.max(a.x, b.x), Math.max(a.y, b.y), natural);
  },

  /** The corners, and the middles of sides that are long enough on a screen of `scale`. */
  handles({ left, top, width, height }, scale = Infinity) {
    const isRoomy = ([name]) => name.length === 2 || ("ns".includes(name) ? width : height) * scale >= LEAST_SIDE;
    return HANDLES.filter(isRoomy).map(([name, cursor]) => ({
      name,
      cursor,
      x: left + width * (name.includes("w") ? 0 : name.includes("e") ? 1 : 0.5),
      y: top + height * (name.includes("n") ? 0 : name.includes("s") ? 1 : 0.5),
    }));
  },

  /** Moves the edges that a handle holds; past the opposite edge the box turns over. */
  dragHandle(box, name, dx, dy, natural) {
    const left = box.left + (name.includes("w") ? dx : 0);
    const right = box.left + box.width + (name.includes("e") ? dx : 0);
    const top = box.top + (name.includes("n") ? dy : 0);
    const bottom = box.top + box.height + (name.includes("s") ? dy : 0);
    return { ...box, ...boxes.between({ x: left, y: top }, { x: right, y: bottom }, natural) };
  },

  moveBy(box, dx, dy, natural) {
    const left = clamp(Math.round(box.left + dx), 0, natural.width - box.width);
    const top = clamp(Math.round(box.top + dy), 0, natural.height - box.height);
    return { ...box, left, top };
  },

  /** Moves the right and bottom edges, or with `fromStart` the left and top ones; a box never turns over this way. */
  resizeBy(box, dx, dy, fromStart, natural) {
    const { left, top, width, height } = box;
    if (!fromStart) {
      return {
        ...box,
        width: clamp(width + dx, MIN_SIZE, natural.width - left),
        height: clamp(height + dy, MIN_SIZE, natural.height - top),
      };
    }
    const newLeft = clamp(left + dx, 0, left + width - MIN_SIZE);
    const newTop = clamp(top + dy, 0, top + height - MIN_SIZE);
    return { ...box, left: newLeft, top: newTop, width: left + width - newLeft, height: top + height - newTop };
  },

  /** "edge", "inside" or null: what of the box lies within `tolerance` image pixels of `point`. */
  hit({ left, top, width, height }, point, tolerance) {
    const dx = Math.max(left - point.x, point.x - left - width);
    const dy = Math.max(top - point.y, point.y - top - height);
    const outside = Math.max(dx, dy);
    if (outside > tolerance) return null;
    return outside > -tolerance ? "edge" : "inside";
  },

  /** Of several shapes under the pointer the smallest is meant. */
  size: ({ width, height }) => width * height,

  describe: ({ left, top, width, height }) =>
    `${width} by ${height} pixels, ${left} from the left, ${top} from the top`,

  brief: ({ width, height }) => `${width} × ${height}`,
};

function readBox(item, natural) {
  const numbers = [item?.left, item?.top, item?.width, item?.height].map(Number);
  if (typeof item?.label !== "string" || numbers.some((number) => !Number.isFinite(number))) {
    throw new TypeError("each box needs a label and the numbers left, top, width and height");
  }
  const [left, top, width, height] = numbers;
  return { label: item.label, ...fromEdges(left, top, left + width, top + height, natural) };
}

function fromEdges(left, top, right, bottom, natural) {
  const [start, width] = span(left, right, natural.width);
  const [above, height] = span(top, bottom, natural.height);
  return { left: start, top: above, width, height };
}

function span(from, to, room) {
  const start = clamp(Math.round(from), 0, room - MIN_SIZE);
  return [start, Math.max(MIN_SIZE, clamp(Math.round(to), 0, room) - start)];
}

function clamp(value, least, most) {
  return Math.min(Math.max(value, least), most);
}
