/* Asks an htmx element (hx-trigger="refresh") to reload every data-every seconds; waits while somebody is typing in it,
   has ticked rows, or looks at another tab: nothing may move under the cursor. */
export default function poll(element) {
  const every = Number(element.dataset.every || 30) * 1000;
  const timer = setInterval(() => {
    if (!element.isConnected) return clearInterval(timer);
    const busy = document.hidden || element.querySelector(":focus, .pick input:checked, details[open]");
    if (!busy) element.dispatchEvent(new Event("refresh"));
    return undefined;
  }, every);
}
