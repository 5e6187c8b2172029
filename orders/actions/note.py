"""Keep what somebody wants the next person to know."""

from typing import Any

from django.db import transaction

from oms.events.publish import publish
from oms.kernel.errors import Refused
from orders.locks import lock_order
from orders.models import Note

LONGEST = 2000


@transaction.atomic
def add_note(number: str, *, text: str, actor: Any) -> Note:
    """Write `text` on `number`. Refuses an empty or overlong note."""
    text = text.strip()
    if not text:
        raise Refused("note_empty", "Write something in the note before saving it.")
    if len(text) > LONGEST:
        raise Refused("note_too_long", f"A note holds {LONGEST} characters; this one has {len(text)}. Shorten it.")
    order = lock_order(number)
    note = Note.objects.create(order=order, author=actor, text=text)
    publish("orders.noted", subject=number, actor=actor, text=text[:300])
    return note
