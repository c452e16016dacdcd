/*
 * The offline Crowd elements: the one script a worker template loads in place of AWS's.
 *
 *     <script src="crowd-html-elements.js"></script>
 *
 * A classic script, because templates load it without type="module". It imports the modules beside it, defines
 * every element once the document has been read, and then fires `all-crowd-elements-ready` on the document.
 * In a sandboxed frame the page's origin is opaque, so whoever serves this folder must send
 * `Access-Control-Allow-Origin: *` with it.
 */
(() => {
  "use strict";
  // A template may name the script twice; elements can be defined only once.
  if (window.groundtruthCrowdElements) return;
  window.groundtruthCrowdElements = true;

  const base = document.currentScript.src;

  // Until an element is defined its regions would show as bare text and then jump into place.
  const veil = document.createElement("style");
  veil.textContent = "crowd-form:not(:defined), crowd-entity-annotation:not(:defined) { visibility: hidden; }";
  document.head.append(veil);

  const parsed = new Promise((resolve) => {
    if (document.readyState !== "loading") resolve();
    else document.addEventListener("DOMContentLoaded", resolve, { once: true });
  });

  const failed = (error) => {
    veil.remove();
    const notice = document.createElement("p");
    notice.setAttribute("role", "alert");
    notice.style.cssText = "margin:1rem;padding:.75rem 1rem;border:2px solid #b3261e;font:16px system-ui,sans-serif";
    notice.textContent =
      "This task cannot be shown: the Crowd elements did not load. Reload the page; if it stays so, tell the task's owner. " +
      `(${error.message})`;
    document.body.prepend(notice);
    throw error;
  };

  Promise.all([import(new URL("elements.js", base).href), parsed])
    .then(([elements]) => elements.defineAll())
    .then(() => {
      document.dispatchEvent(new CustomEvent("all-crowd-elements-ready", { bubbles: true }));
    })
    .catch(failed);
})();
