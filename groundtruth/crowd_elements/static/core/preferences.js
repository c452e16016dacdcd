/**
 * How a worker likes the widgets: fit to the page or its width, names on the image, instructions beside it.
 *
 * A sandboxed page can store nothing, so the portal keeps the preferences and gives them back with the next task:
 * `{type: "groundtruth-preferences", preferences}` goes to the portal after each change, and comes from it at any time.
 */

const ALLOWED = {
  fit: ["page", "width"],
  names: [true, false],
  instructions: [true, false],
};
const values = {};
const changes = new EventTarget();

window.addEventListener("message", (event) => {
  if (window.parent === window || event.source !== window.parent || event.data?.type !== "groundtruth-preferences")
    return;
  const given = event.data.preferences ?? {};
  for (const [name, allowed] of Object.entries(ALLOWED)) if (allowed.includes(given[name])) values[name] = given[name];
  changes.dispatchEvent(new Event("change"));
});

/** What the worker prefers, or `otherwise` when nothing is known. */
export function preference(name, otherwise) {
  return values[name] ?? otherwise;
}

/** Remembers what the worker just chose. */
export function prefer(name, value) {
  if (values[name] === value) return;
  values[name] = value;
  if (window.parent !== window)
    window.parent.postMessage({ type: "groundtruth-preferences", preferences: { ...values } }, "*");
}

/** Calls `listener()` when preferences arrive, until `signal` aborts. */
export function onPreferences(listener, signal) {
  changes.addEventListener("change", listener, { signal });
}
