/* Toasts in the live region: from HX-Trigger {"announce": "3 orders released"}, and when a request fails.
   Silence would look like success to somebody with their eyes on the parcel. */
const SHOWN_MS = 6000;

export function say(text, tone = "") {
  const toast = document.createElement("p");
  toast.className = "toast";
  if (tone) toast.dataset.tone = tone;
  toast.textContent = text;
  document.getElementById("toasts")?.append(toast);
  setTimeout(() => toast.remove(), tone === "late" ? SHOWN_MS * 2 : SHOWN_MS);
}

export default function announce() {
  document.addEventListener("announce", (event) => say(event.detail.value ?? event.detail));
  document.addEventListener("htmx:sendError", () =>
    say("Not saved: no connection to the server. Check the network and try again.", "late"));
  document.addEventListener("htmx:timeout", () =>
    say("No answer yet. Reload the page to see whether it went through.", "late"));
  document.addEventListener("htmx:responseError", (event) => {
    const { status } = event.detail.xhr;
    if (status === 403) say("Not done: you are signed out or may not do this. Reload the page.", "late");
    else if (status === 404) say("Not done: that record is gone. Reload the page.", "late");
    else if (status === 409) say("Not done: somebody changed this first. Reload the page.", "late");
    else say("Not done: the server could not answer. Reload the page, then try again.", "late");
  });
}
