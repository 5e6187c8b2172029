"""Give an order the exchange rate it was placed without, or correct one that was wrong (CU-10)."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from oms.events.publish import publish
from oms.kernel.clock import business_date, business_zone
from oms.kernel.db import fetch
from oms.kernel.errors import Refused
from oms.kernel.money import format_money
from orders.actions.check import check_changed
from orders.actions.progress import refresh
from orders.exchange import IN_FORCE, MOST, PLACES, Rate, plain, set_rate
from orders.locks import lock_free, lock_order
from orders.models import Order

BATCH = 25  # their locks are held together: somebody at the desk waits no longer than that
WAITING = f"""
SELECT g.number, f.rate, f.day FROM (
  SELECT number, currency, placed_at, (placed_at AT TIME ZONE %(zone)s)::date AS day FROM orders_order WHERE book_rate IS NULL
) g CROSS JOIN LATERAL ({IN_FORCE.format("g")}) f ORDER BY g.placed_at LIMIT %(most)s
"""  # noqa: S608  constants


@transaction.atomic
def record_rate(number: str, *, rate: Decimal, actor: Any, reason: str = "") -> Order:
    """Freeze `rate` (of one unit, in the book currency) as the order's own, for the day it was placed.

    An order that has a rate needs a `reason`: rates that come later change nothing, only a person who says why. The
    same rate again changes nothing. What was held because its worth was not known is checked again.
    """
    order = lock_order(number)
    _check(order, rate)
    was = order.book_rate
    if was == rate:
        return order
    if was is not None and not reason.strip():
        raise Refused("reason_missing", f"{number} has a rate of {plain(was)} already. Say why it is wrong.")
    _freeze(order, Rate(rate, business_date(order.placed_at)), was, reason.strip(), actor)
    return order


def value_waiting(*, actor: Any, most: int = BATCH) -> int:
    """Value up to `most` orders without a rate for whose day the table of rates has one by now; returns how many.

    Orders that somebody holds are left for the next time, so several may do it at once, and nobody at the desk waits.
    """
    with transaction.atomic():
        found = {
            n: Rate(rate, day) for n, rate, day in fetch(WAITING, {"zone": str(business_zone()), "most": 8 * most})
        }
        waiting = [order for order in lock_free(found, most) if order.book_rate is None]
        for order in waiting:
            _freeze(order, found[order.number], None, "", actor)
    return len(waiting)


def _check(order: Order, rate: Decimal) -> None:
    if order.currency == order.book_currency:
        raise Refused(
            "book_currency", f"{order.number} is in {order.currency}, the currency of the books; it needs no rate."
        )
    if not 0 < rate < MOST:
        raise Refused(
            "rate_impossible", f"One {order.currency} in {order.book_currency}: enter a number above zero, like 55.2."
        )
    if rate != round(rate, PLACES):
        raise Refused("rate_too_fine", f"A rate has at most {PLACES} decimals.")


def _freeze(order: Order, rate: Rate, was: Decimal | None, reason: str, actor: Any) -> None:
    set_rate(order, order.book_currency, rate)
    refresh(order, "book_rate", "book_rate_on", "book_total")
    detail = f"1 {order.currency} = {plain(rate.rate)} {order.book_currency}{_of(rate.on)}"
    if order.book_total is not None:
        detail += f", {format_money(order.book_total, order.book_currency)} in all"
    if was is not None:
        detail += f"; it was {plain(was)}. {reason[:200]}"
    publish(
        "orders.rate_recorded", subject=order.number, actor=actor, rate=plain(rate.rate), of=str(rate.on),
        was=plain(was) if was is not None else "", worth=str(order.book_total), book=order.book_currency, detail=detail,
        why=reason[:300],
    )  # fmt: skip
    check_changed(order, actor=actor)


def _of(day: date | None) -> str:
    return f", the rate of {day.day} {day:%b %Y}" if day else ""
