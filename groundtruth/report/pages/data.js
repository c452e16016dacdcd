"use strict";
// The data of the report, and the questions that are asked of it. Every text in it may be hostile: it is only ever shown as text.

const data = JSON.parse(document.getElementById("report-data").textContent);
const COLOURS = ["#c2410c", "#0d7fb8", "#8a3fc7", "#b0107a", "#5b7a00", "#a16207", "#0f766e", "#4b5bd6", "#7a4a3a"];

const documents = data.documents.map((entry) => {
  const [line, name, source, vendor, page, status, reason, confidence, size, image, text, label, items, answers, truth, share] = entry;
  return {
    line, name, source, vendor, page, reason, confidence, image, text, items, truth, share,
    status: data.statuses[status],
    size: size || null,
    label: label === 0 && status === data.statuses.indexOf("failed") ? undefined : label,
    answers: answers.map(([worker, seconds, submitted, content, differs, ownShare]) => ({ worker, seconds, submitted, content, differs, share: ownShare })),
  };
});
data.documents = null;

const positionOfLine = new Map(documents.map((entry, position) => [entry.line, position]));
const inSample = new Set(data.sample);
const displayName = (category) => data.categories[category][1];
const letterOf = (index) => String.fromCharCode(65 + (index % 26));
const colourOf = (index) => COLOURS[index % COLOURS.length];
const shortWorker = (worker) => data.workers[worker].split(".").pop() || data.workers[worker];

/** How many things the answers of a document say otherwise than its label. */
const differences = (entry) => entry.answers.reduce((sum, answer) => sum + answer.differs.length, 0);

/** The boxes of a flat list of category, left, top, width, height. */
function boxesOf(content) {
  const boxes = [];
  for (let at = 0; Array.isArray(content) && at + 4 < content.length; at += 5) {
    boxes.push({ category: content[at], left: content[at + 1], top: content[at + 2], width: content[at + 3], height: content[at + 4] });
  }
  return boxes;
}

/** What the label says of a field: {text, normal}, {isAbsent} or {} when it is open. */
function labelField(entry, category) {
  const value = Array.isArray(entry.label) ? entry.label[category] : 0;
  if (value === 0 || value === undefined) return {};
  if (value === null) return { isAbsent: true };
  return Array.isArray(value) ? { text: value[0], normal: value[1] } : { text: value };
}

/** The same of an answer or of the truth. */
function saidField(entry, content, category) {
  const value = Array.isArray(content) ? content[category] : 0;
  if (value === 0 || value === undefined) return {};
  if (value === null) return { isAbsent: true };
  return { text: value === 1 ? labelField(entry, category).text : value };
}

/** All text of a document that a search looks through, in lower case; made when it is first needed. */
function searchText(entry) {
  if (entry.searchText !== undefined) return entry.searchText;
  const parts = [entry.name, entry.source, entry.vendor, entry.reason, entry.text];
  if (data.kind === "fields") {
    for (const content of [entry.label, ...entry.answers.map((answer) => answer.content)]) {
      for (const value of Array.isArray(content) ? content : []) {
        if (Array.isArray(value)) parts.push(...value);
        else if (typeof value === "string") parts.push(value);
      }
    }
  } else if (data.kind === "type") {
    for (const choice of [entry.label, ...entry.answers.map((answer) => answer.content)]) {
      if (Number.isInteger(choice)) parts.push(displayName(choice));
    }
  }
  entry.searchText = parts.join("\n").toLowerCase();
  return entry.searchText;
}

function duration(seconds) {
  if (seconds === null || seconds === undefined) return "";
  if (seconds < 10) return seconds.toFixed(1) + " s";
  if (seconds < 120) return Math.round(seconds) + " s";
  return seconds < 7200 ? Math.round(seconds / 60) + " min" : (seconds / 3600).toFixed(1) + " h";
}

const percent = (share) => (100 * share).toFixed(share > 0.1 && share < 0.9 ? 0 : 1) + " %";
const statusName = (status) => status.replaceAll("_", " ");

/** An element with properties and children; texts become text nodes. */
function make(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") element.className = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function makeSvg(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function statusBadge(status) {
  return make("span", { class: "status", "data-status": status }, statusName(status));
}

/** The round mark of the answer at a position among its document's answers. */
function swatch(index, title) {
  const mark = make("span", { class: "swatch", title }, letterOf(index));
  mark.style.background = colourOf(index);
  return mark;
}
