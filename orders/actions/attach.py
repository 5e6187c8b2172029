"""Keep a file on an order, and take it away again with a reason."""

from functools import partial
from typing import Any

from django.core.files.base import File
from django.db import transaction

from oms.access.models import User
from oms.events.publish import publish
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders.files.kinds import checked_file
from orders.files.shelf import put, take_away
from orders.locks import lock_order
from orders.models import Attachment, Note

MOST = 50
REMOVE = "orders.remove_file"


def attach_file(number: str, *, upload: File, actor: Any, note: Note | None = None) -> Attachment:
    """Attach `upload` to `number`, and to `note` when it came with one.

    Refuses empty, large, unknown and mislabelled files, and more than `MOST` on one order. The file is written first and
    taken away again when its row cannot be: a row without its file would be a promise nobody can keep.
    """
    name, kind = checked_file(upload)
    path, digest = put(upload)
    author = as_actor(actor).user_id
    assert author is not None  # only people attach files
    try:
        return _booked(
            number, actor=actor, note=note, name=name, media_type=kind.media_type, size=upload.size, sha256=digest, path=path,
            added_by_id=author,
        )  # fmt: skip
    except BaseException:
        take_away(path)
        raise


@transaction.atomic
def _booked(number: str, *, actor: Any, **fields: Any) -> Attachment:
    order = lock_order(number)
    live = Attachment.objects.filter(order=order, removed_at__isnull=True)
    if live.count() >= MOST:
        raise Refused("too_many_files", f"{number} has {MOST} files already; remove one first.")
    if live.filter(sha256=fields["sha256"]).exists():
        raise Refused("file_twice", f"The same file is on {number} already.")
    kept = Attachment.objects.create(order=order, added_at=now(), **fields)
    publish(
        "orders.file_attached", subject=number, actor=actor, file=kept.pk, text=kept.name, size=kept.size, sha256=kept.sha256
    )  # fmt: skip
    return kept


@transaction.atomic
def remove_file(number: str, *, pk: int, reason: str, actor: User) -> Attachment:
    """Take the file away for good; name, checksum, who and why stay. Refuses without a reason, and other people's files
    to those who may not."""
    reason = reason.replace("\x00", "").strip()
    order = lock_order(number)
    kept = Attachment.objects.filter(order=order, pk=pk, removed_at__isnull=True).first()
    if kept is None:
        raise Refused("file_gone", "That file is already removed.")
    if kept.added_by_id != actor.pk and not actor.can(REMOVE):
        raise Refused("not_yours", f"{kept.name} was added by somebody else; ask them or the order desk to remove it.")
    if not reason:
        raise Refused("reason_missing", f"Say why {kept.name} is removed; others may look for it.")
    kept.removed_by, kept.removed_at, kept.removed_reason = as_actor(actor).name, now(), reason[:300]
    kept.save(update_fields=["removed_by", "removed_at", "removed_reason"])
    publish("orders.file_removed", subject=number, actor=actor, file=kept.pk, detail=f"{kept.name}: {reason[:200]}")
    # Only once it is certain: a file cannot be brought back by a rollback.
    transaction.on_commit(partial(take_away, kept.path))
    return kept
