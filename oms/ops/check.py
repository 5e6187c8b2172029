"""`make check`: every static check, one after the other, with one line each; ends 1 when any failed."""

import os
import subprocess
import sys
import time
from pathlib import Path

from oms.ops.services import BASE

BIN = Path(sys.executable).parent
PRODUCTION = {
    # Values only for the check itself: the settings a server would have, with a key that is never used.
    "DATABASE_URL": "postgres://nobody@localhost/none",
    "REDIS_URL": "redis://localhost",
    "OMS_SECRET_KEY": "only-for-check-deploy-" + "x7Kq2mPz9" * 5,
    "OMS_ALLOWED_HOSTS": "oms.example",
}
CHECKS: tuple[tuple[str, list[str], dict[str, str]], ...] = (
    ("lint", [str(BIN / "ruff"), "check", "."], {}),
    ("format", [str(BIN / "ruff"), "format", "--check", "."], {}),
    ("types", [str(BIN / "mypy")], {}),
    ("templates", [str(BIN / "djlint"), "templates", "--lint", "--quiet"], {}),
    ("layers", [str(BIN / "lint-imports"), "--no-cache"], {}),
    ("migrations", [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"], {}),
    ("deploy", [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
    ("dependencies", [str(BIN / "deptry"), "."], {}),
)


def main() -> int:
    failed = []
    for name, command, extra in CHECKS:
        began = time.monotonic()
        env = os.environ | {"DJANGO_SETTINGS_MODULE": "oms.settings", "PYTHONPATH": str(BASE)} | extra
        done = subprocess.run(command, cwd=BASE, env=env, capture_output=True, text=True, check=False)
        mark = "ok" if done.returncode == 0 else "FAILED"
        print(f"{name:<14}{mark:<8}{time.monotonic() - began:5.1f} s", flush=True)  # noqa: T201
        if done.returncode:
            failed.append(name)
            print(done.stdout + done.stderr, flush=True)  # noqa: T201
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
