"""pytest plugin, loaded early with `-p`: embedded services for one run, and plain words about what did not run.

Early because pytest-django reads the settings before any conftest.py is imported.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from oms.ops.browser import chromium

# Real exports and payloads lie beside the project, or where OMS_REAL_DATA says; they are never part of it.
REAL_DATA = Path(os.environ.get("OMS_REAL_DATA") or Path(__file__).parents[3] / "shared" / "data")
LEFT_OUT = pytest.StashKey[dict[str, list[str]]]()
_var: Path | None = None


def on_servers() -> bool:
    return bool(os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"))


def _start() -> None:
    global _var
    from oms.ops.services import ensure_services

    _var = Path(tempfile.mkdtemp(prefix="oms-test-"))
    os.environ["OMS_VAR"] = str(_var)
    os.environ["OMS_STATIC_LAZY"] = "1"
    # The data of a test run is thrown away: it need not survive a power cut. Controls that want a deadlock have it soon.
    os.environ["OMS_PG_OPTIONS"] = "fsync=off synchronous_commit=off full_page_writes=off deadlock_timeout=100ms"
    ensure_services(say=lambda line: None)


def _only_hands_out_work() -> bool:
    """Whether this process runs no test itself, because `-n` gives them all to workers with services of their own."""
    return "PYTEST_XDIST_WORKER" not in os.environ and any(a == "-n" or a.startswith("-n") for a in sys.argv[1:])


# With DATABASE_URL the settings are a server's, which stands behind a TLS proxy; the tests speak to Django itself.
SERVER_RUN = {
    "OMS_SSL_REDIRECT": "0",
    "OMS_ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "OMS_SECRET_KEY": "test " * 16,
}

# Files of a run are its own wherever its rows are: tests delete them all.
_media = tempfile.mkdtemp(prefix="oms-test-media-")
os.environ["OMS_MEDIA_ROOT"] = _media
if on_servers():
    for _name, _value in SERVER_RUN.items():
        os.environ.setdefault(_name, _value)
elif not _only_hands_out_work():
    _start()


def pytest_sessionstart(session) -> None:
    """Pages name hashed static files; collect them once, as a server start does."""
    if _var is None and not on_servers():
        return
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)


def pytest_unconfigure(config) -> None:
    global _var
    shutil.rmtree(_media, ignore_errors=True)
    if _var:
        from oms.ops.services import stop_services

        stop_services()
        shutil.rmtree(_var, ignore_errors=True)
        _var = None


def _missing() -> list[tuple[str, str, str]]:
    """Markers whose tests cannot run here, what is missing, and how to get it."""
    found = []
    if not chromium():
        found.append(("browser", "NO CHROMIUM", "Install it and run them: apt-get install -y chromium"))
    if not REAL_DATA.is_dir():
        found.append(
            ("realdata", "NO REAL DATA", f"Put the exports under {REAL_DATA}, or say where: OMS_REAL_DATA=/path")
        )
    return found


def pytest_collection_modifyitems(config, items) -> None:
    """Tests that lack what they need are taken out here and named in the last lines."""
    left: dict[str, list[str]] = {}
    for marker, _, _ in _missing():
        out = [item for item in items if item.get_closest_marker(marker)]
        if out:
            config.hook.pytest_deselected(items=out)
            left[marker] = [item.nodeid for item in out]
            items[:] = [item for item in items if not item.get_closest_marker(marker)]
    config.stash[LEFT_OUT] = left
    if hasattr(config, "workeroutput"):
        config.workeroutput["left_out"] = left


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error) -> None:
    """What a worker left out is told by the process that ends the run."""
    node.config.stash[LEFT_OUT] = getattr(node, "workeroutput", {}).get("left_out", {})


def pytest_terminal_summary(terminalreporter, config) -> None:
    say = terminalreporter.write_line
    if on_servers():
        say("server run: yes (DATABASE_URL and REDIS_URL).")
    else:
        say("server run: no (embedded services). Set DATABASE_URL and REDIS_URL to run the same tests over TCP.")
    left = config.stash.get(LEFT_OUT, {})
    for marker, title, way in _missing():
        if names := left.get(marker, []):
            say(f"{title}: {len(names)} TESTS DID NOT RUN:", red=True, bold=True)
            for name in names:
                say(f"  {name}", red=True)
            say(way, red=True, bold=True)
