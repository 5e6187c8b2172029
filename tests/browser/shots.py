"""Pictures of the main pages on a running demo, to look at: `python -m tests.browser.shots OUTDIR [http://127.0.0.1:8000]`."""

import re
import sys
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from oms.ops.browser import chromium

PASSWORD = "docket-demo"  # of every login of the demo
SIZES = {1440: 900, 390: 844}
ORDER, PACK, RETURN = (re.compile(rf"/{kind}-\d+/$") for kind in ("orders/SO", "warehouse/FO", "returns/RMA"))
# name: (who, address, the first link to follow from there)
SHOTS: dict[str, tuple[str, str, re.Pattern | None]] = {
    "login": ("", "/login/", None),
    "home-sales": ("leela", "/", None),
    "home-warehouse": ("meera", "/", None),
    "home-finance": ("farah", "/", None),
    "home-owner": ("nina", "/", None),
    "orders": ("leela", "/orders/", None),
    "order": ("leela", "/orders/?view=held", ORDER),
    "order-new": ("leela", "/orders/new/", None),
    "recurring": ("leela", "/standing/?view=all", None),
    "recurring-order": ("leela", "/standing/", re.compile(r"/standing/RO-\d+/$")),
    "recurring-failing": ("leela", "/standing/?view=failing", re.compile(r"/standing/RO-\d+/$")),
    "blanket": ("leela", "/standing/blanket/?view=all", None),
    "blanket-order": ("leela", "/standing/blanket/?sort=newest", re.compile(r"/blanket/BO-\d+/$")),
    "drafts": ("leela", "/orders/drafts/", None),
    "pick": ("meera", "/warehouse/pick/", PACK),
    "pack": ("meera", "/warehouse/pack/", PACK),
    "import": ("leela", "/imports/", None),
    "return": ("tom", "/returns/?view=all", RETURN),
    "mailbox": ("tom", "/messages/mailbox/", None),
    "payments": ("farah", "/payments/", None),
    "kit": ("leela", "/help/kit/", None),
}


def signed_in(browser: Browser, server: str, who: str, **options) -> BrowserContext:
    context = browser.new_context(base_url=server, reduced_motion="reduce", **options)
    if who:
        page = context.new_page()
        page.goto("/login/")
        page.get_by_label("Username").fill(who)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/login/" not in url)
        page.close()
    return context


def find(page: Page, address: str, link: re.Pattern | None) -> str | None:
    """Where the shot is taken; None when this demo has no such page."""
    answer = page.goto(address)
    if not answer or not answer.ok:
        return None
    if link is None:
        return address
    found = page.evaluate("[...document.querySelectorAll('main a')].map(a => a.pathname)")
    return next((path for path in found if link.search(path)), None)


def take(out: Path, server: str, only: list[str]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        contexts = {who: signed_in(browser, server, who) for who in {shot[0] for shot in SHOTS.values()}}
        for name, (who, address, link) in SHOTS.items():
            if only and name not in only:
                continue
            page = contexts[who].new_page()
            path = find(page, address, link)
            if path is None:
                print(f"{name}: nothing at {address}")
                continue
            page.goto(path)
            for width, height in SIZES.items():
                page.set_viewport_size({"width": width, "height": height})
                for scheme in ("light", "dark"):
                    page.emulate_media(color_scheme=scheme)
                    page.screenshot(path=out / f"{name}-{width}-{scheme}.png", full_page=width == 390)
            page.close()
        browser.close()


if __name__ == "__main__":
    take(
        Path(sys.argv[1]),
        sys.argv[2] if len(sys.argv) > 2 else "http://127.0.0.1:8000",
        sys.argv[3:],
    )
