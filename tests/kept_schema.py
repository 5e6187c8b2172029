"""A migrated database kept from one run of the tests to the next: sixty migrations take longer than most tests.

Only with the embedded services. The file's name carries a hash of everything that decides the schema and the seeds, so
a changed migration is migrated; a first run, as on a clean clone, migrates everything.
"""

import hashlib
import os
import subprocess
from pathlib import Path

from django.conf import settings
from django.db import connection

from oms.ops.embedded import Postgres, pg_program
from oms.ops.services import BASE, var_dir

DECIDES = ("*/migrations/*.py", "*/*/migrations/*.py", "*/seeds.py", "*/*/seeds.py", "*/apps.py", "requirements/*.txt")


def kept() -> Path:
    text = hashlib.sha256()
    for pattern in DECIDES:
        for path in sorted(BASE.glob(pattern)):
            text.update(path.read_bytes())
    return BASE / "var" / "tests" / f"{text.hexdigest()[:20]}.sql"


def bring_back() -> None:
    """Fill the test database from the kept file, if there is one. Django then has nothing left to migrate."""
    if kept().exists():
        name = connection.creation._get_test_db_name()
        Postgres(var_dir()).ensure_database(name)
        _run("psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", name, "-f", str(kept()))


def keep() -> None:
    """Write the test database as it is after migrations and seeds; whole or not at all, whoever else writes it too."""
    file = kept()
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(f".{os.getpid()}")
    _run("pg_dump", "--no-owner", "-d", settings.DATABASES["default"]["NAME"], "-f", str(part))
    for old in file.parent.glob("*.sql"):
        old.unlink(missing_ok=True)
    part.replace(file)


def _run(program: str, *arguments: str) -> None:
    at = ["-h", settings.DATABASES["default"]["HOST"], "-U", settings.DATABASES["default"]["USER"]]
    subprocess.run([pg_program(program), *at, *arguments], check=True, stdout=subprocess.DEVNULL)
