/* The scan field: a wedge scanner types and ends with Enter, whatever has the focus. Focus returns after every answer,
   and keys typed elsewhere (but not in a field) land here. A / that nothing follows opens the command bar: a scanner that
   sends a code beginning with / has sent the rest of it long before. */
const ALONE_MS = 500;

export default function scanInput(input) {
  const back = () => {
    input.focus({ preventScroll: true });
    input.select();
  };
  back();
  document.addEventListener("htmx:afterSettle", () => input.isConnected && free() && back());
  document.addEventListener("keydown", (event) => {
    if (!input.isConnected || event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
    if (!free() || document.activeElement === input) return;
    if (event.key === " " && document.activeElement.type === "radio") return; // chooses the box
    if (event.key === "/" || !document.activeElement.closest("button, a, summary")) back();
  });
  input.addEventListener("input", () => {
    if (input.value === "/" && document.documentElement.dataset.keys !== "off") setTimeout(commands, ALONE_MS, input);
  });
  input.form?.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) input.value = "";
  });
}

function commands(input) {
  if (input.value !== "/" || document.activeElement !== input) return;
  input.value = "";
  document.getElementById("cmd")?.showModal();
}

/* Nobody is typing a weight or answering a question. A box that was chosen keeps the focus, and takes no text. */
function free() {
  return !document.activeElement?.closest("input:not(#scan, [type=radio]), textarea, select, dialog");
}
