"""Put together what is planned: components leave the shelf, units come onto it."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from inventory.actions.adjust import say
from inventory.actions.assemblies._move import come, move_assembly
from inventory.ledger import Posting, lock_levels, post
from inventory.locks import lock_assembly
from inventory.models import Assembly, AssemblyPart, MovementKind, StockLevel
from oms.kernel.clock import now
from oms.kernel.errors import Refusal, Refused


@transaction.atomic
def start_assembly(number: str, *, actor: Any) -> Assembly:
    """Take the components of every unit off the shelf. Refuses what is not free, saying of each how many are."""
    assembly = lock_assembly(number)
    assembly.started_at = now()
    move_assembly(assembly, "start", event="inventory.assembly_started", actor=actor)
    parts = list(assembly.parts.select_related("product"))
    lock_levels({(part.product_id, assembly.location_id) for part in parts}, make=True)
    _refuse_what_is_not_free(assembly, parts)
    post(
        [Posting(part.product_id, assembly.location_id, on_hand=-part.qty * assembly.qty) for part in parts],
        kind=MovementKind.ASSEMBLY, source=number, actor=actor, reason=f"For {assembly.qty} × {assembly.product.sku}",
    )  # fmt: skip
    for part in parts:
        say(
            "inventory.adjusted", part.product, assembly.location, actor=actor, qty=-part.qty * assembly.qty,
            source=number, reason=f"For {assembly.qty} × {assembly.product.sku}",
        )  # fmt: skip
    return assembly


@transaction.atomic
def finish_units(number: str, *, qty: int, actor: Any) -> Assembly:
    """`qty` units are made and lie on the shelf: orders that wait get them. Refuses more than are open."""
    assembly = lock_assembly(number)
    left = assembly.qty - assembly.qty_done - assembly.qty_cancelled
    if assembly.status == "started" and not 0 < qty <= left:
        raise Refused("too_many", f"{number}: {left} are still to be made. Enter 1 to {left}.")
    assembly.qty_done += qty
    whole = qty == left
    assembly.ended_at = now() if whole else None
    move_assembly(
        assembly, "finish" if whole else "finish_part", event=f"inventory.assembly_{'done' if whole else 'part_done'}",
        actor=actor, units=qty,
    )  # fmt: skip
    come(assembly, -qty)
    # The running total makes each hand-in its own document.
    source = f"{number}:{assembly.qty_done}"
    post(
        [Posting(assembly.product_id, assembly.location_id, on_hand=qty)],
        kind=MovementKind.ASSEMBLY, source=source, actor=actor, reason="Made here",
    )  # fmt: skip
    say("inventory.received", assembly.product, assembly.location, actor=actor, qty=qty, source=source)
    return assembly


def _refuse_what_is_not_free(assembly: Assembly, parts: Sequence[AssemblyPart]) -> None:
    levels = StockLevel.objects.filter(location=assembly.location, product__in=[part.product_id for part in parts])
    free = dict(levels.values_list("product_id", "available"))
    wrong = [
        Refusal(
            "not_free",
            f"{part.product.sku}: {part.qty * assembly.qty} are needed at {assembly.location.name} and "
            f"{max(free.get(part.product_id, 0), 0)} are free; the rest is promised, set aside or not there.",
        )
        for part in parts
        if part.qty * assembly.qty > free.get(part.product_id, 0)
    ]
    if wrong:
        raise Refused.because(wrong)
