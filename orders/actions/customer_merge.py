"""Make two customers one: one keeps its number and gets everything, the other leads there."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max, Model, QuerySet

from oms.access.models import User
from oms.events.publish import Fact, publish, publish_all
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.db import copy_history, limit_lock_wait
from oms.kernel.errors import Refused
from orders.actions.customer_apart import move_apart
from orders.actions.customer_keep import save_card
from orders.customers.cards import ADDRESS, CONTACT
from orders.customers.merging import GONE, KEPT, conflicts_of, priced_twice, record_after, refusals, stamp
from orders.locks import lock_orders, lock_standing
from orders.models import (
    BlanketOrder,
    ChatAlias,
    CreditAccount,
    Customer,
    CustomerContact,
    CustomerMerge,
    Order,
    PriceList,
    RecurringOrder,
)

MOST = 300
FORMER = "Former record"
# Moved as they are: documents of the customer, which nothing of the other one's contradicts.
WHOLE: dict[type[Model], str] = {RecurringOrder: "recurring orders", BlanketOrder: "blanket orders"}


@transaction.atomic
def merge_customers(
    kept_pk: int, gone_pk: int, *, choice: Mapping[str, str], reason: str, actor: Any, seen: str = ""
) -> CustomerMerge:
    """Put everything of customer `gone_pk` on `kept_pk`: orders, addresses, contacts, prices, credit, words, schedules, agreements.

    `choice` is {key of a conflict: "kept" or "gone"}; the side that stays wins where nothing is chosen. Orders keep what
    they were given: names, addresses, prices, rates. The checks of those not confirmed yet are asked again afterwards
    (customer_check.py). Refuses with every obstacle, without a reason, and with
    "customers_moved" when what was to be chosen between (`seen`, see merging.stamp) is not what it was.

    Locks: schedules, agreements and orders of the one that goes, as every action takes those first; then both customers, by
    id. An order that
    comes in meanwhile holds its customer from its first statement on (capture.known.BUYERS): it is either stored before
    this goes on, and moved, or waits and is told where the customer went.
    """
    if not (reason := reason.replace("\x00", "").strip()):
        raise Refused("reason_missing", "Say why they are the same; whoever looks for the other one reads it.")
    lock_standing(gone_pk)
    lock_orders(Order.objects.filter(customer=gone_pk).values_list("number", flat=True))
    kept, gone = _both(kept_pk, gone_pk)
    if seen and seen != stamp(kept, gone):
        raise Refused("customers_moved", "One of the two changed since you looked. Compare, then merge again.")
    wins = {conflict.key: choice.get(conflict.key, KEPT) for conflict in conflicts_of(kept, gone)}
    moved = _move_terms(kept, gone, wins, actor) | _move_cards(kept, gone, wins, actor)
    moved |= {
        noun: _repoint(model._default_manager.filter(customer=gone), kept, actor) for model, noun in WHOLE.items()
    }
    moved["customers told apart"] = move_apart(kept, gone, actor=actor)
    moved["orders"] = _move_orders(kept, gone, reason, actor)
    _put_records_together(kept, gone, wins, reason, actor)
    who = as_actor(actor)
    merge = CustomerMerge.objects.create(
        kept=kept, gone=gone, at=now(), by_user_id=who.user_id, by=who.name[:80], reason=reason[:MOST], chosen=wins,
        moved={noun: n for noun, n in moved.items() if n},
    )  # fmt: skip
    publish("customers.merged", subject=f"customer-{kept.pk}", actor=actor, merge=merge.pk)
    return merge


def _both(kept_pk: int, gone_pk: int) -> tuple[Customer, Customer]:
    """Both under the one lock that conflicts with storing an order of theirs."""
    limit_lock_wait()
    rows = Customer.objects.select_for_update(of=("self",)).filter(pk__in=(kept_pk, gone_pk)).order_by("pk")
    found = {customer.pk: customer for customer in rows}
    if kept_pk not in found or gone_pk not in found:
        raise Refused("customer_not_found", "One of the two is not there any more; choose again.")
    kept, gone = found[kept_pk], found[gone_pk]
    if closed := refusals(kept, gone):
        raise Refused.because(closed)
    return kept, gone


def _move_orders(kept: Customer, gone: Customer, reason: str, actor: Any) -> int:
    """The orders say whose they are now; all else of them was frozen when they were placed."""
    theirs = Order.objects.filter(customer=gone).values_list("number", flat=True)
    numbers = {
        order.pk: order.number for order in lock_orders(theirs)
    }  # those that came in before the customers were locked, too
    _repoint(Order.objects.filter(pk__in=list(numbers)), kept, actor, why=f"{gone} is {kept}")
    payload = {"detail": f"{gone} is {kept}: {reason}"[:MOST], "customer": kept.pk, "was": gone.pk}
    publish_all([Fact("orders.customer_merged", number, payload=payload) for number in numbers.values()], actor=actor)
    return len(numbers)


def _repoint(rows: QuerySet, kept: Customer, actor: Any, *, why: str = "") -> int:
    """Rows, whatever they are, become the kept one's, each with its past."""
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    rows.model._base_manager.filter(pk__in=ids).update(customer=kept)
    copy_history(rows.model, ids, kind="~", user_id=as_actor(actor).user_id, reason=why)
    return len(ids)


def _move_terms(kept: Customer, gone: Customer, wins: Mapping[str, str], actor: Any) -> dict[str, int]:
    """Credit, own prices and the words of their messages."""
    accounts = CreditAccount.objects.filter(customer=gone)
    if wins.get("credit") == GONE:
        _delete(CreditAccount.objects.get(customer=kept), actor)
    elif wins.get("credit") == KEPT:
        _delete(accounts.get(), actor)
    moved = {"credit terms": _repoint(accounts, kept, actor)}
    if priced_twice(kept, gone):
        _rank_behind(*((gone, kept) if wins["prices"] == GONE else (kept, gone)), actor)
    moved["price lists"] = _repoint(PriceList.objects.filter(customer=gone), kept, actor)
    winner, loser = (gone, kept) if wins.get("words") == GONE else (kept, gone)
    taught = set(ChatAlias.objects.filter(customer=winner).values_list("words", flat=True))
    for alias in ChatAlias.objects.filter(customer=loser, words__in=taught):
        _delete(alias, actor)
    return moved | {"words": _repoint(ChatAlias.objects.filter(customer=gone), kept, actor)}


def _rank_behind(winner: Customer, loser: Customer, actor: Any) -> None:
    """Lists of the loser give way to those of the winner where both name a product."""
    last = winner.price_lists.aggregate(last=Max("rank"))["last"]
    for step, price_list in enumerate(loser.price_lists.order_by("rank", "pk"), start=1):
        price_list.rank = last + step
        _by(price_list, actor).save(update_fields=["rank", "updated_at"])


def _move_cards(kept: Customer, gone: Customer, wins: Mapping[str, str], actor: Any) -> dict[str, int]:
    """Addresses and contacts; what is kept already is not kept twice, and the usual ones of the one that stays go on."""
    moved: dict[str, int] = {}
    for kind, noun in ((ADDRESS, "addresses"), (CONTACT, "contacts")):
        marked = {mark for mark in kind.usual if kind.of(kept).in_use().filter(**{mark: True}).exists()}
        for card in kind.of(gone).order_by("pk"):
            changed = [mark for mark in kind.usual if mark in marked and getattr(card, mark)]
            for mark in changed:
                setattr(card, mark, False)
            if not card.retired_at and kind.twin(kept, vars(card)):
                card.retired_at = now()
                changed.append("retired_at")
            card.customer = kept  # type: ignore[attr-defined]
            save_card(card, "customer", *changed, actor=actor, why=f"{gone} is {kept}")
            moved[noun] = moved.get(noun, 0) + 1
    return moved


def _put_records_together(kept: Customer, gone: Customer, wins: Mapping[str, str], reason: str, actor: Any) -> None:
    """The record that stays; the other keeps its name and key, so that both lead here. What lost stays as a contact."""
    after = record_after(kept, gone, wins)
    for side in (kept, gone):
        lost = {
            name: getattr(side, name)
            for name in ("email", "phone")
            if wins.get(name) == (GONE if side is kept else KEPT)
        }
        if lost and not CONTACT.twin(kept, {"name": side.name, **lost}):
            save_card(CustomerContact(customer=kept, name=side.name, part=FORMER, **lost), actor=actor)
    for name, value in after.items():
        setattr(kept, name, value)
    shells = list(Customer.objects.filter(merged_into=gone).values_list("pk", flat=True))
    Customer.objects.filter(pk__in=shells).update(merged_into=kept)  # so that one step leads to the end
    gone.merged_into, gone.group = kept, None
    _by(kept, actor, f"Took {gone} in: {reason}").save(update_fields=[*after, "updated_at"])
    _by(gone, actor, f"Merged into {kept}: {reason}").save(update_fields=["merged_into", "group", "updated_at"])


def _by(row: Any, actor: Any, why: str = "") -> Any:
    """`row`, whose next past says who changed it and why."""
    if isinstance(actor, User):
        row._history_user = actor
    row._change_reason = why[:100] or None
    return row


def _delete(row: Model, actor: Any) -> None:
    _by(row, actor, "The other side of a merge won").delete()
