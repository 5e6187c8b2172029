"""Ask those who said no to a hold once more."""

from typing import Any

from django.db import transaction

from oms.events.publish import publish
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders.actions.check import check_changed
from orders.actions.decline import kept_words
from orders.actions.progress import refresh
from orders.answering import home_team, require_undecided
from orders.checking.due import due_moment
from orders.checking.rulebook import rulebook
from orders.locks import lock_order
from orders.models import Hold, Order


@transaction.atomic
def ask_again(number: str, *, hold_id: int, note: str, actor: Any) -> Order:
    """Give a declined hold back to its owners with `note`, what is different now. Checks a new order again on the way.

    Refuses a hold nobody said no to, an order that is over, and without a word why.
    """
    order = lock_order(number)
    require_undecided(order)
    hold = Hold.objects.select_related("reason").filter(order=order, pk=hold_id, cleared_at__isnull=True).first()
    if hold is None or hold.declined_at is None:
        raise Refused("not_declined", "Nobody has said no to that hold.")
    if not kept_words(note):
        raise Refused("reason_missing", "Say what is different now, so that they need not ask back.")
    setting = rulebook().get(hold.rule)
    hold.owner_team = home_team(hold)
    hold.declined_at, hold.said = None, f"{as_actor(actor).name} asks again: {kept_words(note)}"
    hold.due_at = due_moment(setting, now()) if setting else None
    hold.save(update_fields=["owner_team", "declined_at", "said", "due_at"])
    if hold.rule:
        check_changed(order, actor=actor)
    refresh(order)
    publish("orders.asked_again", subject=number, actor=actor, label=hold.reason.label, note=note, hold=hold.pk)
    return order
