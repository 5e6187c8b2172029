/* Asks before a form or button with data-confirm="What will happen." is sent; data-confirm-yes names the button.
   Without script the form is simply sent: the server's own checks are what protects. */
export default function confirm() {
  const dialog = document.getElementById("confirm");
  if (!dialog) return;
  const cleared = new WeakSet();

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const asking = event.submitter?.dataset.confirm ? event.submitter : form;
    if (!asking.dataset.confirm || cleared.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(asking, () => {
      cleared.add(form);
      form.requestSubmit(event.submitter);
    });
  }, true);

  function ask({ dataset, textContent }, go) {
    dialog.querySelector("#confirm-say").textContent = dataset.confirm;
    dialog.querySelector("[data-yes]").textContent = dataset.confirmYes || textContent.trim() || "Go on";
    dialog.returnValue = "";
    dialog.addEventListener("close", () => dialog.returnValue === "yes" && go(), { once: true });
    dialog.showModal();
  }
}
