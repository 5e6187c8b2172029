"""Every row that hangs on one customer: by foreign keys from their record and their orders down, whatever app it is of."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from django.apps import apps
from django.db import connection, models
from django.db.models import ForeignKey, Model, Q, QuerySet

from inventory.models import PurchaseOrder
from oms.kernel.personal import BOOK
from orders.models import Customer, Order

MOST = 5_000  # keys named in one statement


@cache
def keys_down() -> dict[type[Model], tuple[ForeignKey, ...]]:
    """Each model below customers and orders, parents before children, with its keys to those above it."""
    found: dict[type[Model], tuple[ForeignKey, ...]] = {Customer: (), Order: ()}
    while True:
        more: dict[type[Model], tuple[ForeignKey, ...]] = {}
        for model in apps.get_models():
            ups = tuple(
                f for f in model._meta.concrete_fields if isinstance(f, ForeignKey) and f.related_model in found
            )
            if ups and model not in found:
                more[model] = ups
        if not more:
            return found
        found |= more


def rows_of(customer: Customer) -> Iterator[tuple[type[Model], QuerySet]]:
    """(model, its rows of this customer), the order itself first and its kept past last: changing rows adds to it."""
    ids: dict[type[Model], list[int]] = {}
    last = []
    for model, ups in keys_down().items():
        if model is Customer:
            rows = Customer._base_manager.filter(Q(pk=customer.pk) | Q(merged_into=customer.pk))
        elif model is Order:
            rows = Order._base_manager.filter(customer__in=ids[Customer])
        else:
            condition = Q()
            for up in ups:
                parent = getattr(up, "related_model", None)
                condition |= Q(**{f"{up.attname}__in": ids[parent]}) if isinstance(parent, type) else Q()
            rows = model._base_manager.filter(condition)
        ids[model] = list(rows.values_list("pk", flat=True))
        if model._meta.label == "orders.Past":
            last.append((model, rows))
        else:
            yield model, rows
    yield from _pasts(ids)
    yield from _by_number(ids[Order])
    yield from last


def _pasts(ids: dict[type[Model], list[int]]) -> Iterator[tuple[type[Model], QuerySet]]:
    """History rows name what they are the past of by its number alone."""
    for model in apps.get_models():
        of = getattr(model, "instance_type", None)
        if ids.get(of):
            key = of._meta.pk.attname
            yield model, model._base_manager.filter(**{f"{key}__in": ids[of]})


def _by_number(orders: Sequence[int]) -> Iterator[tuple[type[Model], QuerySet]]:
    """Rows of lower apps, which know an order by its number; and of what was bought to be sent to its customer."""
    numbers = list(Order.objects.filter(pk__in=orders).values_list("number", flat=True))
    bought = (
        list(PurchaseOrder.objects.filter(order_number__in=numbers).values_list("number", flat=True)) if numbers else []
    )
    for label, column in BOOK.of_order.items():
        yield (model := apps.get_model(label)), model._base_manager.filter(**{f"{column}__in": [*numbers, *bought]})


def mentioning(model: type[Model], columns: Iterable[str], pattern: re.Pattern[str]) -> QuerySet:
    """Rows of `model` of which one of `columns` holds what only this person has."""
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    posix = pattern.pattern.replace(r"(?<!\w)", "").replace(r"(?!\w)", "").replace("(?:", "(")
    asked = []
    for name in columns:
        column = model._meta.get_field(name)
        text = (
            f"encode({quote(column.column)}, 'escape')"
            if isinstance(column, models.BinaryField)
            else f"{quote(column.column)}::text"
        )
        asked.append(f"{text} ~* %s")
    sql = f"SELECT {quote(model._meta.pk.column)} FROM {table} WHERE {' OR '.join(asked)}"  # noqa: S608  names of models
    with connection.cursor() as cursor:
        cursor.execute(sql, [posix] * len(asked))
        found = [pk for (pk,) in cursor.fetchall()]
    return model._base_manager.filter(pk__in=found)


def named(model: type[Model]) -> str:
    """What these rows are called on pages; a history goes by the name of what it is the past of."""
    label = model._meta.label.replace("Historical", "")
    return BOOK.labels.get(label) or str(model._meta.verbose_name_plural).removeprefix("historical ").capitalize()
