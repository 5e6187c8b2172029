"""A block outlives the erasure of whom it blocks, as a keyed hash: it still recognises them, and tells nobody who they are."""

import hashlib
import hmac

from django.conf import settings
from django.db.models import QuerySet

from oms.kernel.personal import ERASED
from orders.models import BlockedEntry
from orders.models.checking import KEPT, BlockedKind, match_value
from orders.privacy.person import Person


def pepper() -> str:
    """What is put before a value that is hashed; orders/checking/facts.py gives it to the database."""
    return hmac.new(settings.SECRET_KEY.encode(), b"blocked entries", hashlib.sha256).hexdigest()


def kept(match: str) -> str:
    return KEPT + hashlib.sha256((pepper() + match).encode()).hexdigest()


def blocks_of(person: Person) -> QuerySet[BlockedEntry]:
    ours = {match_value(BlockedKind.EMAIL, email) for email in person.emails} | set(person.phones)
    return BlockedEntry.objects.filter(match__in=ours).exclude(kind=BlockedKind.POSTAL_CODE)


def keep_blocks(person: Person) -> int:
    """Turn the blocks of this person's e-mails and phones into hashes, in their history too; how many."""
    found = list(blocks_of(person))
    for entry in found:
        BlockedEntry.history.filter(id=entry.pk).update(value=ERASED, match="", note=ERASED)
        BlockedEntry.objects.filter(pk=entry.pk).update(value=ERASED, match=kept(entry.match), note=ERASED)
    return len(found)
