/** What a worker sees when there is no task for them: thanks, and word of new tasks without reloading. */

import { ask } from "./server.js";

const SHORTEST_WAIT = 5_000;
const LONGEST_WAIT = 30_000;

const section = document.querySelector("#rest");
const heading = document.querySelector("#rest-title");
const text = document.querySelector("#rest-text");
const news = document.querySelector("#rest-news");
const goOn = document.querySelector("#go-on");
const ordinaryTitle = document.title;

let timer = 0;
let wait = SHORTEST_WAIT;

/** Thanks the worker. `submitted`: tasks of this session. `isOver`: the job takes no more answers. `onGoOn`: new tasks are wanted. */
export function rest(job, submitted, isOver, onGoOn) {
  const done = submitted === 1 ? "You submitted one task" : `You submitted ${submitted} tasks`;
  heading.textContent = submitted > 0 ? "Thank you" : isOver ? "This job is over" : "No tasks right now";
  text.textContent = [
    submitted > 0 ? `${done} in this session; all of them are kept.` : "",
    isOver ? "This job takes no more answers." : "There is no task for you in this job now. More may come: this page tells you, without reloading.",
  ].join(" ");
  news.textContent = "";
  goOn.hidden = true;
  goOn.onclick = () => {
    leave();
    onGoOn();
  };
  section.hidden = false;
  heading.focus();
  wait = SHORTEST_WAIT;
  if (!isOver) timer = setTimeout(() => look(job), wait);
}

/** Takes the thanks away. */
export function leave() {
  clearTimeout(timer);
  section.hidden = true;
  document.title = ordinaryTitle;
}

async function look(job) {
  const isLookedAt = document.visibilityState === "visible";
  try {
    const found = (await ask("GET", "/jobs")).jobs.find((open) => open.name === job);
    if (found === undefined) {
      news.textContent = "This job is over now.";
      return;
    }
    if (found.available > 0 || found.unfinished) {
      const count = found.available === 1 || found.unfinished ? "A new task is here." : `${found.available} new tasks are here.`;
      news.textContent = count;
      document.title = `● ${ordinaryTitle}`;
      goOn.hidden = false;
    } else if (!goOn.hidden) {
      news.textContent = "Others were quicker. This page goes on looking.";
      document.title = ordinaryTitle;
      goOn.hidden = true;
    }
  } catch (refusal) {
    if (!refusal.isPassing) {
      news.textContent = refusal.message;
      return;
    }
  }
  wait = Math.min(LONGEST_WAIT, isLookedAt ? wait * 1.3 : wait * 2);
  timer = setTimeout(() => look(job), wait);
}
