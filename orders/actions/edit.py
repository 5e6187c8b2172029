"""Correct who an order is for and where it goes, until it has left the building."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from oms.access.models import User
from oms.events.models import Event
from oms.events.publish import publish
from oms.kernel.errors import Refusal, Refused
from oms.kernel.plural import plural
from orders.actions.check import check_changed
from orders.actions.progress import add_search_terms, refresh
from orders.finding import search_terms
from orders.locks import lock_order
from orders.models import Order

EDITABLE: dict[str, str] = {
    "customer_name": "Customer's name", "email": "E-mail", "phone": "Phone", "customer_po": "Customer's PO number",
    "promised_at": "Promised for", "customer_note": "Customer's note", "ship_to": "Delivery address",
    "bill_to": "Billing address",
}  # fmt: skip

# What the checks of an order look at; changing it asks them again.
CHECKED = {"customer_name", "email", "phone", "ship_to"}


def editable(order: Order) -> Refusal | None:
    """Why nothing on the order may be corrected any more, or None."""
    if order.qty_dispatched:
        return Refusal(
            "already_dispatched",
            f"{order.qty_dispatched} of {plural(order.qty_ordered, 'unit')} left the warehouse; write a note, or start a return.",
        )
    if not order.is_open:
        return Refusal("not_open", f"{order.number} is {order.get_status_display().lower()}; only open orders can be edited.")  # fmt: skip
    return None


def stamp(order: Order) -> str:
    """Changes when anything editable changes, and only then: progress of the goods or the money is no conflict."""
    values = {name: getattr(order, name) for name in EDITABLE}
    return hashlib.sha256(json.dumps(values, default=str, sort_keys=True).encode()).hexdigest()


def _saved_by(number: str) -> str:
    said = Event.objects.filter(stream=number, name__in=("orders.edited", "orders.amended")).order_by("-seq").first()
    return said.actor_name if said else "Somebody"


@transaction.atomic
def edit_order(number: str, *, changes: Mapping[str, Any], seen: str, actor: Any, reason: str = "") -> Order:
    """Set `changes` {column of EDITABLE: value} on an order whose `stamp` is still `seen`.

    Refuses with the code "stale" when somebody saved something else meanwhile, and when the goods have left. Writing
    what is there already changes nothing.
    """
    order = lock_order(number)
    if refusal := editable(order):
        raise Refused.because([refusal])
    if seen != stamp(order):
        raise Refused(
            "stale", f"{_saved_by(number)} saved {number} while you were editing it. Compare, then save again."
        )
    changed = [name for name in EDITABLE if name in changes and changes[name] != getattr(order, name)]
    if not changed:
        return order
    for name in changed:
        setattr(order, name, changes[name])
    order.ship_city, order.ship_country = order.ship_to.get("city", "")[:100], order.ship_to.get("country", "")[:2]
    order._change_reason = reason[:100] or None  # type: ignore[attr-defined]  # read by simple-history
    if isinstance(actor, User):
        order._history_user = actor  # type: ignore[attr-defined]
    order.save(update_fields=[*changed, "ship_city", "ship_country", "updated_at"])
    terms = (order.customer_name, order.email, order.customer_po, order.ship_to.get("postal_code", ""))
    add_search_terms(order, search_terms(*terms, phones=(order.phone, order.ship_to.get("phone", ""))))
    refresh(order)
    words = [EDITABLE[name] for name in changed]
    readdressed = "ship_to" in changed
    publish(
        "orders.edited", subject=number, actor=actor, fields=changed, detail=", ".join(words), why=reason,
        readdressed=readdressed,
    )  # fmt: skip
    order.refresh_from_db()  # a label to the old address is off by now
    if CHECKED & set(changed):
        check_changed(order, actor=actor)
    return order
