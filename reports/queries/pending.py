"""Pending and delayed: what is open now by stage, how much of it is late, and for how long it has waited."""

from typing import Any

from django.db.models import Count, Min, Q, Sum

from oms.access.roles import Team
from oms.kernel.clock import now
from orders.models import Order
from orders.stagebook import stages
from reports.home import orders_url
from reports.queries.base import Col, Report, Row, Span

TEAMS: dict[str, str] = dict(Team.choices)


def rows(user: Any, span: Span) -> list[Row]:
    at, book = now(), stages()
    delayed = Q(promised_at__lt=at, qty_dispatched=0)
    found = (
        Order.objects.visible_to(user)
        .open()
        .filter(placed_at__gte=span.start, placed_at__lt=span.end)
        .values("stage")
        .annotate(
            n=Count("pk"), late=Count("pk", filter=Q(due_at__lt=at)), slow=Count("pk", filter=delayed), units=Sum("qty_ordered"),
            oldest=Min("stage_since"),
        )
    )  # fmt: skip
    ready = sorted(found, key=lambda s: book[s["stage"]].position)
    return [_row(book[s["stage"]], s, span) for s in ready]


def _row(stage: Any, s: dict[str, Any], span: Span) -> Row:
    query = {"view": "open", "stage": s["stage"], "placed_from": str(span.first), "placed_to": str(span.last)}
    team = TEAMS.get(stage.owner_team, "")
    values = (stage.label, team, s["n"], s["units"], s["late"], s["slow"], s["oldest"])
    extra = {0: {}, 2: {}, 4: {"late": "on"}, 5: {"delayed": "on"}}
    return Row(values, {i: orders_url(**query, **more) for i, more in extra.items()})


REPORT = Report(
    "pending-and-delayed", "Pending and delayed", "Open orders by stage: late for their next step, and past their promised dispatch.",
    (Col("Stage"), Col("Owner"), Col("Orders", "number", True), Col("Units", "number", True), Col("Late", "number", True),
     Col("Dispatch delayed", "number", True), Col("Oldest since", "moment")),
    rows,
)  # fmt: skip
