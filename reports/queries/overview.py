"""The owner's day: what is open, what is late and why, where orders come from, how fast they leave."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Aggregate, Avg, Case, Count, ExpressionWrapper, F, Q, Sum, Value, When, fields
from django.db.models.functions import TruncDate

from oms.kernel.clock import business_date, business_zone, day_bounds, now
from oms.ui.charts import Bar, Figure
from oms.ui.counting import counts
from orders.exchange import all_in_book
from orders.filters import BLOCKERS
from orders.models import Channel, Order
from orders.querysets import missed_promise
from orders.stagebook import stages
from reports.home import orders_url

PERIODS = {7: "7 days", 30: "30 days", 90: "90 days"}
USUAL = 30
# Payment pending since: at least so many days, fewer than so many.
AGES = (("Under 1 day", None, 1), ("1 to 7 days", 1, 8), ("8 to 30 days", 8, 31), ("Over 30 days", 31, None))
OWED = (
    F("total")
    - F("cancelled_total")
    - F("returned_total")
    - F("written_off_total")
    - F("paid_total")
    + F("refunded_total")
)
# The same at the orders' own rates, and how many have none.
DUE = {"due": Sum(OWED), "book": Sum(OWED * F("book_rate")), "unrated": Count("pk", filter=Q(book_rate__isnull=True))}
TOOK = ExpressionWrapper(F("dispatched_at") - F("placed_at"), output_field=fields.DurationField())


class Percentile(Aggregate):
    """PostgreSQL's own: the value `at` (0 to 1) of the way up."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(at)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = fields.DurationField()

    def __init__(self, expression: Any, *, at: float, **extra: Any) -> None:
        super().__init__(expression, at=at, **extra)


@dataclass(frozen=True)
class Flow:
    """Orders a day over the period: placed and dispatched, and the median hours from one to the other.

    `slowest`: the hours that nine of ten stayed under. None where nothing left that day.
    """

    days: list[str]
    placed: list[int]
    dispatched: list[int]
    hours: list[float | None]
    slowest: list[float | None]


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


def figures(user: Any, days: int = USUAL) -> list[Figure]:
    """The strip: open, delayed dispatch, payment pending, exceptions, dispatched in the period and how fast."""
    rows = Order.objects.visible_to(user)
    start, end = day_bounds(business_date())
    opened = rows.open()
    waiting = opened.filter(stage="payment_pending")
    sums = waiting.values("currency", "book_currency").annotate(**DUE).order_by("currency")
    due = _owed(sums) or "nothing due"
    placed, sent, late, held, still, pending = counts(
        [
            rows.filter(placed_at__gte=start, placed_at__lt=end), rows.filter(dispatched_at__gte=start, dispatched_at__lt=end),
            rows.delayed(), rows.held(), opened, waiting,
        ]
    )  # fmt: skip
    first = business_date() - timedelta(days=days - 1)
    gone = rows.filter(dispatched_at__gte=day_bounds(first)[0]).aggregate(n=Count("pk"), half=Percentile(TOOK, at=0.5))
    speed = f"in {days} days, median {_hours(gone['half'])} h" if gone["half"] else f"in {days} days"
    return [
        Figure("Open orders", still, orders_url(view="open"), f"{placed} placed today, {sent} sent"),
        Figure(
            "Delayed dispatch",
            late,
            orders_url(view="all", delayed="on"),
            "promised and not sent",
            icon="late",
            tone="late" if late else "",
        ),
        Figure(stages()["payment_pending"].label, pending, orders_url(view="payment-pending"), due, icon="coins"),
        Figure("On hold", held, orders_url(view="blocked"), "wait for somebody", icon="alert"),
        Figure("Dispatched", gone["n"], orders_url(view="all", dispatched_from=str(first)), speed, icon="truck"),
    ]


def _owed(sums: Any) -> str:
    """What is still owed: in the book currency, and each currency by itself."""
    return all_in_book(sums, "due", book="book", missing="unrated")


def pending_by_age(user: Any) -> list[Bar]:
    """Orders whose payment is awaited, by how long it has been, with what they owe."""
    rows, at = Order.objects.visible_to(user).open().filter(stage="payment_pending"), now()
    younger = [When(stage_since__gt=at - timedelta(days=d), then=Value(i)) for i, (_, _, d) in enumerate(AGES) if d]
    aged = rows.annotate(age=Case(*younger, default=Value(len(AGES) - 1))).values("age", "currency", "book_currency")
    sums = list(aged.annotate(n=Count("pk"), **DUE).order_by("age", "currency"))
    bars = []
    for i, (label, least, below) in enumerate(AGES):
        found = [s for s in sums if s["age"] == i]
        query = {"in_stage_from": least, "in_stage_below": below}
        url = orders_url(view="open", stage="payment_pending", **{k: str(v) for k, v in query.items() if v is not None})
        n = sum(s["n"] for s in found)
        tone = "" if not n or not least else "late" if least > 30 else "wait" if least > 7 else ""
        bars.append(Bar(label, n, str(n), url, note=_owed(found), tone=tone))
    return bars if sums else []


def flow(user: Any, days: int = 30) -> Flow:
    """Counts per business day, oldest first."""
    first = business_date() - timedelta(days=days - 1)
    since = day_bounds(first)[0]
    rows = Order.objects.visible_to(user)
    placed = _per_day(rows.filter(placed_at__gte=since), "placed_at")
    sent = _per_day(rows.filter(dispatched_at__gte=since), "dispatched_at")
    half, tenth = _hours_per_day(rows.filter(dispatched_at__gte=since))
    every = [first + timedelta(days=i) for i in range(days)]
    return Flow(
        [f"{d.day} {d:%b}" for d in every], [placed.get(d, 0) for d in every], [sent.get(d, 0) for d in every],
        [half.get(d) for d in every], [tenth.get(d) for d in every],
    )  # fmt: skip


def _hours_per_day(rows: Any) -> tuple[dict[date, float], dict[date, float]]:
    """Median and slowest tenth of the hours to dispatch, by the day it left."""
    days = rows.annotate(day=TruncDate("dispatched_at", tzinfo=business_zone())).values("day").order_by("day")
    found = list(days.annotate(half=Percentile(TOOK, at=0.5), tenth=Percentile(TOOK, at=0.9)))
    return {r["day"]: _hours(r["half"]) for r in found}, {r["day"]: _hours(r["tenth"]) for r in found}


def _hours(took: timedelta) -> float:
    return round(took.total_seconds() / 3600, 1)


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
    found = dict(Order.objects.visible_to(user).open().values_list("stage").annotate(n=Count("pk")))
    book = stages()
    keys = sorted(found, key=lambda k: book[k].position)
    return [
        Bar(
            book[k].label,
            found[k],
            str(found[k]),
            orders_url(view="open", stage=k),
            tone=book[k].tone if book[k].tone in ("late", "wait") else "",
        )
        for k in keys
    ]


def causes(user: Any) -> list[Bar]:
    """What stands in the way of open orders now, most frequent first; an order may have several."""
    rows = Order.objects.visible_to(user)
    found = counts([rows.blocked_by(kind) for kind, _ in BLOCKERS])
    return [
        Bar(label, n, str(n), orders_url(view="all", blocker=kind))
        for (kind, label), n in sorted(zip(BLOCKERS, found, strict=True), key=lambda c: -c[1])
        if n
    ]
