"""Show what a merge would do by doing it and taking it back (docs/decisions/0011)."""

from typing import Any

from django.db import transaction

from oms.kernel.errors import Refused
from orders.actions.merge import merge_orders
from orders.amending.effects import World, look
from orders.locks import lock_orders
from orders.splitting.effects import MergeEffects, part_of, work_words


def preview_merge(number: str, *, other: str, reason: str, actor: Any, address_of: str = "") -> MergeEffects:
    """What would become of the two orders as they stand now. Nothing is changed; both are locked meanwhile."""
    with transaction.atomic():
        orders = {order.number: order for order in lock_orders([number, other])}
        if len(orders) < 2:
            raise Refused("order_not_found", "One of the two orders is not there any more; choose again.")
        kept, gone = look(orders[number]), look(orders[other])
        versions = (orders[number].version, orders[other].version)
        try:
            with transaction.atomic():
                merge_orders(number, other=other, reason=reason, actor=actor, address_of=address_of)
                after, ended = look(orders[number]), look(orders[other])
        except Refused as refused:
            effects = MergeEffects(*versions, part_of(kept.order), part_of(gone.order), refusals=refused.reasons)
        else:
            effects = MergeEffects(
                *versions, part_of(kept.order), part_of(gone.order), part_of(after.order),
                tuple(line for pk, line in after.lines.items() if pk not in kept.lines),
                work_words(_together(kept, gone), after, ended),
                tuple(text for pk, text in after.holds.items() if pk not in kept.holds),
            )  # fmt: skip
        transaction.set_rollback(True)
    return effects


def _together(one: World, two: World) -> World:
    return World(one.order, one.lines, {**one.work, **two.work}, one.labels, one.refunds, one.holds, one.free)
