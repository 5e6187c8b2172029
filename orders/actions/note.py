"""Keep what somebody wants the next person to know, and call the colleagues named in it."""

from typing import Any

from django.db import transaction

from oms.events.publish import publish
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders.locks import lock_order
from orders.mentions import people_called
from orders.models import Mention, Note

LONGEST = 2000


@transaction.atomic
def add_note(number: str, *, text: str, actor: Any) -> Note:
    """Write `text` on `number` and call everybody named in it as @name. Refuses an empty or overlong note.

    A name that reaches nobody does not keep the note from being written: `note.unheard` says why, in sentences.
    """
    text = text.replace("\x00", "").strip()
    if not text:
        raise Refused("note_empty", "Write something in the note before saving it.")
    if len(text) > LONGEST:
        raise Refused("note_too_long", f"A note holds {LONGEST} characters; this one has {len(text)}. Shorten it.")
    order, author = lock_order(number), as_actor(actor).user_id
    assert author is not None  # only people write notes, and keys that act as one
    note = Note.objects.create(order=order, author_id=author, text=text, at=now())
    told, unheard = people_called(text, order)
    told = [person for person in told if person.pk != author]
    Mention.objects.bulk_create(Mention(note=note, user=person) for person in told)
    called: dict[str, Any] = {"mentions": [person.username for person in told]} if told else {}
    publish("orders.noted", subject=number, actor=actor, text=text[:300], **called)
    note.unheard = unheard
    return note
