"""Where the browser is; apart from the test plugin, whose import starts services."""

import os
import shutil

# Debian's headless shell is the same browser without the parts that draw windows; it takes a quarter less of the machine.
CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """Path of the browser: OMS_CHROMIUM, else the first one found on PATH."""
    return os.environ.get("OMS_CHROMIUM") or next((found for name in CHROMIUM if (found := shutil.which(name))), None)
