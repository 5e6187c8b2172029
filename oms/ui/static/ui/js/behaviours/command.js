/* The command bar: Ctrl K opens it (and / where the page has no search of its own), typing narrows the fixed entries and the
   server says what the line means, arrows choose. Enter never acts on an answer to other words than those in the field. */
export default function command(bar) {
  const input = bar.querySelector("input[type=search]");
  const shown = () => [...bar.querySelectorAll(".results :is(a, .plan button:enabled)")].filter((way) => !way.hidden);
  const answered = () => bar.querySelector("#cmd-found")?.dataset.for === input.value.trim();

  const choose = (way) => {
    for (const other of bar.querySelectorAll("[data-chosen]")) other.removeAttribute("data-chosen");
    way?.setAttribute("data-chosen", "");
    way?.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (bar.open) bar.close();
      else bar.showModal();
    }
  });

  bar.addEventListener("close", () => {
    input.value = "";
    narrow();
  });
  bar.addEventListener("click", ({ target }) => {
    if (target === bar) bar.close(); // outside of what is drawn in it
  });

  const narrow = () => {
    const words = input.value.trim().toLowerCase();
    bar.toggleAttribute("data-typing", words !== "");
    for (const link of bar.querySelectorAll(".results > a"))
      link.hidden = words !== "" && !link.textContent.toLowerCase().includes(words);
    choose(shown()[0]);
  };
  input.addEventListener("input", narrow);
  bar.addEventListener("htmx:afterSwap", () => choose(shown()[0]));

  input.addEventListener("keydown", (event) => {
    const ways = shown();
    const at = ways.findIndex((way) => way.hasAttribute("data-chosen"));
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(ways[(at + step + ways.length) % ways.length]);
    } else if (event.key === "Enter" && ways[at] && (answered() || ways[at].matches(".results > a"))) {
      event.preventDefault();
      ways[at].click();
    } // otherwise the form goes to the page that shows what the line means
  });
}
