/* A <details class="menu"> closes when somebody clicks elsewhere, as every other menu on their machine does. */
export default function menus() {
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]"))
      if (!menu.contains(event.target)) menu.open = false;
  });
}
