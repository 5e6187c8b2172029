"""What the source says about an order we already have has changed: take over what is safe, ask a person about the rest."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from oms.events.models import Event
from oms.events.publish import publish
from oms.kernel.errors import Refused
from oms.kernel.money import format_money
from orders.actions.cancel import cancel_order
from orders.actions.hold import hold_order
from orders.actions.prioritize import set_chosen
from orders.actions.progress import add_search_terms
from orders.capture.build import address_json, places_of, source_hash
from orders.channels.draft import OrderDraft
from orders.locks import lines_of, lock_order
from orders.models import Hold, Order, OrderLine, Priority
from orders.states import OPEN_STATUSES, OrderStatus


@transaction.atomic
def recapture_order(number: str, draft: OrderDraft, *, actor: Any) -> tuple[str, ...]:
    """Apply `draft` to the order it belongs to; return what changed, in words. Doing it twice changes nothing more.

    While the order is new, contact, addresses and note are taken over. Cancelled at the source and nothing dispatched:
    cancelled here. Everything else (lines, money, fulfilment) puts an open order on hold for a person to compare.
    """
    order = lock_order(number)
    digest = source_hash(draft)
    if order.source_hash == digest:
        return ()
    applied = _take_over(order, draft) if order.status == OrderStatus.NEW else []
    asked = _differences(order, draft)
    if _is_cancelled_there(order, draft) and _cancel(order, actor):
        applied, asked = [*applied, "cancelled at the source"], []
    Order.objects.filter(pk=order.pk).update(source_hash=digest)
    publish("orders.source_changed", subject=number, actor=actor, applied=applied, open=asked)
    if asked:
        _ask(order, "; ".join(asked), actor)
    return (*applied, *asked)


def _take_over(order: Order, draft: OrderDraft) -> list[str]:
    """Copy what a packer or caller needs to have right; returns the names of what was different."""
    draft = places_of(draft)[0]
    wanted = {
        "customer_name": (draft.customer_name or draft.ship_to.name or draft.bill_to.name or draft.company)[:160],
        "email": draft.email[:254], "phone": draft.phone[:32], "customer_note": draft.note,
        "shipping_method": draft.shipping_method[:120], "ship_to": address_json(draft.ship_to),
        "bill_to": address_json(draft.bill_to), "ship_city": draft.ship_to.city[:100], "ship_country": draft.ship_to.country[:2],
    }  # fmt: skip
    changed = [name for name, value in wanted.items() if getattr(order, name) != value]
    if changed:
        for name in changed:
            setattr(order, name, wanted[name])
        order.save(update_fields=[*changed, "updated_at"])
        add_search_terms(order, [order.email, order.customer_name, draft.ship_to.postal_code])
    return [WORDS[name] for name in changed if name in WORDS] + _as_urgent_as_there(order, draft)


def _as_urgent_as_there(order: Order, draft: OrderDraft) -> list[str]:
    """Take over how urgent the source says it is, unless somebody here has chosen."""
    if draft.priority in (None, order.priority):
        return []
    if Event.objects.filter(stream=order.number, name="orders.prioritized").exists():
        return []
    set_chosen(order, Priority(draft.priority))
    return ["priority"]


WORDS = {
    "customer_name": "customer name", "email": "e-mail", "phone": "phone", "customer_note": "note", "shipping_method": "shipping method",
    "ship_to": "delivery address", "bill_to": "billing address",
}  # fmt: skip


def _differences(order: Order, draft: OrderDraft) -> list[str]:
    """What the source says differently that nobody may simply take over."""
    found = []
    here = [(x.sku, x.qty_ordered, x.unit_price) for x in lines_of(order)]
    there = [(x.sku[:80], max(x.qty, x.qty_cancelled), x.unit_price) for x in draft.lines]
    if here != there:
        found.append("the lines changed")
    placed, further, goes_to = places_of(draft)
    if further or order.address_count > 1:
        there_to = [address_json(further[at - 1] if at else placed.ship_to) for at in goes_to or [0] * len(draft.lines)]
        rows = OrderLine.objects.filter(order=order).select_related("ship_to").order_by("position")
        if there_to != [row.ship_to.address if row.ship_to else order.ship_to for row in rows]:
            found.append("what goes to which address changed")
    if draft.booked_total() != order.total:
        found.append(f"the total is {_money(draft.booked_total(), order)}, here {_money(order.total, order)}")
    paid = sum((p.amount for p in draft.payments if p.state == "captured"), Decimal(0))
    if paid > order.paid_total:
        found.append(f"paid {_money(paid, order)} at the source, here {_money(order.paid_total, order)}")
    if draft.past and not order.is_historical:
        found.append(f"{draft.past.outcome} at the source")
    return found


def _is_cancelled_there(order: Order, draft: OrderDraft) -> bool:
    cancelled = draft.past is not None and draft.past.outcome == OrderStatus.CANCELLED
    return cancelled and order.status in OPEN_STATUSES and not order.qty_dispatched


def _cancel(order: Order, actor: Any) -> bool:
    try:
        cancel_order(order.number, reason="other", note="Cancelled at the source", actor=actor)
    except Refused:
        return False  # the hold that follows asks a person instead
    return True


def _ask(order: Order, detail: str, actor: Any) -> None:
    """One open hold is enough; the timeline has every change."""
    if order.status not in OPEN_STATUSES:
        return
    if not Hold.objects.filter(order=order, reason__key="source_changed", cleared_at__isnull=True).exists():
        hold_order(order.number, reason="source_changed", detail=detail.capitalize(), actor=actor)


def _money(amount: Decimal, order: Order) -> str:
    return format_money(amount, order.currency)
