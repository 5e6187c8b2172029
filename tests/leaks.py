"""What a test must leave as it found it. A leak fails the test that made it, not one of those that come after."""

import os
import sys
import threading
from pathlib import Path
from typing import Any

from celery import current_app
from django.conf import settings
from django.utils import timezone, translation

from oms.kernel import clock

Snapshot = dict[str, Any]
_started, _looked, _known = [0], [-1], set[str]()  # processes started so far; how many when `_known` was read


def _listen(event: str, _: Any) -> None:
    if event == "subprocess.Popen":
        _started[0] += 1


sys.addaudithook(_listen)


def snapshot() -> Snapshot:
    """Everything of this process that outlives a test, by name. Reads no database: every test pays for it twice."""
    return {
        "celery.current_app": current_app.main,
        "the settings object": id(settings._wrapped),
        "settings": _plain(vars(settings._wrapped)),
        # Requests of the test client set the language and the zone of this thread and leave them; both are set anew
        # by the next request. A test that sets them for the whole process is another matter.
        "settings.LANGUAGE_CODE": translation.get_language() or settings.LANGUAGE_CODE,
        "the zone": timezone.get_current_timezone_name(),
        "the told time": clock._told.get(),
        "os.environ": {k: v for k, v in os.environ.items() if k != "PYTEST_CURRENT_TEST"},
        "the working directory": os.getcwd(),
        "threads": {t.name for t in threading.enumerate() if not t.daemon},
        "child processes": _children(),
    }


def leaks(before: Snapshot, after: Snapshot) -> list[str]:
    """One line for everything that is not as it was. Threads and processes may end: only new ones count."""
    found = []
    for name, was in before.items():
        now = after[name]
        if now == was:
            continue
        if isinstance(was, dict):
            keys = sorted(k for k in was.keys() | now.keys() if was.get(k, ...) != now.get(k, ...))
            found.append(f"{name}: {', '.join(keys)}")
        elif not isinstance(was, set):
            found.append(f"{name}: {was} became {now}")
        elif now - was:
            found.append(f"{name}: {', '.join(sorted(now - was))} left behind")
    return found


def _plain(values: dict[str, Any]) -> dict[str, str]:
    return {name: repr(value) for name, value in values.items() if name.isupper()}


def _children() -> set[str]:
    """Live processes of ours as "pid command". Looks only when one was started since the last look: it takes milliseconds."""
    if _started != _looked and sys.platform == "linux":
        _looked[0] = _started[0]
        _known.clear()
        _known.update(filter(None, map(_ours, Path("/proc").glob("[0-9]*"))))
    return {line for line in _known if Path("/proc", line.partition(" ")[0]).exists()}


def _ours(entry: Path) -> str:
    try:
        state, parent = (entry / "stat").read_text().rpartition(") ")[2].split()[:2]
        words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""  # it ended
    return f"{entry.name} {words}" if parent == str(os.getpid()) and state != "Z" else ""
