"""Put an order (or a line of it) on hold, and take the hold away again."""

from datetime import datetime
from typing import Any

from django.db import transaction

from oms.access.models import User
from oms.events.publish import publish
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders.actions.progress import refresh
from orders.answering import may_clear
from orders.locks import lock_order
from orders.models import Hold, HoldReason, Order, OrderLine
from orders.policies import require_may
from orders.states import OPEN_STATUSES

UNKNOWN_SKU = "unknown_sku"  # placed at capture on a line that names no product


@transaction.atomic
def hold_order(
    number: str, *, reason: str, actor: Any, detail: str = "", until: datetime | None = None, line_id: int | None = None
) -> Order:
    """Stop `number` for `reason` (a HoldReason key); `detail` is what the next person needs to know, `until` an aware moment.

    Refuses an unknown or retired reason, an order that is not open, a moment in the past, and the same hold twice.
    """
    order = lock_order(number)
    if order.status not in OPEN_STATUSES:
        raise Refused("not_open", f"{number} is {order.get_status_display().lower()}; only open orders can be held.")
    if until and until <= now():
        raise Refused("until_in_past", "The hold would already be over: choose a later moment.")
    why = _active_reason(reason)
    line = _line(order, line_id)
    if Hold.objects.filter(order=order, line=line, reason=why, cleared_at__isnull=True).exists():
        raise Refused("already_held", f"{number} is already on hold: {why.label}.")
    hold = Hold.objects.create(
        order=order, line=line, reason=why, detail=detail[:300], owner_team=why.owner_team, until=until, placed_at=now(),
        placed_by=as_actor(actor).name,
    )  # fmt: skip
    refresh(order)
    publish(
        "orders.held",
        subject=number,
        actor=actor,
        reason=why.key,
        label=why.label,
        detail=detail,
        until=until and until.isoformat(),
        hold=hold.pk,
    )
    return order


@transaction.atomic
def clear_hold(number: str, *, hold_id: int, actor: Any, note: str = "") -> Order:
    """End one open hold of `number`. Refuses when it is already cleared, a check's hold without reason or right, and while
    the line it stands for is still no product of ours: nobody could pick it. Where its owners said no, only they clear it, and
    neither a rule nor the time does; what a check asks a team that may not cancel orders, people of other teams do not clear."""
    order = lock_order(number)
    hold = (
        Hold.objects.select_related("reason", "line").filter(order=order, pk=hold_id, cleared_at__isnull=True).first()
    )
    if hold is None:
        raise Refused("hold_gone", "That hold is already cleared.")
    user = _person(actor)
    if refusal := may_clear(hold, user):
        raise Refused.because([refusal])
    if hold.rule:
        _require_override(hold, user, note)
    if _is_unmatched(hold):
        raise Refused(
            "sku_unknown",
            f"{hold.detail} is still no product of ours. Change the order: give it the right product, or take the line out.",
        )
    hold.cleared_at, hold.cleared_by, hold.clear_note = now(), as_actor(actor).name, note[:300]
    hold.save(update_fields=["cleared_at", "cleared_by", "clear_note"])
    refresh(order)
    publish(
        "orders.hold_cleared", subject=number, actor=actor, reason=hold.reason.key, label=hold.reason.label, note=note,
        hold=hold.pk,
    )  # fmt: skip
    return order


def clear_matched(order: Order) -> None:
    """End the holds of a locked order for unknown SKUs whose lines it has no more; the caller brings the order up to date."""
    if not order.open_holds:
        return
    held = Hold.objects.filter(order=order, reason__key=UNKNOWN_SKU, cleared_at__isnull=True)
    gone = [hold.pk for hold in held.select_related("reason", "line") if not _is_unmatched(hold)]
    if gone:
        Hold.objects.filter(pk__in=gone).update(
            cleared_at=now(), cleared_by="system", clear_note="The line was changed"
        )
        refresh(order)


def _is_unmatched(hold: Hold) -> bool:
    line = hold.line
    return hold.reason.key == UNKNOWN_SKU and line is not None and line.product_id is None and line.qty_open > 0


def _person(actor: Any) -> User | None:
    """The person who acts, or the one an API key acts as."""
    user_id = as_actor(actor).user_id
    return User.objects.get(pk=user_id) if user_id else None


def _require_override(hold: Hold, user: User | None, note: str) -> None:
    """A hold placed by a check is overridden with a reason, by somebody who may; an amount only by its approval."""
    if hold.rule == "amount":
        raise Refused("needs_approval", "This hold ends when a second person approves the amount; nobody can clear it.")
    if user:
        require_may(user, "order", "override_check")
    if not note.strip():
        raise Refused("reason_missing", "Say why the order is fine: a check placed this hold.")


def _active_reason(key: str) -> HoldReason:
    reason = HoldReason.objects.filter(key=key, is_active=True).first()
    if reason is None and not key:
        raise Refused("hold_reason_unknown", "Choose a reason for the hold from the list.")
    if reason is None:
        raise Refused("hold_reason_unknown", f"There is no active hold reason “{key}”; choose one from the list.")
    return reason


def _line(order: Order, line_id: int | None) -> OrderLine | None:
    if line_id is None:
        return None
    line = OrderLine.objects.filter(order=order, pk=line_id).first()
    if line is None:
        raise Refused("line_not_found", f"That line is not on {order.number}.")
    return line
