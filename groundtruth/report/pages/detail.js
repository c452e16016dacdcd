// One document: its page, its label, and what each worker said otherwise.

const detail = document.querySelector(".detail");

function showDocument(entry) {
  detail.replaceChildren();
  if (!entry) return;
  const more = [entry.source, entry.page > 1 ? "page " + entry.page : "", entry.vendor, "line " + (entry.line + 1)].filter(Boolean).join(" · ");
  detail.append(
    make("header", { class: "detail-head" }, make("div", { class: "detail-title" }, make("h2", {}, entry.name), make("p", {}, more)), judge(entry)),
    make("div", { class: "detail-body" }, pageSide(entry), facts(entry)),
  );
}

function facts(entry) {
  const side = make("div", { class: "facts" });
  const truth = entry.share === null ? null : entry.share === 1 ? make("span", { class: "status", "data-status": "agreed" }, "right by the truth") : make("span", { class: "status", "data-status": "wrong" }, percent(entry.share) + " right by the truth");
  side.append(
    make("h3", {}, "Label"),
    make("p", { class: "verdict" }, statusBadge(entry.status), entry.confidence === null ? null : make("span", {}, "confidence ", make("b", {}, entry.confidence.toFixed(2))), truth),
  );
  if (entry.reason) side.append(make("p", { class: "reason" }, entry.reason));
  if (entry.answers.length) side.append(make("h3", {}, entry.answers.length + (entry.answers.length === 1 ? " answer" : " answers")), legend(entry));
  side.append(make("h3", {}, { type: "Document type", boxes: "Boxes", fields: "Fields" }[data.kind]));
  const things = { type: typeThings, boxes: boxThings, fields: fieldThings }[data.kind](entry);
  side.append(...(things.length ? things : [make("p", { class: "soft" }, "Nobody said anything here.")]));
  return side;
}

function legend(entry) {
  const items = entry.answers.map((answer, index) =>
    make(
      "li",
      {},
      toggle(String(index), swatch(index), make("code", { title: data.workers[answer.worker] }, shortWorker(answer.worker)), entry),
      make("span", { class: "soft number" }, duration(answer.seconds)),
      make("span", { class: answer.differs.length ? "" : "soft" }, answer.differs.length ? answer.differs.length + " ≠" : "✓ like the label"),
    ),
  );
  if (data.kind === "boxes" && entry.label !== undefined) {
    const mark = make("span", { class: "swatch square" }, "L");
    mark.style.background = "#0b3d91";
    items.unshift(make("li", {}, toggle("label", mark, "Label, over the others", entry)));
  }
  if (data.kind === "boxes" && entry.truth !== 0) {
    const mark = make("span", { class: "swatch square" }, "T");
    mark.style.background = "#118a2e";
    items.push(make("li", {}, toggle("truth", mark, "Truth, dashed", entry)));
  }
  return make("ul", { class: "legend" }, ...items);
}

function toggle(key, mark, name, entry) {
  if (data.kind !== "boxes") return make("label", {}, mark, name);
  const box = make("input", { type: "checkbox", "data-layer": key });
  box.checked = !view.hidden.has(key);
  box.addEventListener("change", () => {
    if (box.checked) view.hidden.delete(key);
    else view.hidden.add(key);
    const stage = detail.querySelector(".page-stage");
    if (stage) drawBoxes(entry, stage);
  });
  return make("label", {}, box, mark, name);
}

/** What was said of one thing, with those who said it; the label's own first. */
function thing(entry, category, name, value, item, groups, truth) {
  const differs = entry.answers.some((answer) => answer.differs.includes(category));
  const isOwnStatus = item && data.kind === "fields" && data.statuses[item[2]] !== "agreed";
  const element = make(
    "div",
    { class: "thing" + (differs ? " differs" : ""), "data-category": category },
    make("div", { class: "thing-head" }, make("b", {}, name), isOwnStatus ? statusBadge(data.statuses[item[2]]) : null, item && item[0] !== null ? make("span", { class: "soft", title: "confidence" }, item[0].toFixed(2)) : null),
    value,
    make("ul", { class: "groups" }, ...groups.map(groupLine), truth),
  );
  element.addEventListener("mouseenter", () => light(category));
  element.addEventListener("mouseleave", () => light(null));
  return element;
}

function groupLine(group) {
  return make(
    "li",
    { class: group.isLabel ? "same" : "other" },
    make("span", { class: "who" }, ...group.who.map(({ index, worker }) => swatch(index, data.workers[worker]))),
    make("span", { class: "said" + (group.isTyped ? " typed" : "") }, ...group.said),
  );
}

/** Answers that say the same, together: those like the label first, then the most frequent. */
function grouped(entry, saidBy) {
  const groups = new Map();
  entry.answers.forEach((answer, index) => {
    const said = saidBy(answer, index);
    if (!said) return;
    const key = said.isLabel ? "label" : "other " + said.key;
    if (!groups.has(key)) groups.set(key, { ...said, who: [] });
    groups.get(key).who.push({ index, worker: answer.worker });
  });
  return Array.from(groups.values()).sort((one, other) => Number(other.isLabel) - Number(one.isLabel) || other.who.length - one.who.length);
}

function fieldThings(entry) {
  return data.categories.map(([, name], category) => {
    const own = labelField(entry, category);
    const groups = grouped(entry, (answer) => {
      const said = saidField(entry, answer.content, category);
      const isLabel = entry.label !== undefined && !answer.differs.includes(category) && (said.text !== undefined || said.isAbsent === true) && (own.text !== undefined || own.isAbsent === true);
      return { key: said.text ?? (said.isAbsent ? "\u0000absent" : "\u0000open"), isLabel, isTyped: said.text !== undefined && !isLabel, said: isLabel ? ["like the label"] : saidParts(said, own) };
    });
    const truth = data.hasTruth && entry.truth !== 0 ? truthLine(saidField(entry, entry.truth, category), own) : null;
    const value = own.text !== undefined
      ? make("div", { class: "thing-value" }, own.text, own.normal && isTelling(own.text, own.normal) ? make("span", { class: "normal" }, "  = " + own.normal) : null)
      : make("div", { class: "thing-value soft" }, own.isAbsent ? "not on the document" : "no value");
    return thing(entry, category, name, value, entry.items[category] || null, groups, truth);
  });
}

/** Whether a normal form says more than the text without case, spaces and hyphens. */
function isTelling(text, normal) {
  const bare = (value) => value.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  return !/\p{L}/u.test(text) || bare(text) !== bare(normal);
}

function saidParts(said, own) {
  if (said.text === undefined) return [said.isAbsent ? "not on the document" : "left blank"];
  return own.text === undefined ? [said.text] : marked(said.text, own.text);
}

/** A text with the part marked in which it differs from another. */
function marked(text, other) {
  const one = Array.from(text), two = Array.from(other);
  let start = 0, end = 0;
  while (start < one.length && start < two.length && one[start] === two[start]) start += 1;
  while (end < one.length - start && end < two.length - start && one[one.length - 1 - end] === two[two.length - 1 - end]) end += 1;
  if (start + end === 0) return [text];
  const middle = one.slice(start, one.length - end).join("");
  return [one.slice(0, start).join(""), make("mark", {}, middle || "‸"), one.slice(one.length - end).join("")];
}

function truthLine(true_, own) {
  const text = true_.text ?? "not on the document";
  const isSame = true_.text === own.text && Boolean(true_.isAbsent) === Boolean(own.isAbsent);
  return isSame ? null : make("li", { class: "truth" }, "Truth: " + text);
}

function boxThings(entry) {
  const labelled = boxesOf(entry.label);
  const drawn = entry.answers.map((answer) => boxesOf(answer.content));
  const truth = boxesOf(entry.truth);
  const has = (boxes, category) => boxes.some((box) => box.category === category);
  const things = [];
  data.categories.forEach(([, name], category) => {
    const number = labelled.findIndex((box) => box.category === category);
    if (number < 0 && !drawn.some((boxes) => has(boxes, category)) && !has(truth, category)) return;
    const groups = grouped(entry, (answer, index) => {
      const isDrawn = has(drawn[index], category);
      if (!answer.differs.includes(category)) return isDrawn ? { isLabel: true, said: ["like the label"] } : null;
      if (!isDrawn) return { key: "missing", isLabel: false, said: ["not drawn"] };
      return number < 0 ? { key: "extra", isLabel: false, said: ["drawn, the label has none"] } : { key: "elsewhere", isLabel: false, said: ["drawn elsewhere"] };
    });
    const value = number < 0 ? make("div", { class: "thing-value soft" }, "no box") : null;
    const isWrong = entry.truth !== 0 && has(truth, category) !== number >= 0;
    const truthNote = isWrong ? make("li", { class: "truth wrong" }, has(truth, category) ? "Truth: there is one" : "Truth: there is none") : null;
    things.push(thing(entry, category, name, value, number < 0 ? null : entry.items[number], groups, truthNote));
  });
  return things;
}

function typeThings(entry) {
  const own = Number.isInteger(entry.label) ? entry.label : null;
  const groups = grouped(entry, (answer) => {
    const choice = answer.content;
    return { key: String(choice), isLabel: choice !== null && choice === own, said: [choice === null ? "no choice" : displayName(choice)] };
  });
  const truth = Number.isInteger(entry.truth) && entry.truth !== own ? make("li", { class: "truth wrong" }, "Truth: " + displayName(entry.truth)) : null;
  return [thing(entry, own ?? -1, own === null ? "No type" : displayName(own), null, entry.items[0] || null, groups, truth)];
}
