"""Say what a kit is made of. Orders already sold keep the recipe they were sold with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from inventory.ledger import lock_levels
from inventory.models import KitPart, Product, ProductKind, StockLevel
from oms.access.models import User
from oms.events.publish import publish
from oms.kernel.db import limit_lock_wait
from oms.kernel.errors import Refusal, Refused

MOST_PARTS, MOST = 30, 10_000


@dataclass(frozen=True)
class Part:
    """`qty` units of a SKU go into one kit."""

    sku: str
    qty: int


@transaction.atomic
def set_recipe(sku: str, *, parts: Sequence[Part], actor: Any, seen: str | None = None) -> Product:
    """Make `sku` a kit of `parts`, or an item again when there are none. `seen` is the recipe the person had before them.

    Refuses stock of its own, a kit in a kit, a component named twice, and a recipe somebody changed meanwhile.
    """
    known = _lock([sku, *(part.sku for part in parts)])
    kit = known.get(sku)
    if kit is None:
        raise Refused("sku_unknown", f"There is no SKU {sku}.")
    before = recipe_words(kit)
    if seen is not None and seen != before:
        raise Refused("recipe_moved", f"Somebody changed {sku} meanwhile: it is now {before or 'no kit'}. Look again.")
    if wrong := _wrong(kit, parts, known):
        raise Refused.because(wrong)
    if parts:
        _require_empty(kit)
    _write(kit, [(known[part.sku], part.qty) for part in parts], actor)
    if (after := recipe_words(kit)) != before:
        publish(
            "inventory.recipe_changed", subject=sku[:60], stream=f"product-{kit.pk}", actor=actor, sku=sku, before=before,
            after=after, label=after or "no kit any more",
        )  # fmt: skip
    return kit


def recipe_words(kit: Product) -> str:
    """The recipe as people read it: "2 × MUG, 1 × TRAY"; empty when it is no kit."""
    rows = kit.parts.select_related("product").order_by("product__sku")
    return ", ".join(f"{row.qty} × {row.product.sku}" for row in rows)


def _lock(skus: Sequence[str]) -> dict[str, Product]:
    """The products, locked in one order: two recipes can never wait for each other, nor make kits of each other."""
    limit_lock_wait()
    rows = Product.objects.select_for_update().filter(sku__in=set(skus)).order_by("pk")
    return {row.sku: row for row in rows}


def _wrong(kit: Product, parts: Sequence[Part], known: dict[str, Product]) -> list[Refusal]:
    found, skus = [], [part.sku for part in parts]
    if len(parts) > MOST_PARTS:
        found.append(Refusal("too_many_parts", f"A kit has at most {MOST_PARTS} components."))
    if parts and (inside := KitPart.objects.filter(product=kit).select_related("kit").first()):
        found.append(
            Refusal("kit_in_kit", f"{kit.sku} is a component of {inside.kit.sku}; a kit in a kit is not possible.")
        )
    for part in dict.fromkeys(parts):
        row = known.get(part.sku)
        if row is None:
            found.append(Refusal("sku_unknown", f"There is no SKU {part.sku[:80]}."))
        elif row.pk == kit.pk:
            found.append(Refusal("kit_in_itself", f"{kit.sku} cannot be a component of itself."))
        elif row.is_kit:
            found.append(
                Refusal("kit_in_kit", f"{part.sku} is a kit itself; name its components instead: {recipe_words(row)}.")
            )
        if skus.count(part.sku) > 1:
            found.append(Refusal("part_twice", f"{part.sku} is named twice; add the units up."))
        if not 0 < part.qty <= MOST:
            found.append(Refusal("qty_not_positive", f"{part.sku}: enter how many go into one kit, 1 to {MOST:,}."))
    return found


def _require_empty(kit: Product) -> None:
    levels = StockLevel.objects.filter(product=kit).select_related("location")
    lock_levels(levels.values_list("product_id", "location_id"))
    for level in levels.all():
        if level.on_hand or level.incoming:
            what = f"{level.on_hand} on hand" if level.on_hand else f"{level.incoming} on their way"
            raise Refused(
                "kit_has_stock",
                f"{kit.sku} has {what} at {level.location}. A kit has no stock of its own: correct that to zero first.",
            )


def _write(kit: Product, wanted: Sequence[tuple[Product, int]], actor: Any) -> None:
    """Row by row: the history of each component is kept."""
    who = actor if isinstance(actor, User) else None
    there = {row.product_id: row for row in kit.parts.all()}
    for pk in there.keys() - {product.pk for product, _ in wanted}:
        there[pk]._history_user = who  # type: ignore[attr-defined]
        there[pk].delete()
    for product, qty in wanted:
        row = there.get(product.pk) or KitPart(kit=kit, product=product, qty=0)
        if row.qty != qty:
            row.qty, row._history_user = qty, who  # type: ignore[attr-defined]
            row.save()
    kind = ProductKind.KIT if wanted else ProductKind.ITEM
    if kit.kind != kind:
        kit.kind, kit._history_user = kind, who  # type: ignore[attr-defined]
        kit.save(update_fields=["kind", "updated_at"])
