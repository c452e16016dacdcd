/** Shows a mask over its image in the colours of its labels, and reads and writes it as a PNG. */

import { el } from "../../core/dom.js";
import { channels } from "../palette.js";

export class MaskCanvas {
  element = el("canvas", { style: "opacity: 0.55" });
  #context = this.element.getContext("2d", { willReadFrequently: true });
  #mask = null;

  /** Shows `mask` from now on, in `colors`: number to `#rrggbb`. */
  show(mask, colors) {
    this.#mask = mask;
    this.element.width = mask.width;
    this.element.height = mask.height;
    this.draw({ left: 0, top: 0, right: mask.width, bottom: mask.height }, colors);
  }

  /** Draws a rectangle of the mask again. */
  draw({ left, top, right, bottom }, colors) {
    const width = right - left;
    const height = bottom - top;
    if (!(width > 0 && height > 0)) return;
    const table = pixelTable(colors);
    const image = this.#context.createImageData(width, height);
    const pixels = new Uint32Array(image.data.buffer);
    for (let y = 0; y < height; y += 1) {
      const row = (top + y) * this.#mask.width + left;
      // What belongs to nothing stays transparent.
      for (let x = 0; x < width; x += 1) pixels[y * width + x] = table[this.#mask.data[row + x]] ?? 0;
    }
    this.#context.putImageData(image, left, top);
  }

  /** The mask as a PNG, in base64. */
  toBase64() {
    return this.element.toDataURL("image/png").split(",")[1];
  }
}

/**
 * Reads a PNG of label colours into `mask`. `indexes`: `#rrggbb` to number; other colours count as nothing. The picture is
 * stretched to the mask's size if it has another. Rejects with an Error when the picture cannot be read.
 */
export async function readMask(source, mask, indexes) {
  const image = el("img", { crossorigin: "anonymous" });
  image.src = source;
  try {
    await image.decode();
  } catch {
    throw new Error("the picture of the earlier labels could not be loaded");
  }
  const canvas = el("canvas", { width: mask.width, height: mask.height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingEnabled = false;
  context.drawImage(image, 0, 0, mask.width, mask.height);
  const { data } = context.getImageData(0, 0, mask.width, mask.height);
  const numbers = new Map([...indexes].map(([color, index]) => [parseInt(color.slice(1), 16), index]));
  for (let pixel = 0; pixel < mask.data.length; pixel += 1) {
    const at = 4 * pixel;
    const color = (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
    mask.data[pixel] = data[at + 3] < 128 ? 0 : (numbers.get(color) ?? 0);
  }
}

// Number to pixel, in the byte order of the machine.
function pixelTable(colors) {
  const table = [];
  for (const [index, color] of colors)
    table[index] = new Uint32Array(new Uint8Array([...channels(color), 255]).buffer)[0];
  return table;
}
