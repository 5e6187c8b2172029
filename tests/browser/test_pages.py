"""Every page: no serious accessibility finding in light or dark, and no sideways scroll on a phone."""

import json
from functools import cache
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
PARTS = 4  # so that the processes of a run share the work
WIDEST = """() => [...document.querySelectorAll("body *")]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && getComputedStyle(e).position !== "fixed")
  .slice(0, 5).map(e => `${e.tagName.toLowerCase()}.${e.className} ${Math.round(e.getBoundingClientRect().right)}`)"""


@cache
def axe() -> str:
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()


def findings(page: Page, *rules: str) -> list[str]:
    """What axe finds serious or worse, as lines; only `rules` when given."""
    options = {"resultTypes": ["violations"], "preload": False, **({"runOnly": list(rules)} if rules else {})}
    found = page.evaluate(f"axe.run({json.dumps(options)}).then(r => r.violations)")
    return [
        f"{v['id']}: {node['html'][:160]} {node['any'][0]['message'] if node['any'] else ''}"
        for v in found if v["impact"] in GRAVE for node in v["nodes"][:4]
    ]  # fmt: skip


def faults(page: Page, url: str) -> list[str]:
    """Everything wrong with one page, each line with its address."""
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")
    page.goto(url)
    page.evaluate(axe())
    found = [f"light {line}" for line in findings(page)]
    page.emulate_media(color_scheme="dark")
    found += [f"dark {line}" for line in findings(page, "color-contrast")]
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
    page = sign_in("all")
    found = [line for url in list(pages(client, part, PARTS)) for line in faults(page, url)]
    if part == 0:
        found += faults(sign_in(), "/login/")
    assert not found, "\n".join(found)


def test_the_scan_notices_a_grave_finding_and_a_wide_page(house, sign_in):
    """Negative control."""
    page = sign_in("ana", "sales")
    page.goto("/")
    page.evaluate(axe())
    page.evaluate("document.querySelector('main').innerHTML = '<input><p style=\"width: 2000px\">x</p>'")
    assert [line for line in findings(page) if line.startswith("label:")]
    page.set_viewport_size(PHONE)
    page.evaluate("document.querySelector('main p').style.width = '2000px'")
    assert page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]
