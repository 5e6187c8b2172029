"""pytest plugin, loaded early with `-p`: embedded services for one run, and plain words about what did not run.

Early because pytest-django reads the settings before any conftest.py is imported.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
LEFT_OUT = pytest.StashKey[list[str]]()
_var: Path | None = None


def chromium() -> str | None:
    """Path of the browser for the browser tests: OMS_CHROMIUM, else the first one found on PATH."""
    return os.environ.get("OMS_CHROMIUM") or next((found for name in CHROMIUM if (found := shutil.which(name))), None)


def on_servers() -> bool:
    return bool(os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"))


def _start() -> None:
    global _var
    from oms.ops.services import ensure_services

    _var = Path(tempfile.mkdtemp(prefix="oms-test-"))
    os.environ["OMS_VAR"] = str(_var)
    # The data of a test run is thrown away: it need not survive a power cut.
    os.environ["OMS_PG_OPTIONS"] = "fsync=off synchronous_commit=off full_page_writes=off"
    ensure_services(say=lambda line: None)


if not on_servers():
    _start()


def pytest_sessionstart(session) -> None:
    """Pages name hashed static files; collect them once, as a server start does."""
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)


def pytest_unconfigure(config) -> None:
    global _var
    if _var:
        from oms.ops.services import stop_services

        stop_services()
        shutil.rmtree(_var, ignore_errors=True)
        _var = None


def pytest_collection_modifyitems(config, items) -> None:
    """Without a browser its tests cannot run; they are taken out here and named in the last lines."""
    if chromium():
        return
    browser = [item for item in items if item.get_closest_marker("browser")]
    if browser:
        config.hook.pytest_deselected(items=browser)
        config.stash[LEFT_OUT] = [item.nodeid for item in browser]
        items[:] = [item for item in items if not item.get_closest_marker("browser")]


def pytest_terminal_summary(terminalreporter, config) -> None:
    say = terminalreporter.write_line
    if on_servers():
        say("server run: yes (DATABASE_URL and REDIS_URL).")
    else:
        say("server run: no (embedded services). Set DATABASE_URL and REDIS_URL to run the same tests over TCP.")
    if left := config.stash.get(LEFT_OUT, []):
        say(f"NO CHROMIUM: {len(left)} BROWSER TESTS DID NOT RUN:", red=True, bold=True)
        for name in left:
            say(f"  {name}", red=True)
        say("Install it and run them: apt-get install -y chromium", red=True, bold=True)
