"""The owner's day: what is open, what is late and why, where orders come from, how fast they leave."""

from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any

from django.db.models import Avg, Count, ExpressionWrapper, F, Q, Sum, fields
from django.db.models.functions import TruncDate

from oms.kernel.clock import business_date, business_zone, day_bounds, now
from oms.kernel.money import format_money
from oms.ui.charts import Bar, Figure
from orders.filters import BLOCKERS
from orders.models import Channel, Order
from orders.querysets import missed_promise
from orders.stagebook import stages
from reports.home import orders_url


@dataclass(frozen=True)
class Flow:
    """Orders a day over the period: placed and dispatched, and the median hours from one to the other."""

    days: list[str]
    placed: list[int]
    dispatched: list[int]
    hours: list[float]


@dataclass(frozen=True)
class Source:
    """One channel over the period."""

    name: str
    code: str
    orders: int
    share: int
    late: int
    hours: int | None
    returned: int
    url: str


def figures(user: Any) -> list[Figure]:
    """The strip: open, delayed dispatch, payment pending, exceptions, dispatched this week."""
    rows = Order.objects.visible_to(user)
    start, end = day_bounds(business_date())
    opened = rows.open()
    pending = opened.filter(stage="payment_pending")
    sums = pending.values("currency").annotate(due=Sum(F("total") - F("paid_total"))).order_by("currency")
    due = " and ".join(format_money(s["due"], s["currency"]) for s in sums) or "nothing due"
    placed = rows.filter(placed_at__gte=start, placed_at__lt=end).count()
    sent = rows.filter(dispatched_at__gte=start, dispatched_at__lt=end).count()
    late, held = rows.delayed().count(), rows.held().count()
    monday = business_date() - timedelta(days=6)
    week = rows.filter(dispatched_at__gte=day_bounds(monday)[0]).count()
    return [
        Figure("Open orders", opened.count(), orders_url(view="open"), f"{placed} placed today, {sent} sent"),
        Figure(
            "Delayed dispatch",
            late,
            orders_url(view="all", delayed="on"),
            "promised and not sent",
            icon="late",
            tone="late" if late else "",
        ),
        Figure("Payment pending", pending.count(), orders_url(view="payment-pending"), due, icon="coins"),
        Figure("On hold", held, orders_url(view="blocked"), "wait for somebody", icon="alert"),
        Figure(
            "Dispatched", week, orders_url(view="all", dispatched_from=str(monday)), "in the last 7 days", icon="truck"
        ),
    ]


def flow(user: Any, days: int = 30) -> Flow:
    """Counts per business day, oldest first."""
    first = business_date() - timedelta(days=days - 1)
    since = day_bounds(first)[0]
    rows = Order.objects.visible_to(user)
    placed = _per_day(rows.filter(placed_at__gte=since), "placed_at")
    sent = _per_day(rows.filter(dispatched_at__gte=since), "dispatched_at")
    took: dict[date, list[float]] = {}
    for start, end in rows.filter(dispatched_at__gte=since).values_list("placed_at", "dispatched_at"):
        took.setdefault(business_date(end), []).append((end - start).total_seconds() / 3600)
    every = [first + timedelta(days=i) for i in range(days)]
    hours = [round(median(took[d]), 1) if d in took else 0.0 for d in every]
    return Flow(
        [f"{d.day} {d:%b}" for d in every], [placed.get(d, 0) for d in every], [sent.get(d, 0) for d in every], hours
    )


def _per_day(rows: Any, column: str) -> dict[date, int]:
    days = rows.annotate(day=TruncDate(column, tzinfo=business_zone())).values("day").order_by("day")
    return {row["day"]: row["n"] for row in days.annotate(n=Count("pk"))}


def sources(user: Any, days: int = 30) -> list[Source]:
    """Volume, lateness, speed and returns per channel over the period, busiest first."""
    first = business_date() - timedelta(days=days - 1)
    since = day_bounds(first)[0]
    span = ExpressionWrapper(F("dispatched_at") - F("placed_at"), output_field=fields.DurationField())
    late = missed_promise(now())
    rows = (
        Order.objects.visible_to(user)
        .filter(placed_at__gte=since)
        .values("channel_id")
        .annotate(
            n=Count("pk"), late=Count("pk", filter=late), took=Avg(span), back=Count("pk", filter=Q(qty_returned__gt=0))
        )
        .order_by("-n")
    )
    names = {c.pk: c for c in Channel.objects.all()}
    most = max((r["n"] for r in rows), default=1)
    return [
        Source(
            names[r["channel_id"]].name, names[r["channel_id"]].code, r["n"], round(100 * r["n"] / most), r["late"],
            round(r["took"].total_seconds() / 3600) if r["took"] else None, r["back"],
            orders_url(view="all", channel=names[r["channel_id"]].code, placed_from=str(first)),
        )
        for r in rows
    ]  # fmt: skip


def stage_bars(user: Any) -> list[Bar]:
    """Open orders by stage, in working order."""
    counts = dict(Order.objects.visible_to(user).open().values_list("stage").annotate(n=Count("pk")))
    book = stages()
    keys = sorted(counts, key=lambda k: book[k].position)
    return [
        Bar(
            book[k].label,
            counts[k],
            str(counts[k]),
            orders_url(view="open", stage=k),
            tone=book[k].tone if book[k].tone in ("late", "wait") else "",
        )
        for k in keys
    ]


def causes(user: Any) -> list[Bar]:
    """What stands in the way of open orders now, most frequent first; an order may have several."""
    rows = Order.objects.visible_to(user)
    counts = [(label, kind, rows.blocked_by(kind).count()) for kind, label in BLOCKERS]
    return [
        Bar(label, n, str(n), orders_url(view="all", blocker=kind))
        for label, kind, n in sorted(counts, key=lambda c: -c[2])
        if n
    ]
