"""Retire an address or a contact of a customer, and take it up again."""

from typing import Any

from django.db import transaction

from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders.actions.customer_keep import found_card, save_card
from orders.customers.cards import CardKind
from orders.locks import lock_customer
from orders.models.customer import CustomerCard


@transaction.atomic
def retire_card(kind: CardKind, customer_pk: int, pk: int, *, actor: Any) -> CustomerCard:
    """Offer the card nowhere any more; its past and the orders that went there stay. Twice is once."""
    card = found_card(kind, lock_customer(customer_pk), pk)
    if card.retired_at:
        return card
    for mark in kind.usual:
        setattr(card, mark, False)
    card.retired_at = now()
    return save_card(card, "retired_at", *kind.usual, actor=actor)


@transaction.atomic
def take_up_card(kind: CardKind, customer_pk: int, pk: int, *, actor: Any) -> CustomerCard:
    """Offer a retired card again. Refuses when one in use says the same by now."""
    customer = lock_customer(customer_pk)
    card = found_card(kind, customer, pk)
    if not card.retired_at:
        return card
    if twin := kind.twin(customer, vars(card), but=pk):
        raise Refused("kept_already", f"The same {kind.noun} is in use already: {twin}.")
    card.retired_at = None
    return save_card(card, "retired_at", actor=actor)
