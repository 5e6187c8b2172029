"""Correct the record of a customer: name, company, e-mail, phone, tax number, CRM link, note."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from oms.access.models import User
from oms.kernel.errors import Refused
from orders.customers.record import COLUMNS, key_after, stamp
from orders.locks import lock_customer
from orders.models import Customer


@transaction.atomic
def change_customer(pk: int, values: Mapping[str, str], *, seen: str, country: str, actor: Any) -> Customer:
    """Set `values` {column of COLUMNS: text} on a customer whose record is still as `seen` (record.stamp); orders placed
    already keep what they were given. Writing what is there already changes nothing.

    Their next orders find them by the new e-mail or phone. Refuses with the code "stale" when somebody changed the record
    meanwhile, "unreachable" when nothing would be left to find them by, and "known_already" when another customer has it.
    """
    customer = lock_customer(pk)
    changed = [name for name in COLUMNS if name in values and values[name] != getattr(customer, name)]
    if not changed:
        return customer
    if stamp(customer) != seen:
        raise Refused("stale", "Somebody changed this customer while you were editing. Compare, then save again.")
    for name in changed:
        setattr(customer, name, values[name])
    if {"email", "phone"} & set(changed):
        changed += _find_by(customer, key_after(customer, country=country), actor)
    if isinstance(actor, User):
        customer._history_user = actor  # type: ignore[attr-defined]  # read by simple-history
    try:
        with transaction.atomic():
            customer.save(update_fields=[*changed, "updated_at"])
    except IntegrityError:  # their first order came in by that very e-mail or phone a moment ago
        raise _known_already(Customer.objects.filter(match_key=customer.match_key).first(), actor) from None
    return customer


def _find_by(customer: Customer, key: str, actor: Any) -> list[str]:
    """Set the key that finds the customer; the columns that changed."""
    if key == customer.match_key:
        return []
    if not key:
        raise Refused("unreachable", "Leave an e-mail or a phone: their next order finds them by it.")
    holder = Customer.objects.filter(match_key=key).select_related("merged_into").first()
    if holder and holder.stays == customer:
        return []  # it leads here already, by way of a customer they took in
    if holder:
        raise _known_already(holder.stays, actor)
    customer.match_key = key
    return ["match_key"]


def _known_already(other: Customer | None, actor: Any) -> Refused:
    """Names the other one only to who may see them."""
    shown = Customer.objects.visible_to(actor) if isinstance(actor, User) else Customer.objects.all()
    if other is None or not shown.filter(pk=other.pk).exists():
        return Refused(
            "known_already",
            "A customer you may not see is known by that e-mail or phone. Ask the owner to merge the two.",
        )
    return Refused(
        "known_already", f"{other}, customer {other.pk}, is known by that e-mail or phone. Merge the two if they are the same.",
        other=other.pk,
    )  # fmt: skip
