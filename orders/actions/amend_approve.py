"""A second person says yes or no to a change that makes an order large."""

from typing import Any

from django.db import transaction

from oms.access.models import User
from oms.events.publish import publish_move
from oms.kernel.clock import now
from oms.kernel.errors import Refusal, Refused
from oms.kernel.lifecycle import require
from orders.actions.amend import decline
from orders.actions.amend_apply import has_moved, run_amendment
from orders.actions.amend_preview import preview_amendment
from orders.locks import lock_amendment
from orders.models import Amendment
from orders.policies import may_move


@transaction.atomic
def request_approval(number: str, *, seen: int, actor: Any) -> Amendment:
    """Ask for a second person's yes to what the order would cost; the order stays usable meanwhile."""
    order, amendment = lock_amendment(number)
    require(amendment, "request")
    if has_moved(order, seen):
        raise Refused("order_moved", f"{order.number} has changed since you looked. Compare, then ask again.")
    effects = preview_amendment(number, actor=actor)
    if effects.refusals:
        raise Refused.because(list(effects.refusals))
    amendment.base_version, amendment.approved_amount = order.version, effects.amount
    source = amendment.status
    amendment.request()
    amendment.save(update_fields=["status", "base_version", "approved_amount"])
    publish_move(
        "orders.amendment_requested", subject=number, actor=actor, stream=order.number, machine="amendment",
        move="request", source=source, target=amendment.status, amount=str(effects.amount), currency=order.currency,
    )  # fmt: skip
    return amendment


@transaction.atomic
def decide_amendment(number: str, *, approve: bool, actor: Any, note: str = "") -> Amendment:
    """Approve, and apply it at once when the order has not moved since it was asked; or decline with a reason.

    Refuses the author, whoever may not approve, and a decline without a reason. After an approval of an order that has
    moved, the author compares and applies; more than was approved needs a new approval.
    """
    order, amendment = lock_amendment(number)
    if refusal := may_decide(amendment, actor):
        raise Refused.because([refusal])
    if not approve:
        if not note.strip():
            raise Refused("reason_missing", "Say why you decline, so that the customer can be told.")
        require(amendment, "approve")  # only what was asked for is answered
        decline(amendment, actor=actor, note=note)
        return amendment
    require(amendment, "approve")
    amendment.approve()
    amendment.decided_by, amendment.decided_at, amendment.decision_note = actor, now(), note.strip()[:300]
    amendment.save(update_fields=["status", "decided_by", "decided_at", "decision_note"])
    publish_move(
        "orders.amendment_approved", subject=number, actor=actor, stream=order.number, machine="amendment",
        move="approve", source="requested", target=amendment.status, amount=str(amendment.approved_amount),
        currency=order.currency,
    )  # fmt: skip
    if not has_moved(order, amendment.base_version):
        run_amendment(order, amendment, actor=actor)
    return amendment


def may_decide(amendment: Amendment, user: Any) -> Refusal | None:
    """Why this person may not answer, or None."""
    if not isinstance(user, User):
        return Refusal("approver_not_a_person", "An approval is given by a person who signed in.")
    if amendment.author_id == user.pk:
        return Refusal("same_person", "You wrote this change yourself; ask somebody else to approve it.")
    return may_move(user, "order", "approve")
