"""Dispatch turnaround: per day, how many orders left, how long they took and how many kept their promise."""

from datetime import date
from statistics import median
from typing import Any

from oms.kernel.clock import business_date
from orders.models import Order
from reports.home import orders_url
from reports.queries.base import Col, Report, Row, Span


def rows(user: Any, span: Span) -> list[Row]:
    sent = Order.objects.visible_to(user).filter(dispatched_at__gte=span.start, dispatched_at__lt=span.end)
    days: dict[date, list[tuple[float, bool]]] = {}
    for placed, left, promised in (
        sent.order_by("dispatched_at").values_list("placed_at", "dispatched_at", "promised_at").iterator()
    ):
        late = promised is not None and left > promised
        days.setdefault(business_date(left), []).append(((left - placed).total_seconds() / 3600, late))
    return [_row(day, found) for day, found in days.items()]


def _row(day: date, found: list[tuple[float, bool]]) -> Row:
    hours, late = [h for h, _ in found], sum(is_late for _, is_late in found)
    query = {"view": "all", "dispatched_from": str(day), "dispatched_to": str(day)}
    values = (day, len(found), round(median(hours), 1), round(max(hours), 1), len(found) - late, late)
    return Row(values, {0: orders_url(**query), 1: orders_url(**query), 5: orders_url(**query, missed="on")})


REPORT = Report(
    "dispatch-turnaround", "Dispatch turnaround", "From placed to the first parcel out of the door, by the day it left.",
    (Col("Day", "date"), Col("Dispatched", "number", True), Col("Median hours", "hours"), Col("Slowest hours", "hours"),
     Col("In time", "number", True), Col("Late", "number", True)),
    rows, dated_by="dispatched",
)  # fmt: skip
