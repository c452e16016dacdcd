/**
 * The page a worker does tasks on.
 *
 * One task is in hand at a time. Its answer comes from the frame; the page sends it on, and says that it is submitted
 * only when the portal has answered that it is kept. Until then everything stays in the frame.
 */

import { Clock } from "./clock.js";
import * as dialogs from "./dialogs.js";
import { Drafts } from "./drafts.js";
import { TaskFrame } from "./frame.js";
import { leave, rest } from "./rest.js";
import { ask, pause, prefix } from "./server.js";
import { Tabs } from "./tabs.js";

// Within the half minute that the task's form waits for word of its answer.
const LONGEST_DELIVERY = 24_000;
// A little more than the form waits after the last change before it hands its draft over.
const DRAFT_DELAY = 1_000;

const find = (id) => document.getElementById(id);
const job = find("bar").dataset.job;
const jobPath = `/jobs/${encodeURIComponent(job)}`;
const countKey = `groundtruth-submitted-${job}`;

const drafts = new Drafts();
const frame = new TaskFrame(find("stage"), { answer: submit, draft: keepDraft });
const clock = new Clock(find("clock"), find("time"), {
  warn: () => announce("One minute left for this task."),
  over: timeIsOver,
});
const tabs = new Tabs({ ended: endedElsewhere, shared: sharedElsewhere });

/** "loading", "working", "sending", "leaving" or "resting". */
let phase = "loading";
let task = null;
let submitted = Number(sessionStorage.getItem(countKey) ?? 0);
const tried = new Set();

find("instructions").addEventListener("click", async () => {
  await dialogs.answered(find("about"));
  frame.focus();
});
find("decline").addEventListener("click", decline);
find("stop").addEventListener("click", stop);
find("give-back").addEventListener("click", giveBack);
find("back").addEventListener("click", (event) => {
  if (task === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  stop();
});
document.querySelector(".skip").addEventListener("click", (event) => {
  if (task === null) return;
  event.preventDefault();
  frame.focus();
});
window.addEventListener("beforeunload", (event) => {
  if (phase === "sending" || (phase !== "leaving" && !drafts.isSettled)) event.preventDefault();
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && phase === "working") checkTime();
});

showCount();
next();

async function next() {
  enter("loading");
  task = null;
  clock.stop();
  try {
    const found = (await untilReached(() => ask("POST", `${jobPath}/next`, {}))).task;
    if (found === null) takeARest(false);
    else await begin(found);
  } catch (refusal) {
    if (refusal.code === "signed-out") await matter(refusal);
    else takeARest(true);
  }
}

async function begin(found) {
  task = found;
  clock.start(found.secondsLeft);
  await frame.show(found.frame, found.draft);
  if (task !== found) return;
  enter("working");
  say(found.draft === null ? "" : "Your earlier work is back");
  announce(`Task ${submitted + 1}. ${spoken(clock.left)} left.`);
  tabs.opened(found.id);
}

function takeARest(isOver) {
  enter("resting");
  frame.clear();
  say("");
  rest(job, submitted, isOver, next);
}

function keepDraft(answer) {
  if (task !== null && phase !== "sending") drafts.keep(task.id, answer);
}

async function submit(answer) {
  if (phase !== "working") return;
  enter("sending");
  const { id } = task;
  drafts.drop();
  try {
    const kept = await delivered(id, answer);
    frame.saved("Submitted.");
    if (kept.repeated && !tried.has(id)) {
      await dialogs.ask("Submitted already", "You submitted this task before, perhaps in another tab. That answer is kept; this one was not added.", {
        next: "Next task",
      });
    } else {
      countOne();
      say("Submitted");
      announce("Submitted.");
    }
    tabs.ended(id, "submitted");
    await next();
  } catch (refusal) {
    tried.add(id);
    enter("working");
    say("Not submitted");
    if (refusal.code === "late") {
      await matter(refusal);
      // Only now is it known what the task should say; the frame of a next task hears nothing of it.
      frame.rejected(task !== null && task.id !== id ? "its time was over. The task is yours again: submit once more." : refusal.message);
      return;
    }
    frame.rejected(refusal.message);
    await matter(refusal);
  }
}

/** Sends the answer until the portal has it, or time is up. However often it arrives, it is kept once. */
async function delivered(id, answer) {
  const start = Date.now();
  for (let wait = 1_000; ; wait *= 2) {
    try {
      return await ask("POST", `/tasks/${id}/submit`, { answer }, { timeout: 8_000 });
    } catch (refusal) {
      if (!refusal.isPassing || Date.now() - start + wait > LONGEST_DELIVERY) throw refusal;
      tried.add(id);
      say("Not through yet; trying again");
      await pause(wait);
    }
  }
}

/** Asks the worker what to do about a refusal; for one that may pass by itself the task's own message says enough. */
async function matter(refusal) {
  const { code, message, details } = refusal;
  if (code === "late") await late("The time was over", message, details.mayTakeAgain);
  else if (code === "signed-out") await signedOut(message);
  else if (code === "closed" || code === "no-such-task") {
    await dialogs.ask("This task is closed", message, { next: "Next task" });
    await next();
  }
}

async function signedOut(message) {
  const choice = await dialogs.ask("You are signed out", `${message} Sign in in another tab; what you entered stays here meanwhile.`, {
    "sign-in": "Sign in",
    stay: "Stay here",
  });
  if (choice === "sign-in") window.open(`${prefix}/sign-in`, "_blank", "noopener");
  if (task === null) {
    await dialogs.ask("Signed in again?", "Then go on.", { next: "Go on" });
    await next();
  }
}

async function late(heading, message, mayTakeAgain) {
  const options = mayTakeAgain ? { again: "Go on with this task", next: "Next task" } : { next: "Next task" };
  const choice = await dialogs.ask(heading, message, options);
  if (choice === "again") await takeAgain();
  else if (choice === "next") await next();
}

/** The same task under a new deadline, with the frame as it is. */
async function takeAgain() {
  try {
    task = (await ask("POST", `/tasks/${task.id}/take-again`, {})).task;
    clock.start(task.secondsLeft);
    enter("working");
    say("The task is yours again");
    frame.focus();
  } catch (refusal) {
    if (refusal.isPassing) await late("The task could not be taken again", refusal.message, true);
    else await matter(refusal);
  }
}

function timeIsOver() {
  if (phase !== "working") return;
  say("Time is over");
  late("The time for this task is over", "What you entered is still here. If the task still needs an answer you can take it again and go on.", true);
}

/** Asks for the time left: this computer may have slept, and another tab may have ended the task. */
async function checkTime() {
  const { id } = task;
  try {
    const { secondsLeft } = (await ask("GET", `/tasks/${id}`)).task;
    if (task?.id === id && phase === "working") clock.start(secondsLeft);
  } catch (refusal) {
    if (task?.id === id && phase === "working" && refusal.code === "closed") await matter(refusal);
  }
}

async function decline() {
  if ((await dialogs.answered(find("confirm-decline"))) !== "decline") {
    frame.focus();
    return;
  }
  const { id } = task;
  enter("leaving");
  drafts.drop();
  try {
    await ask("POST", `/tasks/${id}/decline`, {});
    tabs.ended(id, "declined");
    say("Declined");
    await next();
  } catch (refusal) {
    enter("working");
    if (refusal.isPassing) await dialogs.ask("Not declined", refusal.message, { ok: "Close" });
    else await matter(refusal);
  }
}

function stop() {
  return leaveTask("pause", "stopped", "Keeping your work", "Not stopped");
}

function giveBack() {
  return leaveTask("release", "released", "Giving the task back", "Not given back");
}

/** Ends the work on this task for now and leads to the list of tasks; what was entered is kept before. */
async function leaveTask(way, how, underWay, refused) {
  if (phase !== "working") return;
  const { id } = task;
  enter("leaving");
  say(underWay);
  await pause(DRAFT_DELAY);
  try {
    if (!(await drafts.settle(5_000))) throw new Error("draft");
    await ask("POST", `/tasks/${id}/${way}`, {});
  } catch (refusal) {
    if (!refusal.code || refusal.isPassing || refusal.code === "signed-out") {
      enter("working");
      say(refused);
      await dialogs.ask("Your work is not kept yet", "The portal cannot be reached, or you are signed out. Leave this page open and try again.", { ok: "Close" });
      return;
    }
  }
  tabs.ended(id, how);
  location.assign(`${prefix}/`);
}

async function endedElsewhere(id, how) {
  if (task?.id !== id || phase === "leaving") return;
  clock.stop();
  drafts.drop();
  enter("leaving");
  const what = { submitted: "You submitted this task in another tab.", declined: "You declined this task in another tab.", stopped: "You stopped this task in another tab.", released: "You gave this task back in another tab." };
  dialogs.withdraw();
  const choice = await dialogs.ask("Over in this tab", what[how], { next: how === "stopped" ? "Go on here" : "Next task", tasks: "All your tasks" });
  if (choice === "tasks") location.assign(`${prefix}/`);
  else await next();
}

function sharedElsewhere(id) {
  if (task?.id === id && phase === "working") say("This task is open in another tab too");
}

/** Tries until the portal can be reached. */
async function untilReached(work) {
  for (let wait = 1_000; ; wait = Math.min(wait * 2, 15_000)) {
    try {
      return await work();
    } catch (refusal) {
      if (!refusal.isPassing) throw refusal;
      say("The portal cannot be reached; trying again");
      await pause(wait);
    }
  }
}

function enter(now) {
  phase = now;
  const isWorking = now === "working";
  find("decline").disabled = !isWorking;
  find("give-back").disabled = !isWorking;
  find("stop").disabled = !isWorking;
  if (now !== "resting") leave();
}

function countOne() {
  submitted += 1;
  sessionStorage.setItem(countKey, String(submitted));
  showCount();
}

function showCount() {
  find("count-number").textContent = String(submitted);
}

function say(message) {
  find("status").textContent = message;
}

function announce(message) {
  find("announcer").textContent = message;
}

function spoken(seconds) {
  const minutes = Math.round(seconds / 60);
  if (minutes >= 120) return `${Math.round(minutes / 60)} hours`;
  if (minutes > 1) return `${minutes} minutes`;
  return `${Math.round(seconds)} seconds`;
}
