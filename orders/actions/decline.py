"""Say no to what a hold asks: the order goes, with the reason, to the team that may cancel or change it."""

from typing import Any

from django.db import transaction

from oms.events.publish import publish
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders.actions.assign import set_assignee
from orders.actions.progress import refresh
from orders.answering import may_decline, require_undecided, team_after_a_no
from orders.checking.due import due_moment
from orders.checking.rulebook import rulebook
from orders.locks import lock_order
from orders.models import Hold, Order

LONGEST = 300


@transaction.atomic
def decline_hold(number: str, *, hold_id: int, note: str, actor: Any) -> Order:
    """Keep the hold and hand the order on. `note` is why; the next team reads it as what to do.

    Refuses without a reason, whoever does not answer this hold, a hold answered already, one of a team that may cancel,
    and an order that is over.
    """
    order = lock_order(number)
    require_undecided(order)
    hold = Hold.objects.select_related("reason").filter(order=order, pk=hold_id, cleared_at__isnull=True).first()
    if hold is None:
        raise Refused("hold_gone", "That hold is already cleared.")
    if refusal := may_decline(hold, actor):
        raise Refused.because([refusal])
    if not kept_words(note):
        raise Refused("reason_missing", "Say why not: whoever cancels or changes the order reads it.")
    taken_from = say_no(order, hold, note=note, actor=actor)
    refresh(order)
    publish(
        "orders.hold_declined", subject=number, actor=actor, reason=hold.reason.key, label=hold.reason.label, note=note,
        hold=hold.pk, taken_from=taken_from,
    )  # fmt: skip
    return order


def say_no(order: Order, hold: Hold, *, note: str, actor: Any) -> str:
    """Store the no on an open hold of a locked order; the time to decide begins anew for the next team.

    Somebody of another team is no longer the person to ask: else the order would be nobody's in the queue it goes to. Gives
    their name, for the event.
    """
    at, setting = now(), rulebook().get(hold.rule)
    hold.declined_at, hold.said = at, f"{as_actor(actor).name} said no: {kept_words(note)}"
    hold.owner_team, hold.due_at = team_after_a_no(), due_moment(setting, at) if setting else None
    hold.save(update_fields=["declined_at", "said", "owner_team", "due_at"])
    if (was := order.assignee) is None or hold.owner_team in was.teams:
        return ""
    set_assignee(order, None)
    return as_actor(was).name


def kept_words(note: str) -> str:
    """What somebody said to a hold, without its full stop: it stands within sentences."""
    return note.strip()[:LONGEST].rstrip(" .")
