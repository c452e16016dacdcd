/** Colours of labels: apart from each other, and dark enough to be seen on a white page. */

const COLORS = [
  "#1f6fd1",
  "#d1371f",
  "#1d8a3a",
  "#8a3fc4",
  "#c2620a",
  "#0b8a8f",
  "#c42a86",
  "#5d6b00",
  "#4b4fd6",
  "#9a1f3c",
  "#00759c",
  "#7a5200",
  "#2f7d5b",
  "#b03ab8",
  "#5b5f66",
  "#a34a28",
  "#3a5f0b",
  "#6a3d9a",
  "#b3006b",
  "#006d5b",
];
const NO_LABEL = "#5b5f66";

/** Label to colour, as `#rrggbb`. Labels beyond the list get hues spread by the golden angle. */
export function colorsFor(labels, given = {}) {
  return new Map(labels.map((label, at) => [label, hexColor(given[label]) ?? COLORS[at] ?? hue(at)]));
}

/** The colour of a label, also of one that the task does not offer. */
export function colorOf(colors, label) {
  return colors.get(label) ?? NO_LABEL;
}

/** The numbers red, green and blue of `#rrggbb`. */
export function channels(color) {
  return [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
}

/** `#rrggbb` of any opaque CSS colour, or null. */
export function hexColor(text) {
  if (typeof text !== "string" || !CSS.supports("color", text)) return null;
  const context = document.createElement("canvas").getContext("2d");
  context.fillStyle = text;
  return /^#[0-9a-f]{6}$/.test(context.fillStyle) ? context.fillStyle : null;
}

/** A colour for the number `at`; numbers near each other get hues far apart, by the golden angle. */
export function hue(at, lightness = 0.38, strength = 0.3) {
  const degrees = (at * 137.508) % 360;
  const channel = (n) => {
    const k = (n + degrees / 30) % 12;
    const value = lightness - strength * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(255 * value)
      .toString(16)
      .padStart(2, "0");
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}
