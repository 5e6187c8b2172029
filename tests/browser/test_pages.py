"""Every page: no serious accessibility finding in light or dark, and no sideways scroll on a phone."""

import json
from pathlib import Path

import axe_playwright_python
import pytest
from django.test import Client
from playwright.sync_api import Page

from oms.access.roles import Role
from tests.browser.everything import make, pages
from tests.conftest import person

pytestmark = pytest.mark.browser

WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
GRAVE = ("serious", "critical")
# Pages are made of the same pieces, and each is looked at where it is seen first. For contrast that is the first element of
# every colour, size and background (with all that lies behind it) that is not among `known`; for everything else, which is
# the same in the dark, the first row, entry or field of its outline: its tags and attributes without their words.
PIECES = "main tr:not(:first-child), main li:not(:first-child), main dl, main .field"
SCAN = """async ([known, theme, grave]) => {
  const seen = new Set(known), fresh = [], aside = [], kinds = new Set(), behind = new Map([[document, ""]]);
  const put_aside = part => {
    aside.push([document.createComment(""), part]);
    part.replaceWith(aside.at(-1)[0]);
  };
  const is_new = look => !seen.has(look) && (seen.add(look), fresh.push(look));
  for (const part of document.querySelectorAll("body > svg, body > dialog, .rail > *")) {
    const html = part.outerHTML.replace(/ (value|aria-current|title)="[^"]*"|\\d+/g, "");
    if (!is_new(html)) put_aside(part);
  }
  const back = e => {
    if (!behind.has(e)) {
      const c = getComputedStyle(e), plain = c.backgroundColor === "rgba(0, 0, 0, 0)" && c.backgroundImage === "none" && c.opacity === "1";
      behind.set(e, back(e.parentNode) + (plain ? "" : `/${c.backgroundColor} ${c.backgroundImage} ${c.opacity}`));
    }
    return behind.get(e);
  };
  for (const e of document.querySelectorAll("body, body *")) {
    e.removeAttribute("data-scan");
    const says = e.matches("input, select, textarea") || [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (!says || !e.checkVisibility()) continue;
    kinds.add([e.tagName, e.className, e.disabled, e.dataset.kind, e.dataset.tone].join("|"));
    const c = getComputedStyle(e), look = [e.disabled, c.color, c.fontSize, c.fontWeight, c.textShadow, back(e)].join("|");
    if (is_new(look)) e.setAttribute("data-scan", "");
  }
  for (const part of theme === "light" ? document.querySelectorAll(PIECES) : []) {
    if (!part.isConnected || part.matches("[data-scan]") || part.querySelector("[data-scan]")) continue;
    const outline = part.outerHTML.replace(/>[^<]*[^<\\s][^<]*</g, ">x<").replace(/ (class|role|type|scope|aria-hidden|tabindex)=/g, " $1:")
      .replace(/="[^"]+"/g, "=x");
    if (!is_new(outline)) put_aside(part);
  }
  const may_be = rule => rule.enabled && grave.includes(rule.impact) && !rule.tags.includes("experimental");
  const rules = theme === "light" ? axe._audit.rules.filter(may_be).map(r => r.id) : ["color-contrast"];
  const asked = {resultTypes: ["violations"], preload: false, runOnly: {type: "rule", values: rules}};
  axe.configure({rules: [{id: "color-contrast", selector: "[data-scan]"}]});
  const where = theme === "light" ? document : {include: [["[data-scan]"]]};
  const found = theme === "light" || document.querySelector("[data-scan]") ? (await axe.run(where, asked)).violations : [];
  for (const [mark, part] of aside.reverse()) mark.replaceWith(part);
  return {fresh, found, kinds: [...kinds]};
}""".replace("PIECES", json.dumps(PIECES))
WIDEST = """() => [...document.querySelectorAll("body *")]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && getComputedStyle(e).position !== "fixed")
  .slice(0, 5).map(e => `${e.tagName.toLowerCase()}.${e.className} ${Math.round(e.getBoundingClientRect().right)}`)"""


def with_axe(page: Page) -> Page:
    page.add_init_script((Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text())
    return page


def findings(page: Page, known: dict[str, set[str]], theme: str = "light") -> list[str]:
    """What axe finds serious or worse, as lines; text too faint only on grounds `known` from no earlier page in this theme.

    Afterwards `known["unlike"]` says what of this page no earlier one had: a look, or a kind of element that speaks.
    """
    seen, kinds = known.setdefault(theme, set()), known.setdefault("kinds", set())
    scan = page.evaluate(SCAN, [list(seen), theme, list(GRAVE)])
    known["unlike"] = set(scan["fresh"]) | (set(scan["kinds"]) - kinds)
    seen.update(scan["fresh"])
    kinds.update(scan["kinds"])
    return [
        f"{theme} {v['id']}: {node['html'][:160]} {node['any'][0]['message'] if node['any'] else ''}"
        for v in scan["found"] if v["impact"] in GRAVE for node in v["nodes"][:4]
    ]  # fmt: skip


def too_wide(page: Page) -> list[str]:
    width = page.evaluate("document.documentElement.scrollWidth")
    return [f"{width} px wide: {page.evaluate(WIDEST)}"] if width > PHONE["width"] else []


def faults(page: Page, url: str, known: dict[str, set[str]]) -> list[str]:
    """Everything wrong with one page, each line with its address."""
    found: list[str] = []
    page.goto(url)
    now = page.viewport_size  # as the page before ended
    for size in (now, PHONE if now == WIDE else WIDE):
        page.set_viewport_size(size)
        if size == PHONE:
            found += too_wide(page)
            continue
        page.emulate_media(color_scheme="light")
        found += findings(page, known)
        if known["unlike"]:  # else all that is on it was seen in the dark already
            page.emulate_media(color_scheme="dark")
            found += findings(page, known, "dark")
    return [f"{url} {line}" for line in found]


@pytest.mark.slow
def test_every_page_is_free_of_grave_findings_and_fits_a_phone(house, sign_in, settings):
    settings.EMAIL_BACKEND = "notifications.mailbox.MailboxBackend"
    everyone = person("all", *Role.values)
    make(everyone)
    client = Client()
    client.force_login(everyone)
    page, known = with_axe(sign_in("all")), {}
    found = [line for url in list(pages(client)) for line in faults(page, url, known)]
    found += faults(with_axe(sign_in()), "/login/", known)
    assert not found, "\n".join(found)


def test_the_scan_notices_a_grave_finding_and_a_wide_page(house, sign_in):
    """Negative control."""
    page, known = with_axe(sign_in("ana", "sales")), {}
    page.goto("/")
    assert not findings(page, known)
    page.evaluate(
        "document.querySelector('main').innerHTML = '<input><p style=\"width: 2000px\">x</p><p id=faint>Faint</p>'"
    )
    assert any(line.startswith("light label:") for line in findings(page, known))
    page.evaluate("document.getElementById('faint').style.color = 'color-mix(in srgb, canvas 80%, grey)'")
    assert any("Faint" in line for line in findings(page, known)), "text too faint on a known ground"
    page.evaluate("document.getElementById('faint').outerHTML = '<p class=dim>Dim in the dark</p>'")
    page.evaluate("document.querySelector('.dim').style.color = 'light-dark(canvastext, #222)'")
    assert not any("Dim" in line for line in findings(page, known)) and known["unlike"]
    page.emulate_media(color_scheme="dark")
    assert any("Dim" in line for line in findings(page, known, "dark"))
    page.set_viewport_size(PHONE)
    page.evaluate("document.querySelector('main p').style.width = '2000px'")
    assert too_wide(page)
