"""`manage.py prepare`: everything a house needs before its first request, in one process instead of one per step."""

import hashlib
import inspect
from importlib.metadata import version
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.files.storage import storages
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Bring tables, static files and, in demo mode, demo data up to date; prints the demo's logins."
    requires_system_checks = []  # migrate makes those of the database

    def add_arguments(self, parser) -> None:
        parser.add_argument("--empty", action="store_true", help="without demo orders")

    def handle(self, *args, **options) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        collect_static()
        if "demo_load" in get_commands():  # the demo is an app of its own; a house without it starts all the same
            if options["empty"]:
                call_command("demo_logins", make=True, stdout=self.stdout)
            else:
                call_command("demo_load", if_empty=True, stdout=self.stdout)
            call_command("demo_logins", stdout=self.stdout)


def collect_static() -> bool:
    """Collect, hash and compress the static files, unless none has changed since; return whether it was done."""
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    found = _fingerprint()
    if stamp.exists() and stamp.read_text() == found:
        return False
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(found)
    return True


def _fingerprint() -> str:
    """Path, size and time of every static file of every app, and the code that joins, hashes and compresses them."""
    made_by = Path(inspect.getfile(type(storages["staticfiles"])))
    told = hashlib.sha256(made_by.read_bytes() + django.get_version().encode() + version("whitenoise").encode())
    for finder in get_finders():
        for path, storage in finder.list(ignore_patterns=[]):
            file = Path(storage.path(path)).stat()
            told.update(f"{path} {file.st_size} {file.st_mtime_ns}\n".encode())
    return told.hexdigest()
