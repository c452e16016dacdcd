/** crowd-bounding-box: rectangles with labels on an image. */

import { ANNOTATOR_ATTRIBUTES } from "../annotator.js";
import { boxes } from "./box.js";
import { BoxMaker } from "./box-maker.js";
import { SHAPE_STYLES, ShapeAnnotator } from "./shape-annotator.js";

export class CrowdBoundingBox extends ShapeAnnotator {
  static attributes = ANNOTATOR_ATTRIBUTES;
  static styles = SHAPE_STYLES;
  static kind = boxes;

  maker = new BoxMaker(this);

  get shortcuts() {
    return [
      ["~Drag", "Draw a box; with ⇧ or Alt also on top of another one"],
      ["~Click", "Select a box; drag it, or one of its handles"],
      ["N", "Add a box in the middle of the view"],
      ["Tab", "Go from box to box"],
      ["← ↑ → ↓", "Move the selected box by a pixel; with Ctrl by ten"],
      ["⇧+← ⇧+↑ ⇧+→ ⇧+↓", "Move its right and bottom edges"],
      ["Alt+← Alt+↑ Alt+→ Alt+↓", "Move its left and top edges"],
      ["Delete", "Delete the selected box"],
      ["Esc", "Give up drawing; let go of the selection"],
      ["H", "Show or hide the names on the image"],
    ];
  }
}
