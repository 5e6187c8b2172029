"""How urgent a new order is, by the rules admins set. Pure: the order about to be stored in, its priority and why out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from oms.kernel.money import format_money
from oms.kernel.plural import plural


@dataclass(frozen=True)
class PriorityOf:
    """One switched-on rule; a condition that is None or empty asks nothing. `total_from` is in the book currency."""

    id: int
    name: str
    position: int
    priority: int
    channel_id: int | None = None
    group_id: int | None = None
    group_name: str = ""
    tag: str = ""
    total_from: Decimal | None = None
    within_hours: int | None = None


def priority_of(row: Mapping[str, Any]) -> PriorityOf:
    """A row of the table as JSON, with the name of its group."""
    return PriorityOf(
        row["id"], row["name"], row["position"], row["priority"], row["channel_id"], row["group_id"], row["group_name"],
        row["tag"], None if row["total_from"] is None else Decimal(str(row["total_from"])), row["promised_within_hours"],
    )  # fmt: skip


def set_priority(order: Any, group_id: int | None, rules: Sequence[PriorityOf], at: datetime) -> None:
    """Give a live order the priority of the first rule whose every condition holds, and the rule's words for why."""
    rule = next((r for r in rules if _holds(r, order, group_id, at)), None) if not order.is_historical else None
    if rule:
        order.priority = rule.priority
        said = ", ".join(_said(rule, order))
        order.priority_why = (f"{rule.name}: {said}" if said else rule.name)[:160]


def _holds(rule: PriorityOf, order: Any, group_id: int | None, at: datetime) -> bool:
    if rule.channel_id not in (None, order.channel_id) or (rule.group_id and rule.group_id != group_id):
        return False
    if rule.tag and rule.tag.lower() not in {tag.lower() for tag in order.tags}:
        return False
    if rule.total_from is not None and (order.book_total is None or order.book_total < rule.total_from):
        return False
    return rule.within_hours is None or bool(
        order.promised_at and order.promised_at <= at + timedelta(hours=rule.within_hours)
    )


def _said(rule: PriorityOf, order: Any) -> Iterator[str]:
    if rule.channel_id:
        yield order.channel.name
    if rule.group_id:
        yield f"customer of {rule.group_name}"
    if rule.tag:
        yield f"tag {rule.tag}"
    if rule.total_from is not None:
        yield f"{format_money(rule.total_from, order.book_currency)} or more"
    if rule.within_hours is not None:
        yield f"promised within {plural(rule.within_hours, 'hour')}"
