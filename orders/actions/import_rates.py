"""Take exchange rates over from a file: all of it or nothing."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from oms.events.publish import publish
from oms.kernel.errors import Refusal, Refused
from oms.kernel.nudge import nudge_on_commit
from orders.models import BookCurrency, ExchangeRate
from orders.models.exchange import BOOK
from orders.rates import read_rates

SHOWN = 20
VALUE_TASK = "orders.tasks.value_orders"


@dataclass(frozen=True)
class Imported:
    """Rates the file brought: not there before, there with another value, there as they are."""

    new: int
    changed: int
    same: int


@transaction.atomic
def import_rates(text: str, *, actor: Any, source: str = "") -> Imported:
    """Store the rates of the file; one that is there for its day is replaced, with its past kept. Twice changes nothing.

    Orders keep what they were placed at; those that have no rate are valued now, by the worker. Refuses with the rows
    that are wrong, and then changes nothing.
    """
    given, wrong = read_rates(text, book=book_currency(), source=source.strip())
    if wrong:
        more = [Refusal("more", f"And {len(wrong) - SHOWN} more rows.")] if len(wrong) > SHOWN else []
        raise Refused.because([*(Refusal("row_wrong", sentence) for sentence in wrong[:SHOWN]), *more])
    days, codes = {g.day for g in given}, {g.currency for g in given}
    rows = ExchangeRate.objects.select_for_update().filter(day__in=days, currency__in=codes)
    known = {(row.currency, row.into, row.day): row for row in rows}
    new = changed = 0
    for g in given:
        row = known.get((g.currency, g.into, g.day))
        if row is None:
            ExchangeRate.objects.create(currency=g.currency, into=g.into, day=g.day, rate=g.rate, source=g.source)
            new += 1
        elif row.rate != g.rate:
            row.rate, row.source = g.rate, g.source
            row.save(update_fields=["rate", "source"])
            changed += 1
    if new or changed:
        publish("orders.rates_imported", subject="exchange-rates", actor=actor, rows=new + changed)
        nudge_on_commit(VALUE_TASK)
    return Imported(new, changed, len(given) - new - changed)


def book_currency() -> str:
    """The currency of the books."""
    return BookCurrency.objects.values_list("currency", flat=True).first() or BOOK
