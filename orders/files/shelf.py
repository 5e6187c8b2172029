"""Where attached files lie: below MEDIA_ROOT under names of ours, so that no name from outside ever reaches the disk."""

import hashlib
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.core.files.base import File
from django.core.files.storage import default_storage

from oms.kernel.clock import now

FOLDER = "attachments"
SETTLED = timedelta(hours=1)  # a younger file without row may be an upload that is still being booked


def put(upload: File) -> tuple[str, str]:
    """Write the file; its path below MEDIA_ROOT and its SHA-256."""
    name, digest = uuid.uuid4().hex, hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return default_storage.save(f"{FOLDER}/{name[:2]}/{name}", upload), digest.hexdigest()


def take_away(path: str) -> None:
    """Delete the file; one that is gone already is no error."""
    default_storage.delete(path)


def size_of(path: str) -> int | None:
    """Bytes of the file, None when there is none."""
    try:
        return default_storage.size(path)
    except FileNotFoundError:
        return None


def settled_files() -> Iterator[str]:
    """Paths of all files that have lain here long enough to have a row."""
    if not default_storage.exists(FOLDER):
        return
    before: datetime = now() - SETTLED
    for folder in default_storage.listdir(FOLDER)[0]:
        for name in default_storage.listdir(f"{FOLDER}/{folder}")[1]:
            path = f"{FOLDER}/{folder}/{name}"
            if default_storage.get_modified_time(path) < before:
                yield path
