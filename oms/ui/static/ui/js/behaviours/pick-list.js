/* Arrows choose among the buttons of the list under a search field (data-list), Enter presses the chosen one. The first is chosen
   as soon as the list answers the words in the field; Enter before that, or after a scanner, sends the form as without script. */
export default function pickList(input) {
  const list = () => document.getElementById(input.dataset.list);
  const ways = () => [...(list()?.querySelectorAll("button") ?? [])];
  const answered = () => input.value.trim() !== "" && list()?.dataset.for?.trim() === input.value.trim();

  const choose = (way) => {
    for (const other of ways()) other.removeAttribute("data-chosen");
    way?.setAttribute("data-chosen", "");
    way?.scrollIntoView({ block: "nearest" });
  };

  input.form.addEventListener("htmx:afterSwap", () => answered() && choose(ways()[0]));
  input.addEventListener("keydown", (event) => {
    const found = ways();
    const at = found.findIndex((way) => way.hasAttribute("data-chosen"));
    if (!found.length || !answered()) return;
    if (event.key === "ArrowDown") choose(found[(at + 1) % found.length]);
    else if (event.key === "ArrowUp") choose(found[(at - 1 + found.length) % found.length]);
    else if (event.key === "Enter" && at >= 0 && !event.ctrlKey && !event.metaKey) found[at].click();
    else return;
    event.preventDefault();
  });
}
