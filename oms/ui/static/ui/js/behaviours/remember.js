/* Keeps a choice of this device (theme, density) in a cookie named by data-cookie, so that the server draws the next page
   right from the start; storage that only script reads would show every page wrong first. */
const YEAR_S = 31536000;

export default function remember(group) {
  group.addEventListener("change", ({ target }) => {
    const { cookie } = group.dataset;
    document.cookie = `${cookie}=${target.value}; path=/; max-age=${target.value ? YEAR_S : 0}; samesite=lax`;
    if (cookie === "oms_theme") {
      if (target.value) document.documentElement.dataset.theme = target.value;
      else delete document.documentElement.dataset.theme;
    }
  });
}
