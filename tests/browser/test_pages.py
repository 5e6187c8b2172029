"""Every page: no serious accessibility finding in light or dark, and no sideways scroll on a phone."""

import json
from functools import cache
from pathlib import Path
from typing import Any

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
PARTS = 2  # so that the processes of a run share the work
# Contrast is nearly all of a scan's time, and pages are made of the same pieces: marks the first element of every colour,
# size and background (with all that lies behind it) that is not among `known`, and answers with the new ones.
MARK = """known => {
  const seen = new Set(known), fresh = [], behind = new Map([[document, ""]]);
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
    const c = getComputedStyle(e), look = [e.disabled, c.color, c.fontSize, c.fontWeight, c.textShadow, back(e)].join("|");
    if (!seen.has(look)) { seen.add(look); fresh.push(look); e.setAttribute("data-scan", ""); }
  }
  return fresh;
}"""
WIDEST = """() => [...document.querySelectorAll("body *")]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && getComputedStyle(e).position !== "fixed")
  .slice(0, 5).map(e => `${e.tagName.toLowerCase()}.${e.className} ${Math.round(e.getBoundingClientRect().right)}`)"""


@cache
def axe() -> str:
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()


def findings(page: Page, where: Any = None, **options: Any) -> list[str]:
    """What axe finds serious or worse, as lines; in the elements `where` selects, by the rules that `options` leave."""
    asked = json.dumps({"resultTypes": ["violations"], "preload": False, **options})
    found = page.evaluate(f"axe.run({json.dumps(where) if where else 'document'}, {asked}).then(r => r.violations)")
    return [
        f"{v['id']}: {node['html'][:160]} {node['any'][0]['message'] if node['any'] else ''}"
        for v in found if v["impact"] in GRAVE for node in v["nodes"][:4]
    ]  # fmt: skip


def contrast(page: Page, known: set[str]) -> list[str]:
    """Text too faint, wherever it stands on a ground that is not `known` from an earlier page of the same theme."""
    fresh = page.evaluate(MARK, list(known))
    known.update(fresh)
    return findings(page, {"include": [["[data-scan]"]]}, runOnly=["color-contrast"]) if fresh else []


def faults(page: Page, url: str, known: dict[str, set[str]]) -> list[str]:
    """Everything wrong with one page, each line with its address."""
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")
    page.goto(url)
    page.evaluate(axe())
    found = findings(page, rules={"color-contrast": {"enabled": False}})
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        found += [f"{theme} {line}" for line in contrast(page, known.setdefault(theme, set()))]
    page.set_viewport_size(PHONE)
    if (width := page.evaluate("document.documentElement.scrollWidth")) > PHONE["width"]:
        found.append(f"{width} px wide: {page.evaluate(WIDEST)}")
    return [f"{url} {line}" for line in found]


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_is_free_of_grave_findings_and_fits_a_phone(part, house, sign_in, settings):
    settings.EMAIL_BACKEND = "notifications.mailbox.MailboxBackend"
    everyone = person("all", *Role.values)
    make(everyone)
    client = Client()
    client.force_login(everyone)
    page, known = sign_in("all"), {}
    found = [line for url in list(pages(client, part, PARTS)) for line in faults(page, url, known)]
    if part == 0:
        found += faults(sign_in(), "/login/", known)
    assert not found, "\n".join(found)


def test_the_scan_notices_a_grave_finding_and_a_wide_page(house, sign_in):
    """Negative control."""
    page = sign_in("ana", "sales")
    page.goto("/")
    page.evaluate(axe())
    known: set[str] = set()
    contrast(page, known)
    page.evaluate(
        "document.querySelector('main').innerHTML = '<input><p style=\"width: 2000px\">x</p><p id=faint>Faint</p>'"
    )
    assert [line for line in findings(page) if line.startswith("label:")]
    page.evaluate("document.getElementById('faint').style.color = 'color-mix(in srgb, canvas 80%, grey)'")
    assert any("Faint" in line for line in contrast(page, known)), "text too faint on a known ground"
    page.set_viewport_size(PHONE)
    page.evaluate("document.querySelector('main p').style.width = '2000px'")
    assert page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]
