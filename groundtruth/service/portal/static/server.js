/** Asks the portal. What it refuses, and what cannot reach it, becomes a Refusal that says so in words. */

const meta = document.querySelector('meta[name="portal"]');

export const prefix = meta.content;

let csrfToken = meta.dataset.csrf;

/** `code`: what the server calls it, or "unreachable". `isPassing`: the same request may succeed in a moment. */
export class Refusal extends Error {
  constructor(code, message, details = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }

  get isPassing() {
    return ["unreachable", "busy", "slow-down"].includes(this.code);
  }
}

/** One request; `timeout` in milliseconds. Returns what the server answered, as an object. */
export async function ask(method, path, body, { timeout = 15_000, keepalive = false } = {}) {
  const answer = await send(method, path, body, timeout, keepalive);
  if (answer.status !== 403 || (await answer.clone().json()).error !== "cross-site") return read(answer);
  // The session was begun anew in another tab: this page's token is of the earlier one.
  const fresh = await read(await send("GET", "/session", undefined, timeout, false));
  csrfToken = fresh.csrfToken;
  return read(await send(method, path, body, timeout, keepalive));
}

async function send(method, path, body, timeout, keepalive) {
  const headers = { "X-CSRF-Token": csrfToken };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  try {
    return await fetch(`${prefix}/api${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      keepalive,
      signal: AbortSignal.timeout(timeout),
    });
  } catch {
    throw new Refusal("unreachable", "The portal cannot be reached. Check your connection.");
  }
}

async function read(answer) {
  let content;
  try {
    content = await answer.json();
  } catch {
    content = null;
  }
  if (answer.ok && content !== null) return content;
  if (content?.error && answer.status !== 500) throw new Refusal(content.error, content.message, content);
  throw new Refusal("busy", "The portal has a problem just now.");
}

/** Waits so many milliseconds. */
export function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
