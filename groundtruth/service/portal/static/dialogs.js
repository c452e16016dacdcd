/** Questions to the worker, in the dialogs of the page. */

const matter = document.querySelector("#matter");
const title = document.querySelector("#matter-title");
const text = document.querySelector("#matter-text");
const choices = document.querySelector("#matter-choices");

/** Shows the dialog and resolves to the value of the button that closed it; "" when it was closed otherwise. */
export function answered(dialog) {
  dialog.returnValue = "";
  if (!dialog.open) dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
  });
}

/** Tells the worker what is the matter and asks what to do. `options`: value to caption; the first is the main one. */
export function ask(heading, message, options) {
  title.textContent = heading;
  text.textContent = message;
  const buttons = Object.entries(options).map(([value, caption], at) => {
    const button = document.createElement("button");
    button.value = value;
    button.textContent = caption;
    if (at === 0) {
      button.className = "primary";
      button.autofocus = true;
    }
    return button;
  });
  choices.replaceChildren(...buttons);
  return answered(matter);
}

/** Closes what `ask` shows: it has come to nothing. */
export function withdraw() {
  if (matter.open) matter.close("");
}
