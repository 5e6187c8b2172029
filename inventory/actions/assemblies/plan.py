"""Plan to put something together: from then on the units are on their way, with a day."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction

from inventory.actions.adjust import find
from inventory.actions.assemblies._move import come
from inventory.actions.recipe import MOST, MOST_PARTS, Part
from inventory.locks import lock_assembly
from inventory.models import Assembly, AssemblyPart, Product
from inventory.states import MAKING, AssemblyStatus
from oms.events.publish import publish, publish_move
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Refusal, Refused
from oms.kernel.numbers import next_number


@transaction.atomic
def plan_assembly(
    sku: str, *, qty: int, location: str, eta: date, parts: Sequence[Part], actor: Any, note: str = ""
) -> Assembly:
    """Plan `qty` of `sku` at `location` (code) for the day `eta`, each of `parts`. Orders that wait for it get the day.

    Refuses kits, which are never put together before they are sold, and components that cannot be.
    """
    product, place = find(sku, location)
    if product.is_kit:
        raise Refused("is_kit", f"{sku} is a kit: it is picked from its components, nobody puts it together before.")
    if not 0 < qty <= MOST:
        raise Refused("qty_not_positive", f"Enter how many to make, 1 to {MOST:,}.")
    rows = _checked(product, parts)
    assembly = Assembly.objects.create(
        number=next_number("inventory_assembly_seq", "AS"), product=product, location=place, qty=qty, eta=eta,
        note=note.strip()[:500], created_at=now(), status_since=now(), created_by=as_actor(actor).name,
    )  # fmt: skip
    AssemblyPart.objects.bulk_create(AssemblyPart(assembly=assembly, product=p, qty=n) for p, n in rows)
    publish_move(
        "inventory.assembly_planned", subject=assembly.number, actor=actor, machine="assembly", move="create", source="",
        target=AssemblyStatus.PLANNED, skus=[sku], units=qty, eta=eta.isoformat(),
    )  # fmt: skip
    come(assembly, qty)
    return assembly


@transaction.atomic
def move_day(number: str, *, eta: date | None, actor: Any, reason: str = "") -> Assembly:
    """Expect it on another day; promises to customers follow."""
    assembly = lock_assembly(number)
    if assembly.status not in MAKING:
        raise Refused(
            "nothing_coming", f"{number} is {assembly.get_status_display().lower()}: nothing of it is coming."
        )
    if eta is None:
        raise Refused("eta_missing", "Enter the day it is expected.")
    if eta != assembly.eta:
        was, assembly.eta = assembly.eta, eta
        assembly.save(update_fields=["eta"])
        publish(
            "inventory.assembly_eta", subject=number, actor=actor, skus=[assembly.product.sku], was=was.isoformat(),
            eta=eta.isoformat(), reason=reason.strip()[:200],
        )  # fmt: skip
    return assembly


def _checked(product: Product, parts: Sequence[Part]) -> list[tuple[Product, int]]:
    known = {row.sku: row for row in Product.objects.filter(sku__in=[part.sku for part in parts])}
    skus, wrong = [part.sku for part in parts], []
    if not 0 < len(parts) <= MOST_PARTS:
        wrong.append(Refusal("parts_missing", f"Name what goes into one {product.sku}: 1 to {MOST_PARTS} components."))
    for part in dict.fromkeys(parts):
        row = known.get(part.sku)
        if row is None:
            wrong.append(Refusal("sku_unknown", f"There is no SKU {part.sku[:80]}."))
        elif row.pk == product.pk:
            wrong.append(Refusal("made_of_itself", f"{product.sku} cannot be made of itself."))
        elif row.is_kit:
            wrong.append(Refusal("kit_in_kit", f"{part.sku} is a kit; name its components instead."))
        if skus.count(part.sku) > 1:
            wrong.append(Refusal("part_twice", f"{part.sku} is named twice; add the units up."))
        if not 0 < part.qty <= MOST:
            wrong.append(Refusal("qty_not_positive", f"{part.sku}: enter how many go into one, 1 to {MOST:,}."))
    if wrong:
        raise Refused.because(wrong)
    return [(known[part.sku], part.qty) for part in parts]
