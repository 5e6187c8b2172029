"""Keep an address or a contact of a customer: add one, change one."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from oms.access.models import User
from oms.kernel.errors import Refused
from orders.customers.cards import MOST, CardKind
from orders.locks import lock_customer
from orders.models import Customer
from orders.models.customer import CustomerCard


@transaction.atomic
def add_card(kind: CardKind, customer_pk: int, values: Mapping[str, Any], *, actor: Any) -> CustomerCard:
    """Keep a new card with `values` {column of the kind: value}; orders placed already keep what they were given.

    Refuses one that is kept already, and more than MOST. Where it is the usual one, no other is any more.
    """
    customer = lock_customer(customer_pk)
    if kind.of(customer).count() >= MOST:
        raise Refused("too_many", f"{customer} has {MOST} {kind.noun}s already; change one that is not used any more.")
    _refuse_twin(kind, customer, values)
    _take_marks(kind, customer, values, actor)
    card = kind.model(**{"customer": customer} | {name: values[name] for name in kind.columns})
    return save_card(card, actor=actor)


@transaction.atomic
def change_card(
    kind: CardKind, customer_pk: int, pk: int, values: Mapping[str, Any], *, seen: int, actor: Any
) -> CustomerCard:
    """Set `values` on a card that is still at version `seen`. Writing what is there already changes nothing.

    Refuses with the code "stale" when somebody saved it meanwhile, one that is retired, and what add_card refuses.
    """
    customer = lock_customer(customer_pk)
    card = found_card(kind, customer, pk)
    changed = [name for name in kind.columns if name in values and values[name] != getattr(card, name)]
    if not changed:
        return card
    if card.version != seen:
        raise Refused("stale", f"Somebody saved this {kind.noun} while you were editing it. Compare, then save again.")
    if card.retired_at:
        raise Refused("retired", f"This {kind.noun} is retired; take it up again first.")
    _refuse_twin(kind, customer, {**vars(card), **values}, but=pk)
    _take_marks(kind, customer, {name: values[name] for name in changed}, actor, but=pk)
    for name in changed:
        setattr(card, name, values[name])
    return save_card(card, *changed, actor=actor)


def found_card(kind: CardKind, customer: Customer, pk: int) -> CustomerCard:
    """The card as it stands under the customer's lock; refuses when it is not there any more."""
    card = kind.of(customer).filter(pk=pk).first()
    if card is None:
        raise Refused("card_gone", f"That {kind.noun} is not kept any more.")
    return card


def save_card(card: CustomerCard, *changed: str, actor: Any, why: str = "") -> CustomerCard:
    """Save a new card, or `changed` of a kept one, with who did it in its past."""
    if isinstance(actor, User):
        card._history_user = actor  # type: ignore[attr-defined]  # read by simple-history
    card._change_reason = why[:100] or None  # type: ignore[attr-defined]
    if card.pk is None:
        card.save()
    else:
        card.version += 1
        card.save(update_fields=[*changed, "version", "updated_at"])
    return card


def _refuse_twin(kind: CardKind, customer: Customer, values: Mapping[str, Any], but: int | None = None) -> None:
    if twin := kind.twin(customer, values, but=but):
        raise Refused("kept_already", f"This {kind.noun} is kept already: {getattr(twin, 'label', '') or twin}.")


def _take_marks(
    kind: CardKind, customer: Customer, values: Mapping[str, Any], actor: Any, but: int | None = None
) -> None:
    """What becomes the usual one takes that from the one that was."""
    for mark in kind.usual:
        if values.get(mark):
            for other in kind.of(customer).in_use().filter(**{mark: True}).exclude(pk=but):
                setattr(other, mark, False)
                save_card(other, mark, actor=actor)
