"""What must always be true of customers who were merged."""

from collections.abc import Iterator
from functools import cache

from oms.ops.doctor.registry import Finding, check
from oms.ops.doctor.sql import findings
from orders.models import Customer, CustomerMerge, Erasure

# What stays with the record that went: where it went to, and what was done with it.
STAYS = (Customer, CustomerMerge, Erasure)


@check("customers.merged", "Nothing hangs on a customer who is part of another one, and one step leads to that one")
def merged() -> Iterator[Finding]:
    yield from findings("""
        SELECT c.id, 'leads to a customer who is part of another one' FROM orders_customer c
        JOIN orders_customer k ON k.id = c.merged_into_id WHERE k.merged_into_id IS NOT NULL ORDER BY c.id""")
    yield from findings(_left_behind())


@cache
def _left_behind() -> str:
    """One statement over every table that leads to a customer."""
    parts = []
    for relation in Customer._meta.related_objects:
        model, key = relation.related_model, relation.field.column
        if model not in STAYS and isinstance(model, type):
            theirs = str(model._meta.verbose_name_plural).replace("'", "''")
            parts.append(
                f"SELECT id, 'is part of another customer, but {theirs} are still theirs' FROM orders_customer c "  # noqa: S608
                f'WHERE merged_into_id IS NOT NULL AND EXISTS (SELECT FROM "{model._meta.db_table}" WHERE "{key}" = c.id)'
            )
    return " UNION ALL ".join(parts)
