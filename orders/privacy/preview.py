"""What an erasure would take and leave, counted; and everything that is kept of a customer, to give it to them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Sum

from oms.kernel.clock import now
from oms.kernel.errors import Refusal
from oms.kernel.personal import BOOK
from orders.actions.erase import what_changes
from orders.models import Customer, Order
from orders.privacy.files import Waiting, waiting_of
from orders.privacy.person import person_of
from orders.privacy.reach import mentioning, named, rows_of
from orders.privacy.rules import refusals

# Machine columns that tell a person nothing about themselves.
LEFT_OUT = frozenset({"search_terms", "source_hash", "sha256", "path", "tx"})


@dataclass(frozen=True)
class Preview:
    """`goes`: (what, how many rows hold something of them); `stays`: per currency (orders, amount); `waiting`: imports that
    are not through and lose rows of theirs, or their whole files."""

    goes: list[tuple[str, int]]
    stays: list[tuple[str, int, Any]]
    has_tax_id: bool
    refusals: list[Refusal]
    waiting: list[Waiting]


def preview_erasure(customer: Customer) -> Preview:
    orders = Order.objects.filter(customer=customer)
    sums = orders.values("currency").annotate(n=models.Count("pk"), worth=Sum("total")).order_by("currency")
    made = what_changes(customer)
    return Preview(
        sorted(made.counts.items()), [(row["currency"], row["n"], row["worth"]) for row in sums], bool(customer.tax_id),
        refusals(customer, list(orders)), waiting_of(made.imports),
    )  # fmt: skip


def everything(customer: Customer) -> dict[str, Any]:
    """All that is kept of the customer as JSON-ready values, row by row, under the same words as the preview's.

    Of files and messages that speak of others too only their names and days: giving those out is a person's decision.
    """
    told: dict[str, list[dict[str, Any]]] = {}
    reached = list(rows_of(customer))
    for model, rows in reached:
        if found := [_told(row) for row in rows.order_by("pk").values()]:
            told.setdefault(named(model), []).extend(found)
    others = person_of(customer, reached).of_others()
    mentions: dict[str, int] = {}
    if others is not None:
        for label, where in BOOK.beside.items():
            model = apps.get_model(label)
            if n := mentioning(model, where.columns, others).count():
                mentions[named(model)] = n
    made: datetime = now()
    return {
        "customer": str(customer),
        "made_at": made.isoformat(),
        "kept": told,
        "mentioned_beside_others_in": mentions,
    }


def _told(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: f"{len(value)} bytes" if isinstance(value, (bytes, memoryview)) else value
        for name, value in row.items() if name not in LEFT_OUT and value not in (None, "", [], {})
    }  # fmt: skip
