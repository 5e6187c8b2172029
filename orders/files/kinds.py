"""Which files may be attached: known by their ending, and by what they begin with. Nothing that a browser would run."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.base import File

from oms.kernel.errors import Refused

LONGEST_NAME = 120
HEAD = 4096  # bytes looked at


@dataclass(frozen=True)
class Kind:
    """`media_type` is what we say it is when it is fetched; `fits` looks at the first bytes. `is_shown`: safe in a page."""

    media_type: str
    fits: Callable[[bytes], bool]
    is_shown: bool = False


def _starts(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(marks)


def _text(head: bytes) -> bool:
    return b"\x00" not in head


def _webp(head: bytes) -> bool:
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


OFFICE = "application/vnd.openxmlformats-officedocument."
JPEG = Kind("image/jpeg", _starts(b"\xff\xd8\xff"), is_shown=True)
KINDS: dict[str, Kind] = {
    "pdf": Kind("application/pdf", _starts(b"%PDF-")),
    "png": Kind("image/png", _starts(b"\x89PNG\r\n\x1a\n"), is_shown=True), "jpg": JPEG, "jpeg": JPEG,
    "gif": Kind("image/gif", _starts(b"GIF87a", b"GIF89a"), is_shown=True),
    "webp": Kind("image/webp", _webp, is_shown=True),
    "txt": Kind("text/plain; charset=utf-8", _text), "csv": Kind("text/csv; charset=utf-8", _text),
    "eml": Kind("message/rfc822", _text),
    "xlsx": Kind(f"{OFFICE}spreadsheetml.sheet", _starts(b"PK\x03\x04")),
    "docx": Kind(f"{OFFICE}wordprocessingml.document", _starts(b"PK\x03\x04")),
}  # fmt: skip
ENDINGS = ", ".join(sorted(KINDS))


def checked_file(upload: File) -> tuple[str, Kind]:
    """The clean name and the kind of an upload. Refuses empty, large, unknown and mislabelled files, each with a sentence."""
    name = clean_name(upload.name or "")
    size = upload.size or 0
    if not size:
        raise Refused("file_empty", f"“{name}” is empty. Choose the file again; perhaps it was still being written.")
    most = settings.ATTACHMENT_MB * 1024 * 1024
    if size > most:
        has = f"{size / 1024 / 1024:.1f}"
        raise Refused("file_large", f"“{name}” has {has} MB; at most {settings.ATTACHMENT_MB} MB fit. Make it smaller.")
    kind = KINDS.get(ending(name))
    if kind is None:
        raise Refused("file_type", f"“{name}” cannot be attached. These can: {ENDINGS}.")
    upload.seek(0)
    head = upload.read(HEAD)
    upload.seek(0)
    if not kind.fits(head):
        raise Refused("file_mislabelled", f"“{name}” is not what its ending says. Save it anew in its own format.")
    return name, kind


def clean_name(name: str) -> str:
    """The last part of the name without invisible and direction-changing characters, never a path, never empty."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C").strip(" .")
    stem, dot, end = name.rpartition(".")
    return (f"{stem[: LONGEST_NAME - len(end) - 1]}.{end}" if dot and len(end) < 10 else name[:LONGEST_NAME]) or "file"


def ending(name: str) -> str:
    return PurePosixPath(name).suffix.lstrip(".").lower()
