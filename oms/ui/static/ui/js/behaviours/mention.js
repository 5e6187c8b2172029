/* @ in a note offers colleagues: arrows choose, Enter or Tab takes, Escape leaves. The names are those of the datalist
   named by data-people; without script one types the name. */
const MOST = 6;
const WORD = /(?:^|[^\w.@])@([\w.+-]*)$/;

export default function mention(text) {
  const people = [...(document.getElementById(text.dataset.people)?.options ?? [])];
  const list = document.createElement("ul");
  list.className = "picker";
  list.id = `${text.dataset.people}-offered`;
  list.role = "listbox";
  list.ariaLabel = "Colleagues";
  list.hidden = true;
  text.after(list);
  text.setAttribute("aria-controls", list.id);
  let at = 0;

  const word = () => text.value.slice(0, text.selectionStart).match(WORD)?.[1];
  const close = () => {
    list.hidden = true;
    text.removeAttribute("aria-activedescendant");
  };
  const choose = (to) => {
    at = (to + list.children.length) % list.children.length;
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === at)));
    text.setAttribute("aria-activedescendant", list.children[at].id);
  };
  const take = (name) => {
    const end = text.selectionStart;
    text.setRangeText(`${name} `, end - word().length, end, "end");
    close();
    text.focus();
  };
  const offer = () => {
    const typed = word()?.toLowerCase();
    const found = typed === undefined ? [] : people.filter(
      ({ value, label }) => value.toLowerCase().startsWith(typed) || label.toLowerCase().includes(typed),
    ).slice(0, MOST);
    if (!found.length) return close();
    list.replaceChildren(...found.map(({ value, label }, i) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${i}`;
      item.role = "option";
      item.dataset.name = value;
      item.textContent = `@${value}, ${label}`;
      return item;
    }));
    list.hidden = false;
    choose(0);
  };

  text.addEventListener("input", offer);
  text.addEventListener("blur", () => setTimeout(close, 150));
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const name = event.target.closest("li")?.dataset.name;
    if (name) take(name);
  });
  text.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") choose(at + 1);
    else if (event.key === "ArrowUp") choose(at - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" || event.key === "Tab") take(list.children[at].dataset.name);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
