"""Reads of the payment pages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.urls import reverse

from oms.kernel.errors import Refusal
from oms.kernel.lifecycle import refusals
from orders.policies import may_move
from payments.models import Payment, Refund


@dataclass(frozen=True)
class Queue:
    """A list of work of Finance: how much waits, since when, and where it is."""

    key: str
    label: str
    narrow: Callable[[Any], QuerySet]


PAYMENT_QUEUES = (
    Queue("to-verify", "To verify", lambda rows: rows.to_verify()),
    Queue("cod", "COD with couriers", lambda rows: rows.with_couriers()),
    Queue("disputed", "Disputed", lambda rows: rows.disputed()),
)
REFUND_QUEUES = (
    Queue("to-approve", "Refunds to approve", lambda rows: rows.to_approve()),
    Queue("to-send", "Refunds to send", lambda rows: rows.to_send()),
    Queue("sent", "Refunds on their way", lambda rows: rows.on_their_way()),
)


def finance_queues(user: Any) -> list[tuple[str, str, int, datetime | None, str]]:
    """(key, label, count, oldest, url) of every queue, as far as this person may see rows."""
    rows = [(q, Payment.objects.visible_to(user), "received_at", "payments:list") for q in PAYMENT_QUEUES]
    rows += [(q, Refund.objects.visible_to(user), "requested_at", "payments:refunds") for q in REFUND_QUEUES]
    return [_measured(*row) for row in rows]


def _measured(queue: Queue, rows: QuerySet, moment: str, url_name: str) -> tuple:
    found = queue.narrow(rows).aggregate(count=Count("pk"), oldest=Min(moment))
    return queue.key, queue.label, found["count"], found["oldest"], f"{reverse(url_name)}?view={queue.key}"


def waiting(user: Any) -> list[QuerySet]:
    """What the rail counts: payments to verify and refunds to approve or send."""
    refunds = Refund.objects.visible_to(user).filter(status__in=("requested", "approved"))
    return [Payment.objects.visible_to(user).to_verify(), refunds]


@dataclass(frozen=True)
class Offer:
    """A move a page offers; `refusal` says why it is closed."""

    move: str
    refusal: Refusal | None

    @property
    def is_open(self) -> bool:
        return self.refusal is None

    @property
    def reason(self) -> str:
        return self.refusal.message if self.refusal else ""


# Button of the page: move of the machine, policy that says who may.
PAYMENT_MOVES = {
    "verify": ("verify", "verify"), "reject": ("reject", "verify"), "capture": ("capture", "verify"),
    "accept_cod": ("accept_cod", "verify"), "collect": ("collect", "verify"),
    "remit": ("remit", "verify"), "void": ("void", "void"), "fail": ("fail", "void"),
    "dispute": ("dispute", "verify"), "lose_dispute": ("lose_dispute", "verify"),
}  # fmt: skip
REFUND_MOVES = {
    "approve": ("approve", "approve"), "decline": ("decline", "approve"), "send": ("send", "send"),
    "succeed": ("succeed", "send"), "fail": ("fail", "send"),
}  # fmt: skip


CASH_MOVES = ("accept_cod", "collect", "remit")  # of cash on delivery alone


def payment_offers(payment: Payment, user: Any) -> dict[str, Offer]:
    """Every move that a payment of this method knows."""
    moves = {name: move for name, move in PAYMENT_MOVES.items() if payment.method == "cod" or name not in CASH_MOVES}
    return _offers(payment, "payment", moves, user)


def refund_offers(refund: Refund, user: Any) -> dict[str, Offer]:
    """The reference is typed on the page, so its absence does not close the button."""
    return _offers(refund, "refund", REFUND_MOVES, user, ignore={"reference_missing"})


def _offers(row: Any, machine: str, moves: dict, user: Any, ignore: frozenset | set = frozenset()) -> dict[str, Offer]:
    found = {}
    for name, (move, policy) in moves.items():
        closed = [r for r in refusals(row, move) if r.code not in ignore]
        found[name] = Offer(name, closed[0] if closed else may_move(user, machine, policy))
    return found
