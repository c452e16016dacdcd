// The page image with the boxes of the workers and, above them, the label's.

const view = { zoom: 1, isFitted: true, hasNames: true, hidden: new Set() };
const TAG = 0.0095;

/** The side of the detail that shows the page, or the text, of a document. */
function pageSide(entry) {
  if (!entry.image) {
    const text = entry.text || (entry.source ? "The page image of " + entry.source + " has no address in this report." : "");
    if (!(data.kind === "boxes" && entry.size)) return make("div", { class: "page-side" }, make("div", { class: "page-scroll" }, make("pre", { class: "page-text", dir: "auto" }, text)));
  }
  const stage = make("div", { class: "page-stage" });
  const scroll = make("div", { class: "page-scroll", tabindex: "0", role: "group", "aria-label": "Page" }, stage);
  const side = make("div", { class: "page-side" }, pageBar(entry, scroll, stage), scroll);
  if (entry.image) {
    const image = make("img", { alt: "Page of " + entry.name, decoding: "async", referrerpolicy: "no-referrer" });
    image.addEventListener("load", () => {
      if (!entry.size) entry.size = [image.naturalWidth, image.naturalHeight];
      drawBoxes(entry, stage);
      layOut(entry, scroll, stage);
    });
    image.addEventListener("error", () => {
      image.remove();
      if (!stage.querySelector(".page-failed")) stage.prepend(make("p", { class: "page-failed" }, "The page image did not load: " + (entry.source || entry.name) + ". A signed link may have ended, or the file was moved."));
    });
    image.src = entry.image;
    stage.append(image);
  }
  if (entry.size) {
    stage.style.aspectRatio = entry.size[0] + " / " + entry.size[1];
    drawBoxes(entry, stage);
  }
  new ResizeObserver(() => layOut(entry, scroll, stage)).observe(scroll);
  return side;
}

function pageBar(entry, scroll, stage) {
  const zoomed = (factor) => () => {
    view.isFitted = false;
    view.zoom = Math.min(6, Math.max(0.1, (stage.clientWidth / (entry.size ? entry.size[0] : stage.clientWidth)) * factor));
    layOut(entry, scroll, stage);
  };
  const fit = () => {
    view.isFitted = true;
    layOut(entry, scroll, stage);
  };
  return make(
    "div",
    { class: "page-bar", role: "toolbar", "aria-label": "View of the page" },
    make("button", { type: "button", "data-action": "zoom-out", "aria-label": "Zoom out", onclick: zoomed(0.8) }, "−"),
    make("button", { type: "button", "data-action": "zoom-in", "aria-label": "Zoom in", onclick: zoomed(1.25) }, "+"),
    make("button", { type: "button", "data-action": "fit", onclick: fit }, "Fit width"),
    data.kind === "boxes" && make("button", { type: "button", "data-action": "names", "aria-pressed": String(view.hasNames), title: "Key N", onclick: toggleNames }, "Names"),
    make("span", { class: "gap" }),
    entry.image && make("a", { href: entry.image, target: "_blank", rel: "noopener noreferrer" }, "Open image"),
  );
}

/** Names stand over what is printed beside a box; without them the page can be read. */
function toggleNames(event) {
  view.hasNames = !view.hasNames;
  event.currentTarget.setAttribute("aria-pressed", String(view.hasNames));
  document.querySelector(".overlay")?.classList.toggle("nameless", !view.hasNames);
}

function layOut(entry, scroll, stage) {
  const room = scroll.clientWidth - 20;
  const width = view.isFitted || !entry.size ? room : entry.size[0] * view.zoom;
  stage.style.inlineSize = Math.max(60, width) + "px";
}

/** The boxes of every answer, then the truth's, then the label's: in this order each lies over the ones before. */
function drawBoxes(entry, stage) {
  stage.querySelector("svg")?.remove();
  if (data.kind !== "boxes" || !entry.size) return;
  const [width, height] = entry.size;
  const layers = makeSvg("g", { class: "boxes" });
  entry.answers.forEach((answer, index) => {
    if (view.hidden.has(String(index))) return;
    for (const box of boxesOf(answer.content)) {
      const shape = rectangle(box, "box", shortWorker(answer.worker) + ": " + displayName(box.category));
      shape.firstChild.style.stroke = colourOf(index);
      layers.append(shape);
    }
  });
  if (!view.hidden.has("truth")) for (const box of boxesOf(entry.truth)) layers.append(rectangle(box, "box box-truth", "Truth: " + displayName(box.category)));
  if (!view.hidden.has("label")) {
    boxesOf(entry.label).forEach((box, number) => layers.append(labelledBox(box, entry.items[number], width, height)));
  }
  const overlay = makeSvg("svg", { class: "overlay", viewBox: "0 0 " + width + " " + height, preserveAspectRatio: "none", role: "img", "aria-label": "Boxes on the page" }, layers);
  overlay.classList.toggle("nameless", !view.hasNames);
  stage.append(overlay);
}

function rectangle(box, kind, title) {
  const shape = makeSvg("rect", { class: kind, x: box.left, y: box.top, width: box.width, height: box.height });
  const name = makeSvg("title");
  name.textContent = title;
  shape.append(name);
  return makeSvg("g", { "data-category": box.category }, shape);
}

function labelledBox(box, item, width, height) {
  const confidence = item && item[0] !== null ? " " + item[0].toFixed(2) : "";
  const name = displayName(box.category);
  const group = rectangle(box, "box box-label", "Label: " + name + confidence);
  const size = Math.max(width, height) * TAG;
  const top = box.top > size * 1.6 ? box.top - size * 1.45 : box.top + box.height;
  const length = name.length * size * 0.66 + size * 0.8;
  const left = Math.max(0, Math.min(box.left, width - length));
  const text = makeSvg("text", { class: "box-tag", x: left + size * 0.4, y: top + size * 1.05, "font-size": size });
  text.textContent = name;
  group.append(makeSvg("rect", { class: "box-plate", x: left, y: top, width: length, height: size * 1.4 }), text);
  return group;
}

/** Fade all boxes but those of a category, and bring one of these into sight; null shows all again. */
function light(category) {
  const overlay = document.querySelector(".overlay");
  if (!overlay) return;
  overlay.classList.toggle("focused", category !== null);
  for (const group of overlay.querySelectorAll(".boxes > g")) group.classList.toggle("lit", group.dataset.category === String(category));
  const lit = Array.from(overlay.querySelectorAll(".lit .box")).pop();
  if (lit) bringIntoSight(lit, overlay.closest(".page-scroll"));
}

function bringIntoSight(shape, scroll) {
  const [box, frame] = [shape.getBoundingClientRect(), scroll.getBoundingClientRect()];
  if (box.top < frame.top || box.bottom > frame.bottom) scroll.scrollTop += (box.top + box.bottom - frame.top - frame.bottom) / 2;
  if (box.left < frame.left || box.right > frame.right) scroll.scrollLeft += (box.left + box.right - frame.left - frame.right) / 2;
}
