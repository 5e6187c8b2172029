"""Many rows from few: whole orders copied with everything that hangs on them, for tests of pages with many rows.

The originals come from real actions; a copy differs in its numbers only. The books of stock do not add up afterwards, so this
is for reading pages, never for tests of behaviour.
"""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import models

from oms.events.models import Event
from orders.models import Order, RecurringRun

OURS = ("oms", "orders", "payments", "fulfilment", "returns", "notifications")
ALONE = (RecurringRun,)  # a day of a schedule has one order
Rows = dict[type[models.Model], list[Any]]


def copy_orders(orders: Iterable[Order], times: int) -> None:
    """Add `times` copies of each order with its lines, events, payments, parcels, returns and messages."""
    made: dict[tuple[Any, int, int], Any] = {}
    for model, rows in _parents_first(_with_children(list(orders))).items():
        copies = [(row, k, _copy(row, k, made)) for row in rows for k in range(times)]
        model._base_manager.bulk_create([copy for _, _, copy in copies])  # type: ignore[attr-defined]
        made |= {(model, row.pk, k): copy.pk for row, k, copy in copies}


def _with_children(orders: list[Order]) -> Rows:
    """The orders and every row that points at one of them, directly or through another row."""
    found: Rows = {Order: orders, Event: list(Event.objects.filter(stream__in=[o.number for o in orders]))}
    left = [m for m in apps.get_models() if m.__module__.split(".")[0] in OURS and m not in (*found, *ALONE)]
    grew = True
    while grew:
        grew = False
        for model in list(left):
            to = [f for f in _links(model) if f.related_model in found]
            asked = models.Q()
            for link in to:
                asked |= models.Q(**{f"{link.attname}__in": [row.pk for row in found[link.related_model]]})
            if to and (rows := list(model._base_manager.filter(asked))):  # type: ignore[attr-defined]
                found[model] = rows
                left.remove(model)
                grew = True
    return found


def _parents_first(found: Rows) -> Rows:
    placed: Rows = {}
    while len(placed) < len(found):
        for model, rows in found.items():
            if model not in placed and {f.related_model for f in _links(model)} & found.keys() <= placed.keys() | {
                model
            }:
                placed[model] = rows
    return placed


def _copy(row: Any, k: int, made: dict[tuple[Any, int, int], Any]) -> Any:
    values = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}
    for link in _links(type(row)):
        values[link.attname] = made.get((link.related_model, values[link.attname], k), values[link.attname])
    for name in _names(type(row)):
        if values[name]:
            values[name] = f"{values[name]}-{k}"
    return type(row)(**values)


def _links(model: type[models.Model]) -> list[Any]:
    return [f for f in model._meta.concrete_fields if f.is_relation]


def _names(model: type[models.Model]) -> list[str]:
    """The texts that must differ from row to row."""
    keys = {name for c in model._meta.constraints if isinstance(c, models.UniqueConstraint) for name in c.fields}
    texts = [f for f in model._meta.concrete_fields if isinstance(f, models.CharField)]
    return [f.name for f in texts if (f.unique or f.name in keys or f.name in ("subject", "stream")) and not f.choices]
