// The list of documents: filtered, ordered, and only the rows in sight are in the page.

const ROW = 54;
const list = document.querySelector(".list");
const space = document.querySelector(".list-space");
const controls = Object.fromEntries(
  Array.from(document.querySelectorAll("[data-filter-control]"), (control) => [control.dataset.filterControl, control]),
);
let shown = documents.map((_, position) => position);
let current = -1;
let onSelect = () => {};

const ORDERS = {
  line: null,
  confidence: (entry) => entry.confidence ?? -1,
  differs: (entry) => -differences(entry),
  seconds: (entry) => -Math.max(0, ...entry.answers.map((answer) => answer.seconds ?? 0)),
};

function matches(position) {
  const entry = documents[position];
  const { status, category, worker, decision } = Object.fromEntries(Object.entries(controls).map(([name, control]) => [name, control.value]));
  if (status !== "" && entry.status !== status) return false;
  if (category !== "" && !entry.answers.some((answer) => answer.differs.includes(Number(category)))) return false;
  if (worker !== "" && !entry.answers.some((answer) => answer.worker === Number(worker) && answer.differs.length > 0 && (category === "" || answer.differs.includes(Number(category))))) return false;
  const judged = decisionOf(entry.line);
  if (decision === "sample" && !inSample.has(position)) return false;
  if (decision === "open" && !(inSample.has(position) && !judged)) return false;
  if ((decision === "accepted" || decision === "rejected") && judged !== decision) return false;
  if (decision === "wrong" && !(entry.share !== null && entry.share < 1)) return false;
  const words = controls.text.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  return words.every((word) => searchText(entry).includes(word));
}

/** Filter and order again; the current document stays current when it is still among those shown. */
function refresh() {
  const kept = shown[current];
  shown = [];
  for (let position = 0; position < documents.length; position += 1) if (matches(position)) shown.push(position);
  const key = ORDERS[controls.order.value];
  if (key) {
    const keys = new Map(shown.map((position) => [position, key(documents[position])]));
    shown.sort((one, other) => keys.get(one) - keys.get(other) || one - other);
  }
  space.style.blockSize = shown.length * ROW + "px";
  space.style.position = "relative";
  document.querySelector(".count").textContent =
    shown.length === documents.length
      ? documents.length.toLocaleString("en") + " documents"
      : shown.length.toLocaleString("en") + " of " + documents.length.toLocaleString("en") + " documents";
  select(Math.max(0, shown.indexOf(kept)), { isQuiet: shown.includes(kept) });
}

function drawRows() {
  const first = Math.max(0, Math.floor(list.scrollTop / ROW) - 5);
  const last = Math.min(shown.length, Math.ceil((list.scrollTop + list.clientHeight) / ROW) + 5);
  space.replaceChildren();
  for (let index = first; index < last; index += 1) space.append(row(index));
  if (shown.length === 0) space.append(make("p", { class: "empty" }, "No document fits these filters."));
}

function row(index) {
  const position = shown[index];
  const entry = documents[position];
  const judged = decisionOf(entry.line);
  const mark = judged
    ? make("span", { class: "mark-" + judged, title: judged }, judged === "accepted" ? "✓" : "✗")
    : inSample.has(position) && make("span", { class: "mark-sample", title: "in the sample" }, "◌");
  const count = differences(entry);
  const more = [entry.confidence === null ? null : entry.confidence.toFixed(2), count ? count + " ≠" : null, entry.vendor].filter(Boolean).join(" · ");
  const element = make(
    "div",
    { class: "row", role: "option", id: "row-" + index, "aria-selected": String(index === current), "aria-setsize": shown.length, "aria-posinset": index + 1 },
    make("span", { class: "row-name", title: entry.source || entry.name }, entry.name),
    make("span", { class: "row-mark" }, mark || ""),
    make("span", { class: "row-more" }, more || "\u00a0"),
    statusBadge(entry.status),
  );
  element.style.insetBlockStart = index * ROW + "px";
  element.addEventListener("click", () => select(index));
  return element;
}

/** Make a row the current one, bring it into sight and show its document. */
function select(index, { isQuiet = false } = {}) {
  current = shown.length ? Math.min(Math.max(0, index), shown.length - 1) : -1;
  if (current >= 0) {
    const top = current * ROW;
    if (top < list.scrollTop) list.scrollTop = top;
    else if (top + ROW > list.scrollTop + list.clientHeight) list.scrollTop = top + ROW - list.clientHeight;
  }
  drawRows();
  if (current >= 0) list.setAttribute("aria-activedescendant", "row-" + current);
  else list.removeAttribute("aria-activedescendant");
  if (!isQuiet) onSelect(current < 0 ? null : documents[shown[current]]);
}

function setFilter(name, value) {
  for (const control of Object.values(controls)) if (control !== controls.order) control.value = "";
  if (name) controls[name].value = value;
  refresh();
}

let isDrawing = false;
list.addEventListener("scroll", () => {
  if (isDrawing) return;
  isDrawing = true;
  requestAnimationFrame(() => {
    isDrawing = false;
    drawRows();
  });
});
new ResizeObserver(drawRows).observe(list);
let waiting = 0;
for (const control of Object.values(controls)) {
  control.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(refresh, control.type === "search" ? 120 : 0);
  });
}
