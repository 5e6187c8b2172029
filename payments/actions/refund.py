"""Give money back: asked for, approved, sent, arrived. Never more than came in, whoever asks at the same moment."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, Sum

from oms.events.publish import publish_move
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.kernel.money import format_money, quantize
from orders.locks import lock_order
from orders.models import Order
from payments.actions._move import checked_reason, lock_refund, move_payment, move_refund, refund_numbers
from payments.actions._once import sent_before
from payments.actions._push import push_money
from payments.models import Payment, Refund, RefundPart, RefundPolicy, Way
from payments.states import REFUNDABLE, RefundStatus


@dataclass(frozen=True)
class OtherWay:
    """How money goes back that does not go back the way it came: a `Way`, where to, and why."""

    way: str
    to: str
    reason: str


@transaction.atomic
def request_refund(
    order_number: str, *, amount: Decimal, reason: str, actor: Any, payment: str | None = None,
    request_key: UUID | None = None, other_way: OtherWay | None = None,
) -> Refund:  # fmt: skip
    """Ask to give `amount` back and hold that much room on the order's payments, the newest first.

    `payment` is the number of the one payment to take it from. Refuses more than was received and is not refunded or
    being refunded already. `other_way`: not back the way it came; somebody else approves it then, whatever the amount.
    The same `request_key` again is the same form sent twice: it gets the first refund.
    """
    order = lock_order(order_number)
    way = _checked_way(other_way, actor)
    if made := sent_before(Refund, order, request_key, amount=amount, reason=checked_reason(reason), **way):
        return made
    sources = _sources(order, payment)
    room = sum((p.refundable for p in sources), Decimal(0))
    _check_amount(order, amount, room)
    refund = _create(
        order, amount, checked_reason(reason), RefundStatus.REQUESTED, actor, request_key=request_key, **way
    )
    for source in sources:
        if part := min(amount, source.refundable):
            amount -= part
            RefundPart.objects.create(refund=refund, payment=source, amount=part)
            source.pending_refund_amount += part
            source.save(update_fields=["pending_refund_amount", "updated_at"])
    _say(refund, "create", "payments.refund_requested", actor)
    return refund


@transaction.atomic
def approve_refund(number: str, *, actor: Any) -> Refund:
    """Let the refund be sent. Above the currency's limit, and always when it goes another way than it came, the person who
    asked for it cannot approve it."""
    _, refund = lock_refund(number)
    who = as_actor(actor)
    if refund.way and who.user_id in (None, refund.requested_by_id):
        raise Refused(
            "second_person",
            f"{number} does not go back the way it was paid; somebody who did not ask for it must approve it.",
        )
    if refund.requested_by_id and refund.requested_by_id == who.user_id and refund.amount > own_limit(refund.currency):
        raise Refused("second_person", f"You asked for {number} yourself; somebody else must approve this amount.")
    refund.approved_by_id, refund.approved_at = who.user_id, now()
    move_refund(
        refund,
        "approve",
        event="payments.refund_approved",
        actor=actor,
        saved=("approved_by", "approved_at"),
        **_goes(refund),
    )
    return refund


@transaction.atomic
def decline_refund(number: str, *, reason: str, actor: Any) -> Refund:
    """Do not send it; the money can be asked for again."""
    _, refund = lock_refund(number)
    refund.decision_note = checked_reason(reason)
    return _give_up(refund, "decline", "payments.refund_declined", actor)


@transaction.atomic
def send_refund(number: str, *, reference: str, actor: Any) -> Refund:
    """The transfer was made; `reference` is what the bank or gateway calls it."""
    _, refund = lock_refund(number)
    refund.reference, refund.sent_at = reference.strip()[:120], now()
    move_refund(
        refund, "send", event="payments.refund_sent", actor=actor, saved=("reference", "sent_at"),
        reference=refund.reference, **_goes(refund),
    )  # fmt: skip
    return refund


@transaction.atomic
def succeed_refund(number: str, *, actor: Any) -> Refund:
    """The money arrived: only now it counts as refunded."""
    order, refund = lock_refund(number)
    refund.ended_at = now()
    move_refund(refund, "succeed", event="payments.refund_succeeded", actor=actor, saved=("ended_at",), **_goes(refund))
    for part in refund.parts.select_related("payment"):
        paid = part.payment
        paid.order = order
        paid.pending_refund_amount -= part.amount
        paid.refunded_amount += part.amount
        move_payment(
            paid, "refund_rest" if paid.refunded_amount >= paid.captured_amount else "refund_part",
            event="payments.refunded", kind="refunded", amount=part.amount, reference=refund.reference, actor=actor,
            saved=("pending_refund_amount", "refunded_amount"), refund=refund.number,
        )  # fmt: skip
    push_money(order)
    return refund


@transaction.atomic
def fail_refund(number: str, *, reason: str, actor: Any) -> Refund:
    """The transfer came back; the money is still here and can be asked for again."""
    _, refund = lock_refund(number)
    refund.decision_note = checked_reason(reason)
    return _give_up(refund, "fail", "payments.refund_failed", actor)


def refund_room(order: Order) -> tuple[Decimal, Decimal]:
    """(what can still be refunded, what is being refunded already) over the order's payments."""
    zero = Decimal(0)
    payments = Payment.objects.filter(order=order)
    left = F("captured_amount") - F("refunded_amount") - F("pending_refund_amount")
    sums = payments.aggregate(
        room=Sum(left, filter=Q(status__in=REFUNDABLE), default=zero),
        under_way=Sum("pending_refund_amount", default=zero),
    )
    return sums["room"], sums["under_way"]


def own_limit(currency: str) -> Decimal:
    """Up to this much a person may approve what they asked for; without a policy nothing."""
    limit = RefundPolicy.objects.filter(currency=currency).values_list("limit", flat=True).first()
    return Decimal(0) if limit is None else limit


def book_given_back(
    order: Order, payment: Payment, amount: Decimal, *, reason: str, at: datetime, actor: Any
) -> Refund:
    """Store a refund that has happened already, without asking anybody: a chargeback."""
    refund = _create(order, amount, reason, RefundStatus.SUCCEEDED, actor, sent_at=at, ended_at=at)
    RefundPart.objects.create(refund=refund, payment=payment, amount=amount)
    _say(refund, "import", "payments.refund_succeeded", actor)
    return refund


def _sources(order: Order, payment: str | None) -> list[Payment]:
    rows = Payment.objects.filter(order=order, status__in=REFUNDABLE).order_by("-received_at", "-pk")
    if payment is None:
        return list(rows)
    found = list(rows.filter(number=payment))
    if not found:
        raise Refused("not_refundable", f"{payment} is not a received payment of {order.number}.")
    return found


def _check_amount(order: Order, amount: Decimal, room: Decimal) -> None:
    if amount <= 0:
        raise Refused("amount_not_positive", "Enter an amount above zero.")
    if amount != quantize(amount, order.currency):
        raise Refused("amount_too_fine", f"{order.currency} has no coin that small; check the amount.")
    if amount > room:
        left = format_money(room, order.currency)
        raise Refused("more_than_received", f"{left} of {order.number} can still be refunded; enter at most that.")


def _create(order: Order, amount: Decimal, reason: str, status: str, actor: Any, **fields: Any) -> Refund:
    who = as_actor(actor)
    refund = Refund(
        number=refund_numbers(1)[0], order=order, amount=amount, currency=order.currency, reason=reason, status=status,
        requested_by_id=who.user_id, requested_by_name=who.name[:80], requested_at=now(), **fields,
    )  # fmt: skip
    refund.save()
    return refund


def _say(refund: Refund, move: str, event: str, actor: Any) -> None:
    publish_move(
        event, subject=refund.number, actor=actor, stream=refund.order.number, machine="refund", move=move, source="",
        target=refund.status, amount=str(refund.amount), currency=refund.currency, reason=refund.reason,
        **_goes(refund),
    )  # fmt: skip


def _goes(refund: Refund) -> dict[str, str]:
    """What an event about a refund says of another way than the money came; nothing else does."""
    if not refund.way:
        return {}
    return {"way": refund.way, "way_reason": refund.way_reason,
            "detail": f"{refund.reason}. Not the way it was paid but {refund.goes}: {refund.way_reason}"}  # fmt: skip


def _checked_way(asked: OtherWay | None, actor: Any) -> dict[str, str]:
    """The columns of another way, or Refused: it needs a reason, a place to go, and somebody who asks for it."""
    if asked is None:
        return {"way": "", "way_to": "", "way_reason": ""}
    if asked.way not in Way.values:
        raise Refused("way_unknown", "Choose bank transfer, UPI or cash.")
    if not asked.reason.strip():
        raise Refused("way_reason_missing", "Say why it cannot go back the way it was paid; the books remember it.")
    if not asked.to.strip():
        raise Refused("way_to_missing", "Say where it goes: the account, the UPI id, or who takes the cash.")
    if as_actor(actor).user_id is None:
        raise Refused("way_by_nobody", "Only a person can ask for a refund by another way.")
    return {"way": asked.way, "way_to": asked.to.strip()[:120], "way_reason": asked.reason.strip()[:300]}


def _give_up(refund: Refund, move: str, event: str, actor: Any) -> Refund:
    """End a refund that gave nothing back and free the room it held."""
    refund.ended_at = now()
    move_refund(
        refund, move, event=event, actor=actor, saved=("decision_note", "ended_at"), reason=refund.decision_note
    )
    for part in refund.parts.select_related("payment"):
        part.payment.pending_refund_amount -= part.amount
        part.payment.save(update_fields=["pending_refund_amount", "updated_at"])
    return refund
