/* Single keys (WCAG 2.1.4: never in a field, and off where <html data-keys="off">). Elements name theirs: data-key="n",
   and data-go="o" for g then o. Inside a list the row under the cursor is asked first. */
const rows = () => [...document.querySelectorAll(".grid tbody tr, .board .card")];
const current = () => document.querySelector(":is(.grid tbody tr, .board .card)[data-cursor]");
const GO_WITHIN_MS = 1200;

export default function keys() {
  let goUntil = 0;

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return send(event.target.form);
    if (event.key === "Escape") return escape(event);
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return undefined;
    if (document.documentElement.dataset.keys === "off" || typing(event.target)) return undefined;
    if (document.querySelector("dialog[open]")) return undefined;

    const going = Date.now() < goUntil;
    goUntil = event.key === "g" && !going ? Date.now() + GO_WITHIN_MS : 0;
    const done = going ? press(`[data-go="${CSS.escape(event.key)}"]`) : single(event);
    if (done) event.preventDefault();
    return undefined;
  });
}

function single({ key, target }) {
  if (key === "j" || key === "k") return move(key === "j" ? 1 : -1);
  if (key === "x") return click(current()?.querySelector(".pick input"));
  if (key === "o" || (key === "Enter" && !target.closest("a, button, summary")))
    return click(current()?.querySelector("a.ref"));
  if (key === "/" && document.getElementById("scan")) return false; // scan-input.js: a code may begin with it
  if (key === "/") return focus(document.querySelector("[data-find]")) || open(document.getElementById("cmd"));
  if (key === "?") return open(document.getElementById("keys-help"));
  if (key === "[" || key === "]") return press(`[rel="${key === "[" ? "prev" : "next"}"]`);
  return /^[a-z]$/.test(key) && press(`[data-key="${key}"]`);
}

/* As if its main button was pressed: a form of several asks which one it was. */
function send(form) {
  form?.requestSubmit(form.querySelector("button[type=submit][data-kind=primary]:enabled") ?? undefined);
}

function typing(target) {
  return target.isContentEditable || target.closest?.("textarea, select, input:not([type=checkbox], [type=radio])");
}

function move(step) {
  const all = rows();
  const at = all.indexOf(current());
  const to = all[at < 0 ? 0 : Math.max(0, Math.min(all.length - 1, at + step))];
  current()?.removeAttribute("data-cursor");
  to?.setAttribute("data-cursor", "");
  return focus(to?.querySelector("a.ref"));
}

function press(selector) {
  // What the page itself has goes before what every page has: n is a note on a record, a new order elsewhere.
  const own = current()?.querySelector(selector) ?? document.querySelector(`main ${selector}`);
  return click(own ?? document.querySelector(selector));
}

const click = (element) => (element ? (element.click(), true) : false);
const open = (dialog) => (dialog ? (dialog.showModal(), true) : false);
const focus = (element) => (element ? (element.focus(), element.select?.(), true) : false);

function escape(event) {
  const menu = document.querySelector("details.menu[open]");
  if (menu) return void (menu.open = false, menu.querySelector("summary").focus());
  if (typing(event.target)) return void event.target.blur();
  if (document.querySelector("dialog[open]")) return undefined;
  click(document.querySelector(".selectable:has(.pick input:checked) [data-clear]"));
  return undefined;
}
