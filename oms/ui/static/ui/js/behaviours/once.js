/* A double click sends a form once. The server is safe against twice anyway; this spares people the second answer. */
const FREE_AGAIN_MS = 5000;

export default function once() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.ariaBusy === "true") {
      event.preventDefault();
      return;
    }
    form.ariaBusy = "true";
    setTimeout(() => { form.ariaBusy = null; }, FREE_AGAIN_MS);
  });
  // Coming back through history finds the page as it was left, busy included.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll('form[aria-busy="true"]')) form.ariaBusy = null;
  });
}
