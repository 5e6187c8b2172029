"""End an assembly early: call off what has not begun, or put the components of what is not made back."""

from typing import Any

from django.db import transaction

from inventory.actions.adjust import say
from inventory.actions.assemblies._move import because, come, move_assembly
from inventory.ledger import Posting, lock_levels, post
from inventory.locks import lock_assembly
from inventory.models import Assembly, MovementKind
from oms.kernel.clock import now


@transaction.atomic
def cancel_assembly(number: str, *, reason: str, actor: Any) -> Assembly:
    """Call it off; nothing of it has left the shelf."""
    assembly = lock_assembly(number)
    _end(assembly, "cancel", "inventory.assembly_cancelled", because(reason, "Say why it is called off."), actor)
    return assembly


@transaction.atomic
def close_assembly(number: str, *, reason: str, actor: Any) -> Assembly:
    """No more of it is made: the components of the rest go back on the shelf, and waiting orders get them."""
    assembly = lock_assembly(number)
    rest = _end(assembly, "close", "inventory.assembly_closed", because(reason, "Say why the rest is not made."), actor)
    parts, place = list(assembly.parts.select_related("product")), assembly.location
    lock_levels({(part.product_id, place.pk) for part in parts})
    source = f"{number}:back"
    post(
        [Posting(part.product_id, place.pk, on_hand=part.qty * rest) for part in parts],
        kind=MovementKind.ASSEMBLY, source=source, actor=actor, reason=assembly.end_reason,
    )  # fmt: skip
    for part in parts:
        say("inventory.received", part.product, place, actor=actor, qty=part.qty * rest, source=source)
    return assembly


def _end(assembly: Assembly, move: str, event: str, reason: str, actor: Any) -> int:
    rest = assembly.qty - assembly.qty_done - assembly.qty_cancelled
    assembly.qty_cancelled += rest
    assembly.end_reason, assembly.ended_at = reason, now()
    move_assembly(assembly, move, event=event, actor=actor, reason=reason, units=rest)
    come(assembly, -rest)
    return rest
