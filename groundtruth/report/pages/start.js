// Views, keys and buttons; the last part, which puts the page in motion.

function showView(name) {
  for (const panel of document.querySelectorAll("[data-panel]")) panel.hidden = panel.dataset.panel !== name;
  for (const link of document.querySelectorAll("[data-view]")) {
    if (link.dataset.view === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (name === "documents") drawRows();
}

/** #overview, #documents, or #line-12 for one document. */
function followHash() {
  const line = /^#line-(\d+)$/.exec(location.hash);
  if (line && positionOfLine.has(Number(line[1]) - 1)) {
    showView("documents");
    const position = positionOfLine.get(Number(line[1]) - 1);
    if (shown[current] === position) return;
    if (!shown.includes(position)) setFilter(null);
    select(shown.indexOf(position));
    return;
  }
  showView(location.hash === "#documents" ? "documents" : "overview");
}

function toDocuments() {
  const entry = documents[shown[current]];
  history.replaceState(null, "", entry ? "#line-" + (entry.line + 1) : "#documents");
  showView("documents");
}

onSelect = (entry) => {
  showDocument(entry);
  if (!document.querySelector('[data-panel="documents"]').hidden) toDocuments();
};

const press = (selector) => document.querySelector(selector)?.click();
const KEYS = {
  j: () => (toDocuments(), select(current + 1)),
  k: () => (toDocuments(), select(current - 1)),
  "/": () => (toDocuments(), controls.text.focus(), controls.text.select()),
  a: () => press('.detail [data-action="accept"]'),
  r: () => press('.detail [data-action="reject"]'),
  u: () => shown[current] !== undefined && decide(documents[shown[current]], null),
  "+": () => press('[data-action="zoom-in"]'),
  "-": () => press('[data-action="zoom-out"]'),
  w: () => press('[data-action="fit"]'),
  n: () => press('[data-action="names"]'),
  o: () => (location.hash = "#overview"),
  d: toDocuments,
  "?": () => press('[data-action="help"]'),
};

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.matches("input:not([type=checkbox]), select, textarea");
  if (event.key === "Escape" && event.target === controls.text) {
    list.focus();
    return;
  }
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const isList = event.target === list;
  if (isList && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    select(current + (event.key === "ArrowDown" ? 1 : -1));
    return;
  }
  if (/^\d$/.test(event.key)) {
    press('[data-layer="' + (event.key === "0" ? "label" : Number(event.key) - 1) + '"]');
    return;
  }
  const act = KEYS[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});

document.addEventListener("click", (event) => {
  const filter = event.target.closest("[data-filter]");
  if (filter) {
    setFilter(filter.dataset.filter, filter.dataset.value);
    toDocuments();
    return;
  }
  const sort = event.target.closest("[data-sort]");
  if (sort) sortBy(sort);
  const action = event.target.closest("[data-action]")?.dataset.action;
  if (action === "clear") setFilter(null);
  if (action === "save") saveDecisions();
  if (action === "sample") setFilter("decision", "sample");
  if (action === "help") document.querySelector(".help").showModal();
});
document.querySelector('[data-action="load"]').addEventListener("change", (event) => loadDecisions(event.target));

/** Order a table by a column; again turns it round. Rows without a figure stay last. */
function sortBy(button) {
  const head = button.closest("th");
  const table = head.closest("table");
  const isDescending = head.getAttribute("aria-sort") === (button.dataset.sort === "number" ? null : "ascending") || head.getAttribute("aria-sort") === "ascending";
  for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", isDescending ? "descending" : "ascending");
  const column = Array.from(head.parentElement.children).indexOf(head);
  const keyOf = (tableRow) => tableRow.children[column].dataset.key;
  const body = table.tBodies[0];
  const rows = Array.from(body.rows).sort((one, other) => {
    const [first, second] = [keyOf(one), keyOf(other)];
    if (first === "" || second === "") return Number(first === "") - Number(second === "");
    const order = button.dataset.sort === "number" ? Number(first) - Number(second) : first.localeCompare(second);
    return isDescending ? -order : order;
  });
  body.append(...rows);
}

window.addEventListener("hashchange", followHash);
showDecided();
refresh();
followHash();
