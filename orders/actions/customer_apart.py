"""Say that two customers who look the same are not, and take that back."""

from typing import Any

from django.db import transaction

from oms.access.models import User
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders.customers.apart import rows_of
from orders.locks import lock_customer
from orders.models import Customer, CustomersApart

LONGEST = 200


@transaction.atomic
def tell_apart(pk: int, other_pk: int, *, why: str = "", actor: Any) -> CustomersApart:
    """Let nobody be asked again whether the two are the same, nor merge them until it is taken back. Twice is once.

    Refuses a customer and themselves, and what lock_customer refuses.
    """
    one, other = _both(pk, other_pk)
    if found := CustomersApart.objects.filter(one=one, other=other).first():
        return found
    who = as_actor(actor)
    row = CustomersApart(
        one=one, other=other, at=now(), by_user_id=who.user_id, by=who.name[:80], why=_words(why)[:LONGEST]
    )
    _signed(row, actor).save()
    return row


@transaction.atomic
def take_apart_back(pk: int, other_pk: int, *, actor: Any) -> None:
    """Let the two be suggested again. That they were told apart, and by whom, stays in their past. Twice is once."""
    one, other = _both(pk, other_pk)
    if found := CustomersApart.objects.filter(one=one, other=other).first():
        _signed(found, actor).delete()


def move_apart(kept: Customer, gone: Customer, *, actor: Any) -> int:
    """What was said of `gone` holds for `kept`, who takes them in; how many. The caller holds both, and has refused to
    merge two who are told apart.

    The rows are locked as they are read: two merges may each take in one side of the same pair.
    """
    rows = list(rows_of(gone).select_for_update(of=("self",)).order_by("pk"))
    for row in rows:
        partner = row.other_id if row.one_id == gone.pk else row.one_id
        one, other = sorted((kept.pk, partner))
        why = f"{gone} is {kept}"
        if CustomersApart.objects.filter(one=one, other=other).exists():
            _signed(row, actor, why).delete()
        else:
            row.one_id, row.other_id = one, other
            _signed(row, actor, why).save(update_fields=["one", "other"])
    return len(rows)


def _both(pk: int, other_pk: int) -> tuple[Customer, Customer]:
    """Both locked, the lower id first."""
    if pk == other_pk:
        raise Refused("same_customer", "Choose two different customers.")
    one, other = sorted((pk, other_pk))
    return lock_customer(one), lock_customer(other)


def _words(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())


def _signed(row: CustomersApart, actor: Any, why: str = "") -> CustomersApart:
    """`row`, whose next past says who changed it and why."""
    if isinstance(actor, User):
        row._history_user = actor  # type: ignore[attr-defined]  # read by simple-history
    row._change_reason = why[:100] or None  # type: ignore[attr-defined]
    return row
