"""Let one order's promises of stock become another's: nothing is given back in between, no counter changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from inventory.kits import copy_recipe
from inventory.models import Allocation, Backorder, RoutingDecision
from oms.kernel.clock import now
from oms.kernel.errors import Refused


@dataclass(frozen=True)
class Portion:
    """Units of one line that become another line's: `short` from the queue, `held` from its promises.

    `busy` {location id: units} are being worked on there and go last; `stuck` are packed there and do not go at all.
    """

    line_id: int
    new_line_id: int
    short: int = 0
    held: int = 0
    busy: Mapping[int, int] = field(default_factory=dict)
    stuck: Mapping[int, int] = field(default_factory=dict)


def hand_over(portions: Sequence[Portion], *, from_order: str, to_order: str) -> None:
    """Make each portion the promise of its new line, soft as soft, hard as hard, with its place in the queue.

    Under the locks of both orders. Refuses when fewer units can go than are asked for.
    """
    for portion in portions:
        copy_recipe(portion.line_id, portion.new_line_id)
        _queue(portion, to_order)
        _promises(portion, to_order)
    if from_order != to_order:
        _tell_why(from_order, to_order)


def _tell_why(from_order: str, to_order: str) -> None:
    """The units lie where they lay, for the reason they were put there; the new order's papers must say it too."""
    held = (
        Allocation.objects.filter(order_number=to_order).select_related("location").order_by("line_id", "location_id")
    )
    sent = [(a.line_id, a.product_id, a.location.code, a.qty) for a in held]
    decision = RoutingDecision.objects.filter(order_number=from_order).order_by("-pk").first()
    if not sent or decision is None:
        return
    decision.pk, decision._state.adding = None, True
    decision.order_number, decision.at = to_order, now()
    decision.reason = f"Came with its units from {from_order}. {decision.reason}"[:300]
    decision.sent, decision.short = [list(row) for row in sent], {}
    decision.places = list(dict.fromkeys(row[2] for row in sent))
    decision.save()


def _queue(portion: Portion, to_order: str) -> None:
    left = portion.short
    for waiting in Backorder.objects.filter(line_id=portion.line_id).order_by("pk"):
        take = min(left, waiting.qty)
        left -= take
        if take == waiting.qty:
            waiting.line_id, waiting.order_number = portion.new_line_id, to_order
            waiting.save(update_fields=["line_id", "order_number"])
        elif take:
            waiting.qty -= take
            waiting.save(update_fields=["qty"])
            # The place in the queue is the buyer's, not the document's.
            Backorder.objects.create(
                line_id=portion.new_line_id, order_number=to_order, product_id=waiting.product_id, qty=take,
                eta=waiting.eta, created_at=waiting.created_at,
            )  # fmt: skip
    _all_there(left)


def _promises(portion: Portion, to_order: str) -> None:
    held = list(Allocation.objects.filter(line_id=portion.line_id).order_by("-kind", "-pk"))
    taken: dict[int, int] = {}
    left = portion.held
    for kept in (portion.busy, portion.stuck):
        for allocation in held:
            free = allocation.qty - taken.get(allocation.pk, 0) - kept.get(allocation.location_id, 0)
            take = max(0, min(left, free))
            taken[allocation.pk] = taken.get(allocation.pk, 0) + take
            left -= take
    _all_there(left)
    for allocation in held:
        if take := taken[allocation.pk]:
            _give(allocation, take, portion.new_line_id, to_order)


def _give(allocation: Allocation, take: int, new_line_id: int, to_order: str) -> None:
    if take == allocation.qty:
        allocation.line_id, allocation.order_number = new_line_id, to_order
        allocation.save(update_fields=["line_id", "order_number"])
        return
    allocation.qty -= take
    allocation.save(update_fields=["qty"])
    Allocation.objects.create(
        line_id=new_line_id, order_number=to_order, product_id=allocation.product_id, location_id=allocation.location_id,
        kind=allocation.kind, qty=take, expires_at=allocation.expires_at, created_at=allocation.created_at,
    )  # fmt: skip


def _all_there(left: int) -> None:
    if left:
        raise Refused(
            "promises_moved", "The stock behind these units has just changed. Reload the order and try again."
        )
