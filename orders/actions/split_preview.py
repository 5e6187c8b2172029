"""Show what a split would do by doing it and taking it back (docs/decisions/0011)."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from oms.kernel.errors import Refused
from orders.actions.split import split_order
from orders.amending.effects import look
from orders.locks import lock_order
from orders.splitting.effects import SplitEffects, lines_split, part_of, work_words


def preview_split(number: str, *, quantities: Mapping[int, int], reason: str, actor: Any) -> SplitEffects:
    """What the split would make of the order as it stands now. Nothing is changed; the order is locked meanwhile."""
    with transaction.atomic():
        order = lock_order(number)
        before, version, total, currency = look(order), order.version, order.total, order.currency
        try:
            with transaction.atomic():
                order, new = split_order(number, quantities=quantities, reason=reason, actor=actor)
                after, other = look(order), look(new)
        except Refused as refused:
            effects = SplitEffects(version, currency, total, refusals=refused.reasons)
        else:
            effects = SplitEffects(
                version, currency, total, part_of(after.order), part_of(other.order), lines_split(before, after, other),
                work_words(before, after, other), tuple(other.holds.values()),
            )  # fmt: skip
        transaction.set_rollback(True)
    return effects
