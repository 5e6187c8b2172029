"""One buyer's orders are checked one after the other: two placed in the same instant see each other."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from oms.kernel.db import fetch
from orders.checking.facts import PHONE

# Locks of this many drawers, not of each buyer: a file of ten thousand buyers must not fill PostgreSQL's lock table.
DRAWERS = 512
SPACE = 0x0B0E  # the first half of the advisory lock's key: "buyers of orders"

# A twin is found by customer or phone, a debt by customer. Sorted, so that two batches never wait for each other.
LOCK = f"""
SELECT pg_advisory_xact_lock({SPACE}, drawer) FROM (
  SELECT DISTINCT abs(hashtext(k.who) %% {DRAWERS}) AS drawer FROM orders_order o
  CROSS JOIN LATERAL (VALUES ('customer ' || o.customer_id), ('phone ' || NULLIF({PHONE.format("o.phone")}, ''))) AS k(who)
  WHERE o.id = ANY(%(ids)s::bigint[]) AND k.who IS NOT NULL AND (%(near)s OR o.payment_terms = 'credit')
  ORDER BY 1
) d
"""  # noqa: S608  constants


def lock_buyers(order_ids: Sequence[int], rules: Collection[str] | Mapping[str, Any]) -> None:
    """Let no other order of these buyers be checked until this transaction ends, where a check of `rules` compares orders.

    Call it before the facts are read, in a statement of its own: what the other one committed is visible only after.
    In the order of locks it stands after order rows and before stock rows. Costs nothing while no check compares.
    """
    near = bool({"twin", "velocity", "fraud"} & set(rules))
    if near or "credit" in rules:
        fetch(LOCK, {"ids": list(order_ids), "near": near})
