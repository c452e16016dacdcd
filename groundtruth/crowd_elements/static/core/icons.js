/** The icons of buttons, drawn on a 24 by 24 grid, by the names that templates use. */

import { svg } from "./dom.js";

const SHAPES = {
  add: "M12 5v14M5 12h14",
  "arrow-back": "M19 12H5m6-6-6 6 6 6",
  "arrow-forward": "M5 12h14m-6-6 6 6-6 6",
  check: "m5 12.5 4.5 4.5L19 7.5",
  close: "m6 6 12 12M18 6 6 18",
  create: "m4 20 1-5L16 4l4 4L9 19zM14 6l4 4",
  delete: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5",
  "expand-more": "m6 9 6 6 6-6",
  fit: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  fill: "m11 3 8 8-7 7a2 2 0 0 1-3 0l-5-5a2 2 0 0 1 0-3zM4 12h13M20 15c1 2 2 3 2 4a2 2 0 0 1-4 0c0-1 1-2 2-4z",
  eraser: "m9 20-5-5 10-10 6 6-9 9zM9 20h11M9 10l6 6",
  brush: "M20 4 10 14M10 14c-3 0-4 2-4 4 0 1-1 2-2 2 4 1 8-1 8-4z",
  help: "M9 9a3 3 0 1 1 4 3c-1 .5-1 1-1 2M12 17.5v.5M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
  info: "M12 11v6M12 7v.5M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
  menu: "M4 7h16M4 12h16M4 17h16",
  pan: "M12 3v18M3 12h18M9 6l3-3 3 3M9 18l3 3 3-3M6 9l-3 3 3 3M18 9l3 3-3 3",
  polygon: "m12 3 8 6-3 10H7L4 9z",
  redo: "M20 9H9a5 5 0 0 0 0 10h4M20 9l-4-4M20 9l-4 4",
  remove: "M5 12h14",
  save: "M5 4h11l3 3v13H5zM8 4v5h7V4M8 20v-6h8v6",
  search: "m20 20-4.5-4.5M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13z",
  settings: "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM12 2v4M12 18v4M2 12h4M18 12h4M5 5l3 3M16 16l3 3M5 19l3-3M16 8l3-3",
  star: "m12 3 2.8 5.8 6.2.8-4.6 4.4 1.2 6.3L12 17.3l-5.6 3 1.2-6.3L3 9.6l6.2-.8z",
  undo: "M4 9h11a5 5 0 0 1 0 10h-4M4 9l4-4M4 9l4 4",
  warning: "M12 4 2.5 20h19zM12 10v5M12 17.5v.5",
  visibility: "M2 12c3-5 6.500-7 10-7s7 2 10 7c-3 5-6.500 7-10 7s-7-2-10-7zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
};

/** The icon called `name` (a set's prefix, as in `icons:add`, is ignored), or null when there is none. */
export function icon(name) {
  const shape = SHAPES[name.split(":").at(-1)];
  if (shape === undefined) return null;
  const line = {
    d: shape,
    fill: "none",
    stroke: "currentColor",
    "stroke-width": 2,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
  };
  return svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", line));
}
