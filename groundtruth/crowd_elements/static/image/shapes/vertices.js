/**
 * Shapes made of vertices: `{id, label, vertices: [{x, y}]}` in whole natural pixels, inside the image.
 * Polygons, polylines, lines and key points differ in how many vertices they have and whether they close.
 */

// On a segment shorter than this, in screen pixels, a handle in the middle would cover those of the vertices.
const LEAST_SEGMENT = 30;

/**
 * A kind of such shapes. `answerKey` names their list in an answer, and in an initial value that is an object; `flat`
 * writes a single vertex as x and y beside the label.
 */
export function vertexKind({ noun, plural, answerKey, min, max = Infinity, isClosed = false, flat = false }) {
  return {
    noun,
    plural,
    answerKey,
    min,
    max,
    isClosed,
    pointRadius: flat ? 5 : 3,

    read(value, natural) {
      const list = Array.isArray(value) ? value : value?.[answerKey];
      if (!Array.isArray(list))
        throw new TypeError(`${flat ? "an array of {label, x, y}" : `${plural} with label and vertices`} expected`);
      return list.map((item) => ({
        label: readLabel(item),
        vertices: readVertices(flat ? [item] : item.vertices, min, natural),
      }));
    },

    write: ({ label, vertices }) =>
      flat ? { label, ...vertices[0] } : { label, vertices: vertices.map(({ x, y }) => ({ x, y })) },

    bounds,

    /** Each vertex, and between two neighbours, far enough apart, the place where another can be pulled out. */
    handles(shape, scale = Infinity) {
      const corners = shape.vertices.map(({ x, y }, at) => ({ name: `vertex ${at}`, cursor: "move", x, y }));
      return shape.vertices.length >= max ? corners : [...corners, ...middles(shape, isClosed, scale)];
    },

    dragHandle(shape, name, dx, dy, natural) {
      const [what, position] = name.split(" ");
      const at = Number(position);
      const from = what === "vertex" ? shape.vertices[at] : middle(shape.vertices, at);
      const vertex = inside({ x: from.x + dx, y: from.y + dy }, natural);
      const vertices =
        what === "vertex" ? shape.vertices.with(at, vertex) : shape.vertices.toSpliced(at + 1, 0, vertex);
      return { ...shape, vertices };
    },

    moveBy(shape, dx, dy, natural) {
      const { left, top, width, height } = bounds(shape);
      const right = Math.min(Math.max(Math.round(dx), -left), natural.width - left - width);
      const down = Math.min(Math.max(Math.round(dy), -top), natural.height - top - height);
      return { ...shape, vertices: shape.vertices.map(({ x, y }) => ({ x: x + right, y: y + down })) };
    },

    hit({ vertices }, point, tolerance) {
      if (vertices.length === 1) return distance(vertices[0], point) <= tolerance ? "edge" : null;
      if (segments(vertices, isClosed).some(([a, b]) => distanceToSegment(point, a, b) <= tolerance)) return "edge";
      return isClosed && contains(vertices, point) ? "inside" : null;
    },

    size(shape) {
      const { width, height } = bounds(shape);
      return width * height;
    },

    isOpen: () => !isClosed,

    points: ({ vertices }) => (isClosed ? [] : vertices),

    outline({ vertices }, toScreen) {
      const steps = vertices.map(({ x, y }, at) => {
        const point = toScreen(x, y);
        return `${at === 0 ? "M" : "L"}${point.x} ${point.y}`;
      });
      return steps.join("") + (isClosed && vertices.length > 2 ? "z" : "");
    },

    describe: ({ vertices }) =>
      vertices.length === 1
        ? `at ${vertices[0].x}, ${vertices[0].y}`
        : `${vertices.length} points from ${vertices[0].x}, ${vertices[0].y}`,

    brief: ({ vertices }) =>
      vertices.length === 1 ? `${vertices[0].x}, ${vertices[0].y}` : `${vertices.length} points`,
  };
}

/** A point of the image in whole pixels, moved inside it. */
export function inside({ x, y }, { width, height }) {
  return { x: Math.min(Math.max(Math.round(x), 0), width), y: Math.min(Math.max(Math.round(y), 0), height) };
}

function bounds({ vertices }) {
  const xs = vertices.map(({ x }) => x);
  const ys = vertices.map(({ y }) => y);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { left, top, width: Math.max(...xs) - left, height: Math.max(...ys) - top };
}

function readLabel(item) {
  if (typeof item?.label !== "string") throw new TypeError("each item needs a label");
  return item.label;
}

function readVertices(list, min, natural) {
  if (!Array.isArray(list) || list.length < min)
    throw new TypeError(`each item needs at least ${min} ${min === 1 ? "point" : "vertices"}`);
  return list.map((vertex) => {
    const point = { x: Number(vertex?.x), y: Number(vertex?.y) };
    if (!Number.isFinite(point.x) || !Number.isFinite(point.y))
      throw new TypeError("each point needs the numbers x and y");
    return inside(point, natural);
  });
}

function segments(vertices, isClosed) {
  const pairs = vertices.slice(1).map((vertex, at) => [vertices[at], vertex]);
  return isClosed ? [...pairs, [vertices.at(-1), vertices[0]]] : pairs;
}

function middle(vertices, at) {
  const [a, b] = [vertices[at], vertices[(at + 1) % vertices.length]];
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function middles({ vertices }, isClosed, scale) {
  return segments(vertices, isClosed).flatMap(([a, b], at) => {
    if (distance(a, b) * scale < LEAST_SEGMENT) return [];
    return [{ name: `middle ${at}`, cursor: "copy", isMinor: true, ...middle(vertices, at) }];
  });
}

function distance(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function distanceToSegment(point, a, b) {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.min(Math.max(((point.x - a.x) * dx + (point.y - a.y) * dy) / length, 0), 1);
  return distance(point, { x: a.x + along * dx, y: a.y + along * dy });
}

function contains(vertices, { x, y }) {
  let isInside = false;
  for (const [a, b] of segments(vertices, true)) {
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) isInside = !isInside;
  }
  return isInside;
}
