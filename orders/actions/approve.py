"""A second person says yes or no to an order's amount."""

from typing import Any

from django.db import transaction

from oms.events.publish import publish
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.kernel.money import format_money
from orders.actions.decline import say_no
from orders.actions.progress import refresh
from orders.checking.second import may_answer
from orders.locks import lock_order
from orders.models import Approval, ApprovalState, Hold, Order


@transaction.atomic
def decide_approval(number: str, *, approve: bool, actor: Any, note: str = "") -> Order:
    """Approve the amount of `number`, which clears its hold, or decline it: the order goes on to whoever may cancel it.

    Refuses whoever placed the order, a person whose role may not, a decline without a reason, and an amount that grew.
    """
    order = lock_order(number)
    asked = Approval.objects.filter(order=order, state=ApprovalState.WAITING).first()
    if asked is None or not order.is_open:
        raise Refused("nothing_to_approve", f"{number} does not wait for an approval.")
    if refusal := may_answer(asked, actor):
        raise Refused.because([refusal])
    if not approve and not note.strip():
        raise Refused("reason_missing", "Say why you decline, so that the customer can be told.")
    if approve and (order.amount_due > asked.amount or order.currency != asked.currency):
        raise Refused("amount_changed", f"The total of {number} has changed since; check the order again first.")
    asked.state = ApprovalState.APPROVED if approve else ApprovalState.DECLINED
    asked.decided_by, asked.decided_at, asked.note = actor, now(), note.strip()[:300]
    asked.save(update_fields=["state", "decided_by", "decided_at", "note"])
    held = Hold.objects.filter(order=order, rule="amount", cleared_at__isnull=True)
    total = format_money(asked.amount, asked.currency)
    if approve:
        held.update(cleared_at=now(), cleared_by=actor.display_name, clear_note=note.strip()[:300] or "Approved")
        held = Hold.objects.none()
    taken_from = "".join([say_no(order, hold, note=note, actor=actor) for hold in held])
    refresh(order)
    publish(
        "orders.approved" if approve else "orders.declined", subject=number, actor=actor, label=total, note=note,
        taken_from=taken_from,
    )  # fmt: skip
    return order
