/** crowd-polygon, crowd-polyline, crowd-line and crowd-keypoint. */

import { ANNOTATOR_ATTRIBUTES } from "../annotator.js";
import { SHAPE_STYLES, ShapeAnnotator } from "./shape-annotator.js";
import { VertexMaker } from "./vertex-maker.js";
import { vertexKind } from "./vertices.js";

class VertexAnnotator extends ShapeAnnotator {
  static attributes = ANNOTATOR_ATTRIBUTES;
  static styles = SHAPE_STYLES;

  maker = new VertexMaker(this);
  // The vertex that the arrow keys move, of the selected shape; null moves the whole.
  #active = { id: null, at: null };

  get shortcuts() {
    const { kind } = this;
    const several = [
      [". ,", "Take the next or previous vertex, then move it by the arrow keys"],
      ["A", "Add a vertex after the one taken"],
    ];
    const finish = [
      ["Enter", `Finish the ${kind.noun}; a double click does too`],
      ["Backspace", "Take back the last vertex"],
    ];
    return [
      [
        "~Click",
        kind.max === 1
          ? "Set a key point; drag one to move it"
          : `Add a vertex; with ⇧ or Alt also on top of another ${kind.noun}`,
      ],
      ...(kind.max > 2 ? finish : []),
      ["N", `Add a ${kind.noun} in the middle of the view`],
      ["Tab", `Go from one ${kind.noun} to the next`],
      ["← ↑ → ↓", `Move the selected ${kind.noun} by a pixel; with Ctrl by ten`],
      ...(kind.max > 1 ? several : []),
      ["Delete", `Delete the ${kind.max > 2 ? "vertex taken, or the " : ""}selected ${kind.noun}`],
      ["Esc", "Give up drawing; let go of the selection"],
      ["H", "Show or hide the names on the image"],
    ];
  }

  get activeVertex() {
    const { selected } = this;
    return selected !== null && this.#active.id === selected.id && this.#active.at < selected.vertices.length
      ? this.#active.at
      : null;
  }

  get activeHandle() {
    return this.activeVertex === null ? null : `vertex ${this.activeVertex}`;
  }

  onKey(event) {
    const { selected } = this;
    const isPlain = !event.ctrlKey && !event.altKey && !event.metaKey;
    if (this.isReady && selected !== null && isPlain && !this.maker.isBusy && this.#takeVertexKey(event, selected))
      return true;
    return super.onKey(event);
  }

  nudged(shape, [dx, dy]) {
    const natural = this.viewport.natural;
    const at = this.activeVertex;
    return at === null
      ? this.kind.moveBy(shape, dx, dy, natural)
      : this.kind.dragHandle(shape, `vertex ${at}`, dx, dy, natural);
  }

  #takeVertexKey(event, selected) {
    const count = selected.vertices.length;
    const at = this.activeVertex;
    const { min, max } = this.kind;
    if ((event.key === "." || event.key === ",") && max > 1) {
      const next =
        at === null ? (event.key === "." ? 0 : count - 1) : (at + (event.key === "." ? 1 : count - 1)) % count;
      this.#take(selected, next);
    } else if (event.key.toLowerCase() === "a" && at !== null && count < max) {
      const added = this.kind.dragHandle(
        selected,
        `middle ${Math.min(at, this.kind.isClosed ? at : count - 2)}`,
        0,
        0,
        this.viewport.natural,
      );
      this.replace(added);
      this.#take(added, Math.min(at, this.kind.isClosed ? at : count - 2) + 1);
    } else if ((event.key === "Delete" || event.key === "Backspace") && at !== null && count > min) {
      this.replace({ ...selected, vertices: selected.vertices.toSpliced(at, 1) });
      this.#take(selected, Math.max(0, at - 1));
    } else if (event.key === "Escape" && at !== null) this.#take(selected, null);
    else return false;
    return true;
  }

  #take(shape, at) {
    this.#active = { id: shape.id, at };
    if (at !== null)
      this.say(`Vertex ${at + 1} of ${shape.vertices.length}, at ${shape.vertices[at]?.x}, ${shape.vertices[at]?.y}`);
    this.redraw();
  }
}

export class CrowdPolygon extends VertexAnnotator {
  static kind = vertexKind({ noun: "polygon", plural: "polygons", answerKey: "polygons", min: 3, isClosed: true });
}

export class CrowdKeypoint extends VertexAnnotator {
  static kind = vertexKind({
    noun: "key point",
    plural: "key points",
    answerKey: "keypoints",
    min: 1,
    max: 1,
    flat: true,
  });
}

/** Lines and polylines may give each label a colour of its own. */
class LineAnnotator extends VertexAnnotator {
  static attributes = { ...ANNOTATOR_ATTRIBUTES, "label-colors": "json" };

  get givenColors() {
    const colors = Array.isArray(this.labelColors) ? this.labelColors : [];
    return Object.fromEntries(this.labelNames.map((label, at) => [label, colors[at]]));
  }
}

export class CrowdLine extends LineAnnotator {
  static kind = vertexKind({ noun: "line", plural: "lines", answerKey: "lines", min: 2, max: 2 });
}

export class CrowdPolyline extends LineAnnotator {
  static kind = vertexKind({ noun: "polyline", plural: "polylines", answerKey: "polylines", min: 2 });
}
