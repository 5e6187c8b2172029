"""What every change of a payment or refund shares: lock, create, require, transition, note the fact, say."""

from decimal import Decimal
from typing import Any

from oms.events.publish import publish_move
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Busy, Refused
from oms.kernel.lifecycle import require
from oms.kernel.load import load
from oms.kernel.numbers import next_numbers
from orders.locks import lock_order_of
from orders.models import Order
from payments.models import Payment, PaymentEvent, Refund


def lock_payment(number: str) -> tuple[Order, Payment]:
    """Lock the order behind payment `number` and read the payment afresh."""
    order = lock_order_of(Payment, number)
    if order is None:
        raise Refused("payment_not_found", f"There is no payment {number}.")
    (payment,) = load(Payment, "m.number = %s", [number])
    if payment.order_id != order.pk:
        raise Busy(f"{number} has just gone to another order with its units. Try again in a moment.")
    payment.order = order
    return order, payment


def lock_refund(number: str) -> tuple[Order, Refund]:
    """Lock the order behind refund `number` and read the refund afresh."""
    order = lock_order_of(Refund, number)
    if order is None:
        raise Refused("refund_not_found", f"There is no refund {number}.")
    (refund,) = load(Refund, "m.number = %s", [number])
    if refund.order_id != order.pk:
        raise Busy(f"{number} has just gone to another order with its payment. Try again in a moment.")
    refund.order = order
    return order, refund


def payment_numbers(count: int) -> list[str]:
    return next_numbers("payments_number_seq", "PAY", count)


def refund_numbers(count: int) -> list[str]:
    return next_numbers("payments_refund_number_seq", "REF", count)


def note_fact(
    payment: Payment, kind: str, amount: Decimal, *, actor: Any, reference: str = "", source: str = "",
    external_id: str = "",
) -> None:  # fmt: skip
    PaymentEvent.objects.create(
        payment=payment, kind=kind, amount=amount, reference=reference[:120], source=source, external_id=external_id,
        at=now(), actor_name=as_actor(actor).name,
    )  # fmt: skip


def create_payment(order: Order, *, status: str, actor: Any, event: str, **fields: Any) -> Payment:
    """Store a payment of a locked order in its first state, with its facts, and say so."""
    fields.setdefault("received_at", now())
    payment = Payment(number=payment_numbers(1)[0], order=order, currency=order.currency, status=status, **fields)
    payment.save()
    note_fact(payment, "recorded", payment.amount, actor=actor, reference=payment.reference)
    if payment.captured_amount:
        note_fact(payment, "captured", payment.captured_amount, actor=actor, reference=payment.reference)
    publish_move(
        event, subject=payment.number, actor=actor, stream=order.number, machine="payment", move="create", source="",
        target=status, amount=str(payment.amount), currency=payment.currency, method=payment.method,
        reference=payment.reference, note=payment.note,
    )  # fmt: skip
    return payment


def move_payment(
    payment: Payment, move: str, *, event: str, kind: str, amount: Decimal, actor: Any, saved: tuple[str, ...] = (),
    reference: str = "", told: tuple[str, str] = ("", ""), **payload: Any,
) -> None:  # fmt: skip
    """Make `move` on a payment whose order is locked, save it with `saved` columns, note the fact and say so.

    `told` is (provider, its id of the fact) when a provider told it.
    """
    require(payment, move)
    source = payment.status
    getattr(payment, move)()
    payment.save(update_fields=["status", "updated_at", *saved])
    note_fact(
        payment,
        kind,
        amount,
        actor=actor,
        reference=reference or payment.reference,
        source=told[0],
        external_id=told[1],
    )
    publish_move(
        event, subject=payment.number, actor=actor, stream=payment.order.number, machine="payment", move=move,
        source=source, target=payment.status, amount=str(amount), currency=payment.currency, **payload,
    )  # fmt: skip


def move_refund(
    refund: Refund, move: str, *, event: str, actor: Any, saved: tuple[str, ...] = (), **payload: Any
) -> None:
    """Make `move` on a refund whose order is locked, save it with `saved` columns and say so."""
    require(refund, move)
    source = refund.status
    getattr(refund, move)()
    refund.save(update_fields=["status", *saved])
    publish_move(
        event, subject=refund.number, actor=actor, stream=refund.order.number, machine="refund", move=move,
        source=source, target=refund.status, amount=str(refund.amount), currency=refund.currency, **payload,
    )  # fmt: skip


def checked_reason(reason: str) -> str:
    if not reason.strip():
        raise Refused("reason_missing", "Say why; the books remember it.")
    return reason.strip()[:300]
