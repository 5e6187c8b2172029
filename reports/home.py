"""The home of each role: queues with counts, the oldest first, one click to the next action."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Min, Q
from django.urls import reverse

from fulfilment.models import Loss
from fulfilment.states import ClaimStatus
from oms.access.roles import ROLE_OF_TEAM, Role
from oms.kernel.clock import business_date, now
from oms.kernel.compiled import Present, Statement, kept, statement
from oms.kernel.load import load
from oms.kernel.plural import plural
from oms.ops.audit import last_audit
from oms.ui.charts import Figure
from oms.ui.counting import count_capped
from oms.ui.words import brief
from orders.models import Order, RecurringOrder
from orders.queues import QUEUES, Query, filtered, queue_key
from orders.stagebook import stages
from payments.models import Refund
from reports.steps import add_steps

SHOWN = 5
JOINED = ("channel", "assignee", "claimed_by")  # what a row of a queue shows
# Where the next piece of the floor's own work is handed out, by the queue's next action.
FLOOR = {"pick": "fulfilment:next-pick", "pack": "fulfilment:next-pack", "dispatch": "fulfilment:next-dispatch"}

PLAIN = ("To confirm", "Release", "Pick", "Pack", "Dispatch", "On the road", "Verify")


@dataclass(frozen=True)
class Queue:
    """Work of one kind, longest waiting first. `count` is exact: open work is small whatever the history."""

    key: str
    title: str
    count: int
    late: int
    oldest: datetime | None
    orders: list[Order]
    url: str
    next_url: str
    is_plain: bool  # its title says what to do; the rows need not say it again


def orders_url(**query: str | list[str]) -> str:
    """The orders list with a filter."""
    return f"{reverse('orders:list')}?{urlencode(query, doseq=True)}" if query else reverse("orders:list")


def queues(user: Any, role: str) -> list[Queue]:
    """The queues of a role's home, in working order."""
    asked = QUEUES[Role(role)]
    sums = kept(("home", role, user.reach), lambda: _sums(user, asked)).rows()
    ids = [pk for row in sums for pk in row[-1]]
    there = {o.pk: o for o in load(Order, "m.id = ANY(%s::bigint[])", [ids], joined=JOINED)} if ids else {}
    found = [_queue(title, query, *row, there) for (title, query), row in zip(asked, sums, strict=True)]
    add_steps([order for queue in found for order in queue.orders], user)
    return found


def _sums(user: Any, asked: Sequence[tuple[str, Query]]) -> Statement:
    """One statement for all the queues: of each how many, since when the oldest, how many late, and the ids of the first."""
    parts, values = [], []
    for at, (_, query) in enumerate(asked):
        clock, since = _clocks(query)
        is_late = ExpressionWrapper(Q(**{f"{clock}__lt": Present()}), BooleanField())
        rows = filtered(user, query).order_by()
        every, given = rows.values(begun=F(since), late=is_late).query.sql_with_params()
        first, named = rows.order_by(since, "pk").values("pk")[:SHOWN].query.sql_with_params()
        parts.append(
            f"SELECT {at}, count(*), min(q.begun), count(*) FILTER (WHERE q.late), ARRAY({first}) FROM ({every}) q"  # noqa: S608
        )
        values += [*named, *given]
    each = ") UNION ALL (".join(parts)
    return statement(
        f"SELECT count, oldest, late, ids FROM (({each})) AS home (n, count, oldest, late, ids) ORDER BY n",  # noqa: S608
        values,
    )


def _queue(
    title: str, query: Query, count: int, oldest: datetime | None, late: int, ids: list[int], there: dict[int, Order]
) -> Queue:
    asks, book, first = "asks" in query, stages(), []
    for pk in ids:
        order = copy(there[pk]) if asks else there[pk]  # it may stand in another queue too, as what it is
        order.stage_label = book[order.stage].label  # type: ignore[attr-defined]
        if asks:
            _as_question(order)
        first.append(order)
    key = queue_key(title)
    next_url = reverse(FLOOR.get(str(query.get("next_action")), "orders:take"))
    url = orders_url(view="all", sort="waiting", **query)
    return Queue(key, title, count, late, None if asks else oldest, first, url, next_url, title in PLAIN)


def _clocks(query: Query) -> tuple[str, str]:
    """The columns that say by when, and since when, what waits in the queue."""
    return ("answer_due_at", "answer_due_at") if "asks" in query else ("due_at", "stage_since")


def _as_question(order: Order) -> None:
    """Show the order for what its customer asks, beside whatever else is to be done with it. Never saved."""
    order.next_action, order.next_text, order.due_at = "answer_customer", "Answer the customer", order.answer_due_at
    order.stage_since = min(order.stage_since, now())


@dataclass(frozen=True)
class Failing:
    """Recurring orders of the role's teams whose order of the day could not be placed, longest first."""

    count: int
    first: list[RecurringOrder]
    url: str


def failing(user: Any, role: str) -> Failing | None:
    """None when every order that was due is placed, or the person may not see schedules."""
    if not user.can("standing.view"):
        return None
    teams = [team for team, roles in ROLE_OF_TEAM.items() if role in roles]
    rows = RecurringOrder.objects.visible_to(user).failing().filter(owner_team__in=teams)
    found = list(rows.select_related("customer").order_by("failed_at", "pk"))  # as few as schedules that fail at once
    return Failing(len(found), found[:SHOWN], f"{reverse('standing:list')}?view=failing") if found else None


def unrated(user: Any) -> Figure | None:
    """Orders nobody knows the worth of, because their currency had no exchange rate; None when there are none."""
    found = count_capped(Order.objects.visible_to(user).unrated())
    if not found:
        return None
    url = orders_url(view="all", no_rate="on", sort="newest")
    return Figure("No exchange rate", str(found), url, "left out of sums", icon="coins", tone="wait")


def refunds(user: Any) -> list[Figure]:
    """Refunds that wait for a person: also those of orders whose own next step is another one."""
    if not user.can("payments.view"):
        return []
    rows = Refund.objects.visible_to(user)
    first = Min("requested_at")
    asked, approved = (
        rows.to_approve().aggregate(n=Count("pk"), at=first),
        rows.to_send().aggregate(n=Count("pk"), at=first),
    )
    url = reverse("payments:refunds")
    return [
        Figure(title, found["n"], f"{url}?view={view}", f"oldest asked {brief(found['at'])}", icon="coins", tone="wait")
        for title, view, found in (
            ("Refunds to approve", "to-approve", asked),
            ("Refunds to send", "to-send", approved),
        )
        if found["n"]
    ]


def claims(user: Any) -> Figure | None:
    """Claims on carriers for lost parcels that nobody has filed; None when there are none or the person sees no parcels."""
    if not user.can("fulfilment.track"):
        return None
    found = Loss.objects.visible_to(user).filter(status=ClaimStatus.DUE).aggregate(n=Count("pk"), first=Min("claim_by"))
    if not found["n"]:
        return None
    is_late = found["first"] < business_date()
    said = f"first {'was due' if is_late else 'by'} {found['first']:%-d %b}"
    url = f"{reverse('fulfilment:shipments')}?view=claims"
    return Figure("Claims to file", found["n"], url, said, icon="truck", tone="late" if is_late else "wait")


def audited(user: Any) -> Figure | None:
    """What the last audit found, for those who may see it; None when every rule holds."""
    run = last_audit() if user.can("ops.view") else None
    if run is None or not run.found:
        return None
    said = f"of {plural(len(run.counts), 'rule')}, {brief(run.began_at)}"
    return Figure("Audit findings", run.found, reverse("audit"), said, icon="alert", tone="late")


def next_job(found: list[Queue], user: Any) -> Order | None:
    """The most urgent order over all queues: highest priority, then earliest due.

    Never what is in another person's hand, nor another team's step: Sales sees all that is late, but does not release it.
    """
    waiting = [order for queue in found for order in queue.orders if _is_free(order, user)]
    far = now().replace(year=9999)
    return min(waiting, key=lambda o: (o.priority, o.due_at or far, o.pk), default=None)


def _is_free(order: Order, user: Any) -> bool:
    """Whether `user` may be sent to it: nobody else took it, was given it, or has its work on the floor in hand."""
    if order.assignee_id not in (None, user.pk) or order.act_in_hand:  # type: ignore[attr-defined]
        return False
    if order.owner_team not in user.teams and order.assignee_id is None and order.next_action != "answer_customer":
        return False
    return not order.is_claimed or order.claimed_by_id == user.pk
