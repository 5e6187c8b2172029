"""What waits for a yes or no of this person: amounts, changes, refunds and returns, the oldest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse

from oms.kernel.money import format_money
from orders.models import Amendment, Approval, Order
from orders.policies import may_move
from payments.models import Refund
from returns.models import Return

SHOWN = 5


@dataclass(frozen=True)
class Decision:
    """One question: what it is about, whose, and where it is answered with the button `act`."""

    ref: str
    url: str
    who: str
    says: str
    since: datetime
    act: str


def decisions(user: Any) -> list[Decision]:
    """Everything only a second look can move on and that `user` may decide; never what they asked for themselves."""
    found = [*_refunds(user), *_returns(user)]
    if may_move(user, "order", "approve") is None:
        found += [*_amounts(user), *_changes(user)]
    return sorted(found, key=lambda d: (d.since, d.ref))


def _amounts(user: Any) -> Iterator[Decision]:
    rows = Approval.objects.filter(state="waiting").filter(~Q(requested_by=user) | Q(requested_by__isnull=True))
    for row in rows.filter(order__in=Order.objects.visible_to(user)).select_related("order"):
        says = f"{format_money(row.amount, row.currency)} needs a second person. Asked by {row.requested_by_name}."
        yield Decision(
            row.order.number, row.order.get_absolute_url(), row.order.customer_name, says, row.requested_at, "Approve"
        )


def _changes(user: Any) -> Iterator[Decision]:
    rows = (
        Amendment.objects.visible_to(user).filter(status="requested").filter(~Q(author=user) | Q(author__isnull=True))
    )
    for row in rows.select_related("order"):
        asked = format_money(row.approved_amount or 0, row.order.currency)
        says = f"Change of {row.order.number} to {asked}: {row.reason}. Asked by {row.author_name}."
        url = reverse("orders:amendment", args=[row.order.number, row.number])
        yield Decision(row.number, url, row.order.customer_name, says, row.created_at, "Decide")


def _refunds(user: Any) -> Iterator[Decision]:
    if not user.can("payments.view") or may_move(user, "refund", "approve"):
        return
    rows = Refund.objects.visible_to(user).to_approve().filter(~Q(requested_by=user) | Q(requested_by__isnull=True))
    for row in rows.select_related("order"):
        goes = f", {row.goes}, not the way it was paid" if row.way else ""
        says = f"Refund of {format_money(row.amount, row.order.currency)}{goes}: {row.reason.rstrip('.')}."
        url = reverse("payments:refund", args=[row.number])
        yield Decision(row.number, url, row.order.customer_name, says, row.requested_at, "Decide")


def _returns(user: Any) -> Iterator[Decision]:
    if not user.can("returns.view") or may_move(user, "return", "decide"):
        return
    for row in Return.objects.visible_to(user).to_decide().select_related("order"):
        says = f"{row.get_type_display()} of {row.order.number} asked for."
        yield Decision(
            row.number,
            reverse("returns:detail", args=[row.number]),
            row.order.customer_name,
            says,
            row.requested_at,
            "Decide",
        )
