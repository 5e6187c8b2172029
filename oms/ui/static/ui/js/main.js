/* Starts behaviours: an element with data-behaviour="scan-input" gets behaviours/scan-input.js, once, also after a swap. */
import announce from "./behaviours/announce.js";
import beep from "./behaviours/beep.js";
import carry from "./behaviours/carry.js";
import command from "./behaviours/command.js";
import confirm from "./behaviours/confirm.js";
import keys from "./behaviours/keys.js";
import live from "./behaviours/live.js";
import mention from "./behaviours/mention.js";
import menus from "./behaviours/menus.js";
import once from "./behaviours/once.js";
import pickList from "./behaviours/pick-list.js";
import poll from "./behaviours/poll.js";
import print from "./behaviours/print.js";
import remember from "./behaviours/remember.js";
import scanInput from "./behaviours/scan-input.js";
import selectAll from "./behaviours/select-all.js";

const behaviours = {
  announce, beep, carry, command, confirm, keys, live, mention, menus, once, poll, print, remember,
  "pick-list": pickList, "scan-input": scanInput, "select-all": selectAll,
};
const started = new WeakSet();

function start(root) {
  const found = [...root.querySelectorAll("[data-behaviour]")];
  if (root.matches?.("[data-behaviour]")) found.unshift(root);
  for (const element of found) {
    if (started.has(element)) continue;
    started.add(element);
    for (const name of element.dataset.behaviour.split(/\s+/)) {
      if (behaviours[name]) behaviours[name](element);
      else console.error(`No behaviour named ${name}`, element);
    }
  }
}

start(document);
document.addEventListener("htmx:load", (event) => start(event.target));
