"""A real server and a real Chromium: one of each for the run, a fresh browser context for every person in every test."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from oms.access.models import User
from oms.ops.browser import chromium
from orders.models import Channel
from tests.conftest import make_shop, person

WAIT_MS = 60_000  # generous: a busy machine is not a fault
expect.set_options(timeout=WAIT_MS)
# Pages ask for news every 5 to 30 seconds: in a hurry, no timer of a page takes longer than this.
HURRY = (
    "const timer = setTimeout; window.setTimeout = (job, ms, ...rest) => timer(job, Math.min(ms || 0, 150), ...rest)"
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        # Playwright's loop counts as running in this thread although the tests here are plain synchronous code;
        # Django would refuse every query of theirs.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        instance = play.chromium.launch(executable_path=chromium(), headless=True, args=["--no-sandbox"])
        yield instance
        instance.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")


@pytest.fixture(scope="session")
def server(django_db_setup: None) -> Iterator[str]:
    """Address of the application as it runs in production: WhiteNoise serves the collected, hashed files."""
    thread = LiveServerThread("127.0.0.1", static_handler=lambda handler: handler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://{thread.host}:{thread.port}"
    thread.terminate()


@pytest.fixture
def house(transactional_db: None) -> Channel:
    """Three products and two warehouses; the seeds of a fresh installation are there already (`post_migrate`)."""
    return make_shop()


@pytest.fixture
def sign_in(browser: Browser, server: str, transactional_db: None) -> Iterator[Callable[..., Page]]:
    """`sign_in("ana", "sales")` is a page of a browser where Ana is signed in; without a name nobody is.

    With `hurry` a page on screen asks for news at once, not at its own pace.
    """
    contexts: list[BrowserContext] = []

    def enter(username: str = "", *roles: str, hurry: bool = False, **options: Any) -> Page:
        context = browser.new_context(base_url=server, reduced_motion="reduce", **options)
        if hurry:
            context.add_init_script(HURRY)
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        if username:
            user = User.objects.filter(username=username).first() or person(username, *roles)
            client = Client()
            client.force_login(user)
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": server}])
        return watched(context.new_page())

    yield enter
    for context in contexts:
        context.close()


def watched(page: Page) -> Page:
    """Fail on any script error and any answer of 500."""
    page.on("pageerror", lambda error: pytest.fail(f"script error at {page.url}: {error}"))
    page.on("response", lambda answer: answer.status < 500 or pytest.fail(f"{answer.status} at {answer.url}"))
    return page
