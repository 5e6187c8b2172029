/* The tick in a table's head ticks every row of the page; Shift click ticks a range; "Clear" takes them all away. */
export default function selectAll(head) {
  const form = head.closest(".selectable");
  const boxes = () => [...form.querySelectorAll("tbody .pick input")];
  let last = null;

  const follow = () => {
    const all = boxes();
    const ticked = all.filter((box) => box.checked).length;
    head.checked = ticked > 0 && ticked === all.length;
    head.indeterminate = ticked > 0 && ticked < all.length;
  };

  form.addEventListener("click", ({ target, shiftKey }) => {
    if (target === head) for (const box of boxes()) box.checked = head.checked;
    if (target.closest("[data-clear]")) for (const box of boxes()) box.checked = false;
    if (target.matches("tbody .pick input")) {
      const all = boxes();
      const [from, to] = [all.indexOf(last), all.indexOf(target)].sort((a, b) => a - b);
      if (shiftKey && from >= 0) for (const box of all.slice(from, to + 1)) box.checked = target.checked;
      last = target;
    }
    follow();
  });
  follow();
}
