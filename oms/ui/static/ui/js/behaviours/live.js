/* Keeps what is on screen true without reloading: asks /live/ every data-every seconds whether something this element
   shows has changed, and only then lets htmx fetch it anew. data-live="refresh" swaps the element (never under busy hands:
   ticked rows, a field in use, an open menu); data-live="bar" shows the notice inside and leaves the page alone, and says who
   else has it open. */
const SLOWEST_MS = 60000;

export default function live(element) {
  const { url, token } = element.dataset;
  const every = Number(element.dataset.every || 5) * 1000;
  let since = element.dataset.since;
  let wait = every;
  let waiting = null; // the answer that could not be shown yet

  const busy = () => document.hidden || document.querySelector("dialog[open]") ||
    element.querySelector(":is(input:not([type=checkbox]), textarea, select):focus, .pick input:checked, details[open]");

  const show = (news) => {
    if (element.dataset.live === "bar") return tellBar(element, news);
    if (busy()) return void (waiting = news);
    waiting = null;
    sessionStorage.setItem("oms_changed", JSON.stringify(news.changed));
    element.dispatchEvent(new Event("refresh"));
    return undefined;
  };

  const ask = async () => {
    if (!element.isConnected) return;
    if (waiting) show(waiting);
    else if (!document.hidden) await fetchNews();
    setTimeout(ask, wait);
  };

  const fetchNews = async () => {
    try {
      const answer = await fetch(`${url}?${new URLSearchParams({ token, since })}`, { credentials: "omit" });
      wait = answer.ok ? every : Math.min(wait * 2, SLOWEST_MS);
      if (answer.headers.has("X-Live-Here")) tellHere(element, JSON.parse(answer.headers.get("X-Live-Here")));
      if (answer.status === 204) since = answer.headers.get("X-Live-Since") ?? since;
      else if (answer.ok) {
        const news = await answer.json();
        since = news.since;
        if (news.others || element.dataset.live === "refresh") show(news);
      }
    } catch {
      wait = Math.min(wait * 2, SLOWEST_MS); // no network: the page stays as it is, and asks less often
    }
  };

  if (element.dataset.live === "refresh") markChanged(element);
  if (since) setTimeout(ask, every);
}

function tellBar(element, { by }) {
  const bar = element.querySelector("[data-live-bar]");
  bar.querySelector("[data-by]").textContent = by || "somebody";
  bar.hidden = false;
}

function tellHere(element, others) {
  const here = element.querySelector("[data-live-here]");
  const said = others.length ? `${others.join(", ")}.` : "";
  const words = here.querySelector("p");
  if (words.textContent !== said) words.textContent = said; // a reader says what changed, and only then
  here.hidden = !others.length;
}

function markChanged(element) {
  const numbers = JSON.parse(sessionStorage.getItem("oms_changed") ?? "[]");
  sessionStorage.removeItem("oms_changed");
  for (const number of numbers) element.querySelector(`#order-${CSS.escape(number)}`)?.setAttribute("data-changed", "");
}
