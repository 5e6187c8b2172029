"""Write a purchase order: what, how many, for where. Nobody expects anything of it before it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from inventory.actions._supply import machine, say_changed
from inventory.locks import lock_purchase
from inventory.models import Location, Product, PurchaseLine, PurchaseOrder, Supplier, SupplierItem
from inventory.states import PurchaseStatus
from oms.events.publish import publish_move
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Refusal, Refused
from oms.kernel.numbers import next_number

MOST = 1_000_000


@dataclass(frozen=True)
class Wish:
    """A line wanted: units of a SKU, at a cost in the supplier's currency (None: the supplier's list), by a day."""

    sku: str
    qty: int
    unit_cost: Decimal | None = None
    eta: date | None = None


@transaction.atomic
def draft_purchase(
    *, supplier: str, location: str, lines: Sequence[Wish], actor: Any, note: str = "", reference: str = ""
) -> PurchaseOrder:
    """Start a draft for `supplier` (code), to arrive at `location` (code). Refuses unknown SKUs, naming each."""
    seller, place = _parties(supplier, location)
    wanted = _checked(seller, lines)
    purchase = PurchaseOrder.objects.create(
        number=next_number("inventory_purchase_seq", "PO"), supplier=seller, location=place, currency=seller.currency,
        note=note.strip()[:500], reference=reference.strip()[:80], created_at=now(), status_since=now(),
        created_by=as_actor(actor).name, qty_lines=len(wanted),
    )  # fmt: skip
    _write(purchase, wanted)
    publish_move(
        "inventory.purchase_drafted", subject=purchase.number, actor=actor, machine=machine(purchase), move="create", source="",
        target=PurchaseStatus.DRAFT, supplier=seller.name, units=sum(w.qty for _, w, _ in wanted),
    )  # fmt: skip
    return purchase


@transaction.atomic
def edit_draft(
    number: str, *, supplier: str, location: str, lines: Sequence[Wish], actor: Any, version: int, note: str = "",
    reference: str = "",
) -> PurchaseOrder:  # fmt: skip
    """Replace a draft by what `lines` say. Refuses when somebody changed it since `version`, and once it is sent."""
    purchase = lock_purchase(number)
    if purchase.status != PurchaseStatus.DRAFT:
        raise Refused(
            "not_a_draft", f"{number} is {purchase.get_status_display().lower()}; only its days can change now."
        )
    if purchase.version != version:
        raise Refused("changed_meanwhile", f"Somebody changed {number} while you were typing. Open it again.")
    seller, place = _parties(supplier, location)
    wanted = _checked(seller, lines)
    purchase.lines.all().delete()
    _write(purchase, wanted)
    purchase.supplier, purchase.location, purchase.currency = seller, place, seller.currency
    purchase.note, purchase.reference, purchase.qty_lines = note.strip()[:500], reference.strip()[:80], len(wanted)
    purchase.save(update_fields=["supplier", "location", "currency", "note", "reference", "qty_lines"])
    say_changed(purchase, "inventory.purchase_edited", actor=actor, units=sum(w.qty for _, w, _ in wanted))
    return purchase


def _parties(supplier: str, location: str) -> tuple[Supplier, Location]:
    seller = Supplier.objects.filter(code=supplier, is_active=True).first()
    if seller is None:
        raise Refused("supplier_unknown", "Choose a supplier from the list.")
    place = Location.objects.ours().filter(code=location, is_active=True).first()
    if place is None:
        raise Refused("location_unknown", "Choose the location where the goods arrive.")
    return seller, place


def _checked(supplier: Supplier, lines: Sequence[Wish]) -> list[tuple[Product, Wish, Decimal]]:
    """The products and costs of `lines`; raises Refused with every line that cannot stand."""
    known = {p.sku: p for p in Product.objects.filter(sku__in=[w.sku for w in lines])}
    costs = dict(SupplierItem.objects.filter(supplier=supplier).values_list("product_id", "cost"))
    wrong, found = [], []
    for wish in lines:
        product = known.get(wish.sku)
        if product is None:
            wrong.append(Refusal("sku_unknown", f"There is no SKU {wish.sku[:80]}."))
        elif not 0 < wish.qty <= MOST:
            wrong.append(Refusal("qty_not_positive", f"{wish.sku}: enter how many units, 1 to {MOST:,}."))
        elif wish.unit_cost is not None and not 0 <= wish.unit_cost < 10**9:
            wrong.append(Refusal("cost_impossible", f"{wish.sku}: enter what one unit costs, zero or more."))
        else:
            cost = wish.unit_cost if wish.unit_cost is not None else costs.get(product.pk, Decimal(0))
            found.append((product, wish, cost))
    if wrong:
        raise Refused.because(wrong)
    return found


def _write(purchase: PurchaseOrder, wanted: Sequence[tuple[Product, Wish, Decimal]]) -> None:
    PurchaseLine.objects.bulk_create(
        PurchaseLine(purchase=purchase, position=n, product=product, qty=w.qty, unit_cost=cost, eta=w.eta)
        for n, (product, w, cost) in enumerate(wanted, 1)
    )
