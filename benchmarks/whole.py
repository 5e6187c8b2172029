"""What hangs on an order, copied with it: lines, events, history, payments, work, parcels, whatever refers to it.

The id of a copied row follows from the running number of its order, so that copies find each other without being looked up.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection, models

BASE = 1_000_000_000  # ids of copies begin here, far behind those of real rows
MOST = 100  # rows of one table that hang on an order
NAME = "'B-' || g"  # of copy `g`
ORDER_ID = f"{BASE} + g * {MOST}"


@dataclass
class Sample:
    """One real order: its id, its number, and the ids of what refers to it, by model and in order."""

    pk: int
    number: str
    parts: dict[type[models.Model], list[int]] = field(default_factory=dict)

    def new_id(self, model: type[models.Model], old: int) -> str:
        """SQL for the id that row `old` has in copy `g`."""
        if (at := self.parts[model].index(old)) >= MOST:
            raise ValueError(f"{model.__name__}: more than {MOST} rows hang on one order")
        return f"{BASE} + g * {MOST} + {at}"


def sample_of(pk: int, number: str, only: Callable[[type[models.Model]], bool] = lambda model: True) -> Sample:
    """The order and all rows that refer to it, to one of these, or to its number."""
    from fulfilment.models import FulfilmentOrder
    from inventory.models import RoutingDecision
    from oms.events.models import Delivery, Event
    from orders.models import Order

    sample = Sample(pk, number, {Order: [pk]})
    named = {Event: {"stream": number}, RoutingDecision: {"order_number": number}}
    for model, words in named.items():
        if only(model) and (ids := _ids(model, **words)):
            sample.parts[model] = ids
    waiting: list[type[models.Model]] = [Order]
    while waiting:
        parent = waiting.pop()
        for child, link in _referring(parent):
            if child in sample.parts or child is Delivery or not only(child):
                continue
            if ids := _ids(child, **{f"{link}__in": sample.parts[parent]}):
                sample.parts[child] = ids
                waiting.append(child)
    assert not only(FulfilmentOrder) or FulfilmentOrder in sample.parts, "the sample was never worked on"
    return sample


def copy(sample: Sample, first: int, last: int, which: str) -> int:
    """Copy the parts of the sample for every `g` from `first` to `last` for which the SQL `which` holds; how many rows.

    The orders themselves are the caller's: their ids are `BASE + g * MOST`, their numbers `B-g`.
    """
    from orders.models import Order

    made = 0
    with connection.cursor() as cursor:
        for model, ids in sample.parts.items():
            if model is Order:
                continue
            columns = {f.column: _value(sample, model, f) for f in model._meta.concrete_fields if not _is_computed(f)}
            names, values = ", ".join(f'"{name}"' for name in columns), ", ".join(columns.values())
            cursor.execute(
                f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {values} FROM generate_series({first}, {last}) AS g, '
                f'(SELECT * FROM "{model._meta.db_table}" WHERE id IN ({", ".join(map(str, ids))}) ORDER BY id) AS r '
                f"WHERE {which}"
            )
            made += cursor.rowcount
        made += _copy_history(cursor, sample, first, last, which) if len(sample.parts) > 2 else 0
    return made


def _ids(model: type[models.Model], **words: Any) -> list[int]:
    return list(model._base_manager.filter(**words).order_by("pk").values_list("pk", flat=True))


def _referring(parent: type[models.Model]) -> Iterator[tuple[type[models.Model], str]]:
    for model in apps.get_models():
        if model is not parent and not hasattr(model, "history_object"):
            for link in model._meta.concrete_fields:
                if link.is_relation and link.related_model is parent:
                    yield model, link.name


def _is_computed(f: models.Field) -> bool:
    return getattr(f, "generated", False)


def _value(sample: Sample, model: type[models.Model], f: models.Field) -> str:
    """SQL for one column of a copied row."""
    if f.primary_key:
        return _chosen("id", {old: sample.new_id(model, old) for old in sample.parts[model]})
    if f.is_relation and f.related_model in sample.parts:
        kin = f.related_model
        return _chosen(f.column, {old: sample.new_id(kin, old) for old in sample.parts[kin]})
    if isinstance(f, models.UUIDField) and f.unique:
        return "gen_random_uuid()"
    if isinstance(f, models.CharField | models.TextField):
        replaced = f"replace(r.\"{f.column}\", '{sample.number}', {NAME})"
        return f"{replaced} || '-' || g" if _is_name(model, f) and f.column != "stream" else replaced
    return f'r."{f.column}"'


def _chosen(column: str, ids: dict[int, str]) -> str:
    cases = " ".join(f"WHEN {old} THEN {new}" for old, new in ids.items())
    return f'CASE r."{column}" {cases} ELSE r."{column}" END'


def _is_name(model: type[models.Model], f: models.Field) -> bool:
    """Whether no two rows may have the same text there."""
    return f.unique or any(
        c.fields == (f.name,) for c in model._meta.constraints if isinstance(c, models.UniqueConstraint)
    )


def _copy_history(cursor: Any, sample: Sample, first: int, last: int, which: str) -> int:
    """The versions of the order itself: they know it by its id, without a key."""
    from orders.models import Order

    history = Order.history.model
    changed = {"id": ORDER_ID, "number": NAME}
    columns = [f.column for f in history._meta.concrete_fields if not f.primary_key and not _is_computed(f)]
    names = ", ".join(f'"{c}"' for c in columns)
    values = ", ".join(changed.get(c, f'r."{c}"') for c in columns)
    table = history._meta.db_table
    cursor.execute(
        f'INSERT INTO "{table}" ({names}) SELECT {values} FROM generate_series({first}, {last}) AS g, '
        f'(SELECT * FROM "{table}" WHERE id = {sample.pk} ORDER BY history_id) AS r WHERE {which}'
    )
    return cursor.rowcount
