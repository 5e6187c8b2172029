"""Purchase orders whose goods go straight to a customer: one order's, to one address. The caller holds the order's lock.

They bring nothing to us: no counter, no delivery, no incoming stock. What the supplier sent counts as received.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from inventory.actions._supply import machine, move_document, say_changed
from inventory.actions.purchases.send import send_purchase
from inventory.locks import lock_purchase
from inventory.models import PurchaseLine, PurchaseOrder, Supplier, SupplierItem
from inventory.offers import count_gone
from inventory.states import PurchaseStatus
from oms.events.publish import publish_move
from oms.kernel.actors import as_actor
from oms.kernel.clock import business_date, now
from oms.kernel.numbers import next_number


def draft_for_customer(
    *, location_id: int, order_number: str, ship_to: dict[str, Any], units: Sequence[tuple[int, int]], actor: Any
) -> tuple[PurchaseOrder, list[PurchaseLine]]:
    """A draft of `units` (product id, units) to the supplier at the location; its lines in the order given."""
    supplier = Supplier.objects.select_related("place").get(place=location_id)
    place = supplier.place
    assert place is not None
    purchase = PurchaseOrder.objects.create(
        number=next_number("inventory_purchase_seq", "PO"), supplier=supplier, location=place, currency=supplier.currency,
        created_at=now(), status_since=now(), created_by=as_actor(actor).name, qty_lines=len(units),
        order_number=order_number, ship_to=ship_to,
    )  # fmt: skip
    lines = add_lines(purchase, units)
    publish_move(
        "inventory.purchase_drafted", subject=purchase.number, actor=actor, machine=machine(purchase), move="create",
        source="", target=PurchaseStatus.DRAFT, supplier=supplier.name, units=sum(qty for _, qty in units),
    )  # fmt: skip
    return purchase, lines


def add_lines(purchase: PurchaseOrder, units: Sequence[tuple[int, int]]) -> list[PurchaseLine]:
    """Put `units` (product id, units) on a draft at the supplier's own cost."""
    items = {i.product_id: i for i in SupplierItem.objects.filter(supplier=purchase.supplier_id)}
    begin = purchase.lines.count()
    return PurchaseLine.objects.bulk_create(
        PurchaseLine(
            purchase=purchase, position=n, product_id=product, qty=qty,
            unit_cost=items[product].cost if product in items else 0,
        )
        for n, (product, qty) in enumerate(units, begin + 1)
    )  # fmt: skip


def fit_draft(number: str, units: Mapping[int, int], *, actor: Any) -> PurchaseOrder:
    """Bring a draft in line with the work: {line id: units}; a line of nothing goes, a draft of nothing is cancelled."""
    purchase = lock_purchase(number, for_customer=True)
    for line in purchase.lines.all():
        if not (qty := units.get(line.pk, 0)):
            line.delete()
        elif line.qty != qty:
            line.qty = qty
            line.save(update_fields=["qty"])
    purchase.qty_lines = purchase.lines.count()
    purchase.save(update_fields=["qty_lines"])
    say_changed(purchase, "inventory.purchase_edited", actor=actor, units=sum(units.values()))
    return purchase


def readdress_draft(number: str, ship_to: dict[str, Any]) -> None:
    purchase = lock_purchase(number, for_customer=True)
    purchase.ship_to = ship_to
    purchase.save(update_fields=["ship_to"])


def send_for_customer(number: str, *, actor: Any) -> PurchaseOrder:
    """Send it; each line is expected to leave them after its own lead time, else after the supplier's."""
    purchase = lock_purchase(number, for_customer=True)
    items = SupplierItem.objects.filter(supplier=purchase.supplier_id)
    days = {item.product_id: item.lead_days for item in items if item.lead_days is not None}
    for line in purchase.lines.filter(eta__isnull=True):
        line.eta = business_date() + timedelta(days=days.get(line.product_id, purchase.supplier.lead_days))
        line.save(update_fields=["eta"])
    return send_purchase(number, actor=actor, for_customer=True)


def confirm_for_customer(number: str, *, on: date, reference: str, actor: Any) -> PurchaseOrder:
    """They confirm what is still to come, for the day `on`, under their own `reference`."""
    purchase = lock_purchase(number, for_customer=True)
    days = []
    for line in purchase.lines.filter(qty_open__gt=0).select_related("product"):
        was, line.eta, line.is_confirmed = line.eta, on, True
        line.save(update_fields=["eta", "is_confirmed"])
        days.append(
            {"sku": line.product.sku, "was": was.isoformat() if was else "", "eta": on.isoformat(), "confirmed": True}
        )
    if reference.strip():
        purchase.reference = reference.strip()[:80]
        purchase.save(update_fields=["reference"])
    say_changed(purchase, "inventory.purchase_eta", actor=actor, reason="The supplier confirmed", days=days)
    return purchase


def ship_for_customer(number: str, units: Mapping[int, int], *, shipment: str, actor: Any) -> PurchaseOrder:
    """`units` {line id: units} left the supplier in the parcel `shipment`."""
    purchase = lock_purchase(number, for_customer=True)
    lines = list(purchase.lines.select_related("product"))
    gone: dict[int, int] = {}
    for line in lines:
        if qty := units.get(line.pk, 0):
            line.qty_received += qty
            line.save(update_fields=["qty_received"])
            gone[line.product_id] = gone.get(line.product_id, 0) + qty
    left = sum(max(line.qty - line.qty_received - line.qty_cancelled, 0) for line in lines)
    purchase.received_at = now()
    _shipped(
        purchase,
        left,
        shipment,
        [{"sku": x.product.sku, "qty": q, "of": x.qty} for x in lines if (q := units.get(x.pk))],
        actor,
    )
    count_gone(purchase.location_id, gone)
    return purchase


def give_up_for_customer(number: str, units: Mapping[int, int], *, reason: str, actor: Any) -> PurchaseOrder:
    """`units` {line id: units} will not come; an order of which nothing else is to come ends with them."""
    purchase = lock_purchase(number, for_customer=True)
    lines = list(purchase.lines.select_related("product"))
    for line in lines:
        if qty := units.get(line.pk, 0):
            line.qty_cancelled += qty
            line.save(update_fields=["qty_cancelled"])
    left = sum(max(line.qty - line.qty_received - line.qty_cancelled, 0) for line in lines)
    if left:
        skus = [line.product.sku for line in lines if units.get(line.pk)]
        say_changed(
            purchase, "inventory.purchase_cut", actor=actor, skus=skus, qty=sum(units.values()), reason=reason[:200]
        )
        return purchase
    if any(line.qty_received for line in lines):
        _shipped(
            purchase, 0, "", [], actor, reason[:300]
        )  # what they did send is still to be paid: purchasing closes it
        return purchase
    purchase.end_reason, purchase.ended_at = reason[:300], now()
    move_document(
        purchase, "cancel", event="inventory.purchase_cancelled", actor=actor, saved=("end_reason", "ended_at"),
        reason=reason[:300],
    )  # fmt: skip
    return purchase


def _shipped(
    purchase: PurchaseOrder, left: int, shipment: str, lines: list[dict[str, Any]], actor: Any, reason: str = ""
) -> None:
    move, event = ("receive_part", "part_received") if left else ("receive", "received")
    move_document(
        purchase, move, event=f"inventory.purchase_{event}", actor=actor, saved=("received_at",), shipped=shipment, missing=left,
        reason=reason, lines=lines,
    )  # fmt: skip
