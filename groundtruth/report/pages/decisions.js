// What the reviewer decides: kept by the browser at once, saved as a file for `groundtruth review --decisions`.

const STORE = ["groundtruth-report", data.job, data.attribute, data.digest].join(":");
const FORMAT = "groundtruth-decisions";
let decisions = new Map();
let isKept = true;

try {
  decisions = new Map(Object.entries(JSON.parse(localStorage.getItem(STORE) || "{}")).map(([line, decision]) => [Number(line), decision]));
} catch {
  isKept = false;
}

function decisionOf(line) {
  return decisions.get(line)?.decision;
}

function keep() {
  try {
    localStorage.setItem(STORE, JSON.stringify(Object.fromEntries(decisions)));
    isKept = true;
  } catch {
    isKept = false;
  }
  showDecided();
}

function decide(entry, decision) {
  const note = decisions.get(entry.line)?.note;
  if (decision) decisions.set(entry.line, note ? { decision, note } : { decision });
  else decisions.delete(entry.line);
  keep();
  drawRows();
  const head = detail.querySelector(".judge");
  if (head) head.replaceWith(judge(entry));
}

function judge(entry) {
  const made = decisions.get(entry.line);
  const button = (decision, name, text, key) =>
    make("button", { type: "button", "data-action": name, "aria-pressed": String(made?.decision === decision), title: "Key " + key, onclick: () => decide(entry, made?.decision === decision ? null : decision) }, text);
  const note = make("input", { type: "text", placeholder: "Note", "aria-label": "Note on the decision", maxlength: "300" });
  note.value = made?.note || "";
  note.hidden = !made;
  note.addEventListener("input", () => {
    const now = decisions.get(entry.line);
    if (!now) return;
    decisions.set(entry.line, note.value.trim() ? { decision: now.decision, note: note.value.trim() } : { decision: now.decision });
    keep();
  });
  return make("div", { class: "judge" }, note, button("accepted", "accept", "✓ Accept", "A"), button("rejected", "reject", "✗ Reject", "R"));
}

/** Wilson's interval of a share, 95 %. */
function interval(hits, total) {
  const z = 1.96, share = hits / total;
  const middle = share + (z * z) / (2 * total);
  const reach = z * Math.sqrt((share * (1 - share)) / total + (z * z) / (4 * total * total));
  const scale = 1 + (z * z) / total;
  return [Math.max(0, (middle - reach) / scale), Math.min(1, (middle + reach) / scale)];
}

function showDecided() {
  const judged = data.sample.map((position) => decisionOf(documents[position].line)).filter(Boolean);
  const rejected = judged.filter((decision) => decision === "rejected").length;
  const parts = ["Sample: " + judged.length + " of " + data.sample.length + " judged, " + rejected + " rejected."];
  if (judged.length >= 5) {
    const [low, high] = interval(rejected, judged.length);
    parts.push("In the batch " + percent(low) + " to " + percent(high) + " would be rejected (95 %).");
  }
  if (decisions.size > judged.length) parts.push(decisions.size - judged.length + " judged beside the sample.");
  if (!isKept) parts.push("This browser keeps nothing for this page: save your decisions as a file.");
  document.querySelector(".decided").textContent = parts.join(" ");
}

function saveDecisions() {
  const entries = Array.from(decisions, ([line, decision]) => ({ line, source: documents[positionOfLine.get(line)]?.source || "", ...decision })).sort((one, other) => one.line - other.line);
  const file = { format: FORMAT, version: 1, job: data.job, labelAttribute: data.attribute, manifestDigest: data.digest, savedAt: new Date().toISOString(), decisions: entries };
  const link = make("a", { download: data.job.replace(/[^\w.-]+/g, "-") + ".decisions.json" });
  link.href = URL.createObjectURL(new Blob([JSON.stringify(file, null, 1)], { type: "application/json" }));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function loadDecisions(input) {
  const told = document.querySelector(".decided");
  try {
    const file = JSON.parse(await input.files[0].text());
    if (file.format !== FORMAT || file.labelAttribute !== data.attribute || !Array.isArray(file.decisions)) throw new Error("not decisions on this report");
    for (const { line, source, decision, note } of file.decisions) {
      const entry = documents[positionOfLine.get(line)];
      if (!entry || entry.source !== source || !["accepted", "rejected"].includes(decision)) continue;
      decisions.set(line, typeof note === "string" && note ? { decision, note } : { decision });
    }
    keep();
    refresh();
  } catch (error) {
    told.textContent = "That file cannot be used: " + error.message + ".";
  }
  input.value = "";
}
