"""Questions about one return: a row with its lines loaded in, None or a Refusal out. No queries, no writes."""

from datetime import datetime, timedelta
from typing import Any

from oms.kernel.clock import now
from oms.kernel.errors import Refusal
from oms.kernel.plural import are, plural


def nothing_received(rma: Any) -> Refusal | None:
    if rma.qty_received:
        return Refusal(
            "already_received",
            f"{plural(rma.qty_received, 'unit')} {are(rma.qty_received)} already back; receive, inspect and settle this return instead.",
        )
    return None


def something_received(rma: Any) -> Refusal | None:
    if not rma.qty_received:
        return Refusal("nothing_received", "Nothing has arrived yet; count at least one unit, or cancel the return.")
    return None


def everything_inspected(rma: Any) -> Refusal | None:
    if missing := rma.qty_received - rma.qty_inspected:
        return Refusal(
            "not_all_inspected",
            f"{missing} of {plural(rma.qty_received, 'received unit')} {are(missing)} not inspected yet.",
        )
    return None


def waited_long_enough(rma: Any) -> Refusal | None:
    if rma.expires_at is None:
        return Refusal("never_expires", "This return has no last day; cancel it instead.")
    if rma.expires_at > now():
        return Refusal(
            "not_expired_yet",
            f"The parcel may still arrive until {rma.expires_at:%d %b %Y}; cancel the return to end it sooner.",
        )
    return None


def something_delivered(order: Any) -> Refusal | None:
    """Whether a return can be asked for at all: goods must have reached the customer and the books be open."""
    if order.status == "closed":
        return Refusal(
            "order_closed", f"{order.number} is closed; Finance must reopen it before anything can come back."
        )
    if not order.qty_delivered:
        return Refusal(
            "nothing_delivered", "Nothing was delivered yet. Cancel what has not left, or wait for the delivery."
        )
    return None


def inside_window(order: Any, at: datetime | None = None) -> Refusal | None:
    """Whether the return window, counted from the last delivery, is still open."""
    if not order.delivered_at:
        return None
    ends = order.delivered_at + timedelta(days=order.return_window_days)
    if ends < (at or now()):
        return Refusal(
            "window_over",
            f"The {order.return_window_days}-day return window ended on {ends:%d %b %Y}; write down why it is accepted anyway.",
        )
    return None
