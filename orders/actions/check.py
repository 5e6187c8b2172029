"""Run the checks over new orders and write what they find as holds. The only writer of check holds and approvals asked for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from oms.events.models import Event
from oms.events.publish import Fact, publish, publish_all
from oms.kernel.actors import Actor, as_actor
from oms.kernel.clock import now
from oms.kernel.db import insert_rows
from oms.kernel.errors import Refused
from orders.actions.progress import refresh_all
from orders.checking.buyers import lock_buyers
from orders.checking.due import due_moment
from orders.checking.facts import load
from orders.checking.registry import Finding, findings
from orders.checking.rulebook import Setting, rulebook
from orders.locks import lock_order, lock_orders
from orders.models import Approval, ApprovalState, Hold, Order
from orders.states import OPEN_STATUSES, OrderStatus

CHECKER = Actor("rule", "Order checks")
OF_THE_ADDRESS = frozenset({"blocked", "postal_code", "completeness", "zone"})
HOLD_COLUMNS = (
    "order", "reason", "detail", "owner_team", "placed_by", "placed_at", "cleared_by", "clear_note", "rule", "due_at", "score",
)  # fmt: skip
APPROVAL_COLUMNS = ("order", "amount", "currency", "state", "requested_by", "requested_by_name", "requested_at", "note")


@dataclass(frozen=True)
class Checked:
    """What a check on demand changed: holds put on, and holds taken off because their cause is gone."""

    held: int
    cleared: int


def check_placed(events: Iterable[Event]) -> None:
    """Check orders in the transaction that places them, one statement for the whole batch while nothing is found."""
    placed = {event.payload["order_id"]: event for event in events}
    book = rulebook()
    if not book:
        return
    lock_buyers(list(placed), book)
    found = [
        f for order in load(list(placed), book, hours=_hours(book), placed_now=True) for f in findings(order, book)
    ]
    if found:
        _hold(_once_per_reason(found))
        _ask(found, {pk: (event.actor_user_id, event.actor_name) for pk, event in placed.items()})
        refresh_all(lock_orders({f.order.number for f in found}))


@transaction.atomic
def check_again(number: str, *, actor: Any) -> Checked:
    """Check a new order once more: new findings hold it, holds whose cause is gone are cleared.

    What a person cleared with a reason stays cleared, and what was declined stays declined, while the finding is the same.
    Refuses an order past "new".
    """
    order = lock_order(number)
    if order.status != OrderStatus.NEW or order.is_historical:
        raise Refused(
            "not_new", f"{number} is {order.get_status_display().lower()}; checks are for orders not confirmed yet."
        )
    book = rulebook()
    lock_buyers([order.pk], book)
    checked = _recheck(order, book, actor)
    publish("orders.checked", subject=number, actor=actor, held=checked.held, cleared=checked.cleared)
    return checked


def check_changed(order: Order, *, actor: Any) -> Checked:
    """Check a locked open order whose content or address has changed, and say so when that changed its holds.

    A new order is asked everything again. Later only what concerns sending it there: nobody doubts the buyer of a
    confirmed order anew.
    """
    book = dict(rulebook())
    if order.is_historical or order.status not in OPEN_STATUSES:
        return Checked(0, 0)
    if order.status != OrderStatus.NEW:
        book = {key: setting for key, setting in book.items() if key in OF_THE_ADDRESS}
    checked = _recheck(order, book, actor)
    if checked != Checked(0, 0):
        publish("orders.checked", subject=order.number, actor=CHECKER, held=checked.held, cleared=checked.cleared)
    return checked


def _recheck(order: Order, book: Mapping[str, Setting], actor: Any) -> Checked:
    facts = load([order.pk], book, hours=_hours(book), statuses=[order.status])
    found = [f for one in facts for f in findings(one, book)]
    is_new = order.status == OrderStatus.NEW
    placed_on = list(Hold.objects.filter(order=order, line__isnull=True).order_by("pk"))
    held = _renew(found, placed_on)
    cleared = _drop(found, [h for h in placed_on if is_new or h.rule in book])
    if any(h.rule == "amount" and h.declined_at and h.cleared_at is None for h in placed_on):
        pass  # answered: it is asked again by a person, or when the amount is another one
    elif any(f.setting.key == "amount" for f in found):
        _ask(found, {order.pk: _who_placed(order, actor)})
    elif is_new:
        Approval.objects.filter(order=order, state=ApprovalState.WAITING).update(state=ApprovalState.WITHDRAWN)
    refresh_all([order])
    return Checked(held, len(cleared))


def _renew(found: Sequence[Finding], holds: Sequence[Hold]) -> int:
    """Hold for what is new, and let the holds that stay say what is true now."""
    by_rule = {h.rule: h for h in holds if h.rule and h.cleared_at is None}
    reasons = {h.reason_id for h in holds if h.cleared_at is None}
    decided = {(h.rule, h.detail) for h in holds if h.cleared_at and h.cleared_by != CHECKER.name}
    for f in found:
        if (hold := by_rule.get(f.setting.key)) and hold.detail != f.sentence[:300]:
            hold.detail, hold.score = f.sentence[:300], f.score
            if hold.declined_at:  # the no was to another question; the timeline keeps it
                hold.declined_at, hold.said, hold.owner_team = None, "", f.setting.owner_team
                hold.due_at = due_moment(f.setting, now())
            hold.save(update_fields=["detail", "score", "declined_at", "said", "owner_team", "due_at"])
    new = [
        f for f in found
        if f.setting.key not in by_rule
        and f.setting.reason_id not in reasons
        and (f.setting.key == "amount" or (f.setting.key, f.sentence[:300]) not in decided)
    ]  # fmt: skip
    new = _once_per_reason(new)
    _hold(new)
    return len(new)


def _drop(found: Sequence[Finding], holds: Sequence[Hold]) -> list[Hold]:
    still = {f.setting.key for f in found}
    gone = [h for h in holds if h.rule and h.cleared_at is None and h.rule not in still]
    Hold.objects.filter(pk__in=[h.pk for h in gone]).update(
        cleared_at=now(), cleared_by=CHECKER.name, clear_note="Checked again: found nothing any more"
    )
    return gone


def _once_per_reason(found: Sequence[Finding]) -> list[Finding]:
    """Two checks that an admin gave the same reason make one hold; the first one's sentence stands."""
    return list({(f.order.order_id, f.setting.reason_id): f for f in reversed(found)}.values())[::-1]


def _hold(found: Sequence[Finding]) -> None:
    at = now()
    rows = [
        (f.order.order_id, f.setting.reason_id, f.sentence[:300], f.setting.owner_team, CHECKER.name, at, "", "",
         f.setting.key, due_moment(f.setting, at), f.score)
        for f in found
    ]  # fmt: skip
    insert_rows(Hold, HOLD_COLUMNS, rows)
    facts = [
        Fact("orders.held", f.order.number, payload={
            "reason": f.setting.reason_key, "label": f.setting.reason_label, "detail": f.sentence, "until": None})
        for f in found
    ]  # fmt: skip
    publish_all(facts, actor=CHECKER)


def _ask(found: Sequence[Finding], placers: Mapping[int, tuple[int | None, str]]) -> None:
    """One waiting approval per order whose amount needs one."""
    large = [f for f in found if f.setting.key == "amount"]
    if not large:
        return
    for f in large:  # it waits already, and the amount has changed meanwhile
        Approval.objects.filter(order=f.order.order_id, state=ApprovalState.WAITING).exclude(
            amount=f.order.total
        ).update(amount=f.order.total)
    waiting = set(
        Approval.objects.filter(order__in=[f.order.order_id for f in large], state=ApprovalState.WAITING).values_list(
            "order_id", flat=True
        )
    )
    rows = [
        (f.order.order_id, f.order.total, f.order.currency, "waiting", *placers[f.order.order_id], now(), "")
        for f in large
        if f.order.order_id not in waiting
    ]
    insert_rows(Approval, APPROVAL_COLUMNS, rows)


def _who_placed(order: Order, actor: Any) -> tuple[int | None, str]:
    """The person who placed it; for orders no person placed, whoever asks now."""
    first = Event.objects.filter(stream=order.number, name="orders.placed").first()
    if first and first.actor_user_id:
        return first.actor_user_id, first.actor_name
    who = as_actor(actor)
    return who.user_id, who.name


def _hours(book: Mapping[str, Setting]) -> int:
    return max((book[key].window_hours for key in ("twin", "velocity") if key in book), default=24)
