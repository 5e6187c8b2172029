/* The command bar: Ctrl K opens it, typing narrows the fixed entries (the server adds what it finds), arrows choose. */
export default function command(bar) {
  const input = bar.querySelector("input[type=search]");
  const shown = () => [...bar.querySelectorAll(".results a")].filter((link) => !link.hidden);

  const choose = (link) => {
    for (const other of bar.querySelectorAll('[aria-selected="true"]')) other.removeAttribute("aria-selected");
    link?.setAttribute("aria-selected", "true");
    link?.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      bar.togglePopover();
    }
  });

  bar.addEventListener("toggle", (event) => {
    // Emptied on closing, not on opening: people type before this event arrives.
    if (event.newState === "closed") input.value = "";
    narrow();
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
    const links = shown();
    const at = links.findIndex((link) => link.ariaSelected === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(links[(at + step + links.length) % links.length]);
    } else if (event.key === "Enter" && links[at]) {
      event.preventDefault();
      links[at].click();
    }
  });
}
