"""Take the next order of a queue in hand; keep it, give it back, take it over."""

from typing import Any

from django.db import transaction

from oms.events.publish import publish
from oms.kernel import claims
from oms.kernel.errors import Refused
from orders.locks import lock_order
from orders.models import Order
from orders.queues import Query, filtered, next_first


@transaction.atomic
def take_next_order(query: Query, *, actor: Any) -> Order:
    """Claim the most urgent order of the queue `query` for `actor`, a person. Refuses when none is free.

    Never gives one order to two people, whoever asks at the same moment; a claim that ran out does not count.
    """
    order = claims.claim_next(next_first(filtered(actor, query), actor), user=actor)
    if order is None:
        raise Refused("nothing_to_take", "Nothing is free in this queue: every order of it is done or in hand.")
    _say("orders.claimed", order, actor)
    return order


@transaction.atomic
def claim_order(number: str, *, actor: Any) -> Order:
    """Take `number` in hand, or keep it for longer. Refuses what somebody else has, and an order nobody must act on."""
    order = lock_order(number)
    if not order.next_action:
        raise Refused("nothing_to_do", f"{number} waits for nobody; there is nothing to take in hand.")
    claims.claim(order, actor)
    _say("orders.claimed", order, actor)
    return order


@transaction.atomic
def release_claim(number: str, *, actor: Any) -> Order:
    """Give `number` back to its queue. Refuses unless `actor` has it."""
    order = lock_order(number)
    claims.release(order, actor)
    publish("orders.claim_released", subject=number, actor=actor)
    return order


@transaction.atomic
def take_over_claim(number: str, *, reason: str, actor: Any) -> Order:
    """Take `number` out of somebody else's hand. Refuses without a reason, which the timeline keeps."""
    order = lock_order(number)
    before = claims.take_over(order, actor, reason)
    publish("orders.claim_taken_over", subject=number, actor=actor, before=before, reason=reason.strip())
    return order


def _say(name: str, order: Order, actor: Any) -> None:
    assert order.claimed_until is not None
    publish(name, subject=order.number, actor=actor, step=order.claimed_step, until=order.claimed_until.isoformat())
