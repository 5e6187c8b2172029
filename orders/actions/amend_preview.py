"""Show what an amendment would do by doing it and taking it back: the preview cannot differ from the application."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from oms.kernel.errors import Refused
from orders.actions.amend import draft_amendment
from orders.actions.amend_apply import run_amendment
from orders.amending.change import Change, rows_of
from orders.amending.effects import Effects, effects_of, look
from orders.amending.words import said
from orders.locks import lock_amendment, lock_order
from orders.models import Amendment, ChangeKind, Order

BESIDE = (
    ChangeKind.SHIPPING,
    ChangeKind.DATE,
    ChangeKind.ADDRESS,
    ChangeKind.SHIP_TO,
)  # what no line of the preview shows


def preview_amendment(number: str, *, actor: Any) -> Effects:
    """What document `number` would do to its order as it stands now. Nothing is changed; the order is locked meanwhile."""
    with transaction.atomic():
        order, amendment = lock_amendment(number)
        effects = _rehearse(order, amendment, actor)
        transaction.set_rollback(True)
    return effects


def preview_changes(number: str, changes: Sequence[Change], *, reason: str, actor: Any) -> Effects:
    """The same for changes nobody has written down; raises Refused when they cannot even be drafted."""
    with transaction.atomic():
        lock_order(number)
        amendment = draft_amendment(number, changes, reason=reason, actor=actor)
        effects = _rehearse(amendment.order, amendment, actor)
        transaction.set_rollback(True)
    return effects


def _rehearse(order: Order, amendment: Amendment, actor: Any) -> Effects:
    before, refused = look(order), None
    words = [(row, said(order, row)) for row in rows_of(amendment)]
    sentences, beside = [says for _, says in words], [says for row, says in words if row.kind in BESIDE]
    try:
        with transaction.atomic():
            run_amendment(order, amendment, actor=actor, rehearsal=True)
    except Refused as closed:
        refused = closed
    order = Order.objects.get(pk=order.pk)
    return effects_of(amendment, before, look(order), sentences=sentences, beside=beside, refused=refused)
