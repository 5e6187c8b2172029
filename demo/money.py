"""Orders whose money goes another way: cancelled, rejected, part paid, disputed, refunded."""

from decimal import Decimal

from demo.clockwork import Story
from demo.desk import Desk
from demo.ordinary import on_the_road, until_sent
from orders.actions.cancel import cancel_order, cancel_remainder
from orders.models import Order
from payments.actions.dispute import open_dispute
from payments.actions.record import record_payment
from payments.actions.refund import OtherWay, approve_refund, decline_refund, request_refund, send_refund
from payments.actions.verify import reject_payment


def cancelled(desk: Desk, channel: str, pay: str, part: bool = False, after: str = "confirm") -> Story:
    number = desk.place(channel, pay)
    yield 0.5
    if after == "confirm":
        desk.confirm(number)
        yield 1
    if part:
        line = Order.objects.get(number=number).lines.order_by("pk").first()
        assert line is not None
        cancel_remainder(
            number,
            quantities={line.pk: line.qty_cancellable},
            reason="customer_changed_mind",
            actor=desk.staff["sales"],
        )
    else:
        cancel_order(number, reason="customer_changed_mind", actor=desk.staff["support"])


def paid_oddly(desk: Desk, channel: str, kind: str) -> Story:
    """Money matters: a transfer that never came, a part payment, a dispute, a refund under way."""
    number = desk.place(channel, {"rejected": "verify", "part": "unpaid"}.get(kind, "paid"))
    fay, support = desk.staff["finance"], desk.staff["support"]
    yield 0.5
    desk.confirm(number)
    yield 1
    order = Order.objects.get(number=number)
    paying = order.payments.order_by("pk").first()
    number_paid = paying.number if paying else ""
    if kind == "rejected":
        reject_payment(number_paid, reason="Not in the bank statement", actor=fay)
    elif kind == "part":
        record_payment(number, method="cash", amount=(order.total / 3).quantize(Decimal(1)), note="At the counter",
                       actor=desk.staff["sales"])  # fmt: skip
    elif kind == "disputed":
        open_dispute(number_paid, reason="Card holder does not know the purchase", actor=fay)
    else:
        refund = request_refund(
            number, amount=(order.total / 4).quantize(Decimal(1)), reason="Came late", actor=support,
            other_way=OtherWay("upi", "buyer@example", "The card has expired") if kind == "asked" else None,
        )  # fmt: skip
        yield 2
        if kind == "declined":
            decline_refund(refund.number, reason="It came in time", actor=fay)
        if kind in ("approved", "sent"):
            approve_refund(refund.number, actor=fay)
        if kind == "sent":
            send_refund(refund.number, reference=f"BANK-{refund.pk:06}", actor=fay)
    if kind not in ("rejected", "part"):
        yield from until_sent(desk, number, desk.random)
        yield from on_the_road(desk, number, desk.random)
