"""Say that one has read what a colleague wrote."""

from django.db import transaction

from oms.access.models import User
from oms.kernel.clock import now
from orders.models import Mention


@transaction.atomic
def read_mentions(*, actor: User, ids: list[int] | None = None) -> int:
    """Mark the person's own mentions `ids` as read, or all of them; returns how many were unread.

    Nobody else's: reading is said by the one who was called.
    """
    unread = Mention.objects.visible_to(actor).unread()
    rows = unread if ids is None else unread.filter(pk__in=ids)
    return rows.update(seen_at=now())
