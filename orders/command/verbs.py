"""The steps of the order desk that can be typed: the same rules, permissions and actions as the buttons."""

from collections.abc import Callable, Iterable
from typing import Any

from oms.access.models import User
from oms.kernel.errors import Refusal, Refused
from oms.kernel.lifecycle import refusals
from orders.actions.assign import assign_order
from orders.actions.cancel import cancel_order
from orders.actions.claim import claim_order
from orders.actions.confirm import confirm_order
from orders.actions.hold import clear_hold, hold_order
from orders.actions.note import add_note
from orders.actions.release import release_order
from orders.actions.tag import tag_order
from orders.answer import released
from orders.command.registry import Plan, Verb, register
from orders.models import CancelReason, Hold, HoldReason, Order
from orders.policies import may_move
from orders.tags import read_tag


def closed(order: Order, user: Any, move: str, *, asks_state: bool = True) -> tuple[Refusal, ...]:
    """Why `move` is closed now: the order is asked first, then the person, as on the order page."""
    found = tuple(refusals(order, move)) if asks_state else ()
    refusal = None if found else may_move(user, "order", move)
    return (refusal,) if refusal else found


def confirm(order: Order, rest: str, user: Any) -> Plan:
    return Plan(
        f"Confirm {order.number} of {_whose(order)}. Its stock becomes hard-allocated.",
        _then(lambda: confirm_order(order.number, actor=user), f"{order.number} is confirmed."),
        closed(order, user, "confirm"),
    )


def release(order: Order, rest: str, user: Any) -> Plan:
    return Plan(
        f"Release {order.number} of {_whose(order)} to picking.",
        _then(lambda: release_order(order.number, actor=user), released(order)),
        closed(order, user, "release"),
    )


def hold(order: Order, rest: str, user: Any) -> Plan:
    why, detail = _reason(rest, HoldReason.objects.filter(is_active=True))
    found = closed(order, user, "hold", asks_state=False)
    if not found and not order.is_open:
        found = (
            Refusal(
                "not_open", f"{order.number} is {order.get_status_display().lower()}; only open orders can be held."
            ),
        )
    return Plan(
        f"Put {order.number} of {_whose(order)} on hold: {why.label}{_more(detail)}.",
        _then(
            lambda: hold_order(order.number, reason=why.key, detail=detail, actor=user), f"{order.number} is on hold."
        ),
        found,
    )


def clear(order: Order, rest: str, user: Any) -> Plan:
    waiting = list(Hold.objects.filter(order=order, cleared_at__isnull=True).select_related("reason")[:2])
    if len(waiting) != 1:
        several = "more than one hold; open it and choose" if waiting else "not on hold"
        raise Refused("which_hold", f"{order.number} is {several}.".replace("is more", "has more"))
    (one,) = waiting
    return Plan(
        f"Clear the hold “{one.reason.label}” of {order.number}{_more(rest)}.",
        _then(lambda: clear_hold(order.number, hold_id=one.pk, note=rest, actor=user), "The hold is cleared."),
        closed(order, user, "clear_hold", asks_state=False),
    )


def cancel(order: Order, rest: str, user: Any) -> Plan:
    why, note = _reason(rest, CancelReason.objects.filter(is_active=True))
    return Plan(
        f"Cancel {order.number} of {_whose(order)}: {why.label}{_more(note)}. Frees its stock and stops all work on it.",
        _then(
            lambda: cancel_order(order.number, reason=why.key, note=note, actor=user), f"{order.number} is cancelled."
        ),
        closed(order, user, "cancel"),
    )


def take(order: Order, rest: str, user: Any) -> Plan:
    return Plan(
        f"Take {order.number} of {_whose(order)} in hand.",
        _then(lambda: claim_order(order.number, actor=user), f"{order.number} is yours."),
    )


def assign(order: Order, rest: str, user: Any) -> Plan:
    to = _person(rest, user)
    whom = to.display_name if to else "the team"
    return Plan(
        f"Assign {order.number} of {_whose(order)} to {whom}.",
        _then(
            lambda: assign_order(order.number, username=to.username if to else "", actor=user),
            f"{order.number} belongs to {whom}.",
        ),
    )


def tag(order: Order, rest: str, user: Any) -> Plan:
    word = read_tag(rest)
    return Plan(
        f"Put the tag “{word}” on {order.number} of {_whose(order)}.",
        _then(lambda: tag_order(order.number, add=[word], actor=user), f"{order.number} has the tag “{word}”."),
    )


def untag(order: Order, rest: str, user: Any) -> Plan:
    word = read_tag(rest)
    return Plan(
        f"Take the tag “{word}” off {order.number} of {_whose(order)}.",
        _then(lambda: tag_order(order.number, remove=[word], actor=user), f"{order.number} has no tag “{word}” now."),
    )


def note(order: Order, rest: str, user: Any) -> Plan:
    if not rest.strip():
        raise Refused("note_empty", "Type the note after the word: note Customer called.")
    return Plan(
        f"Write on {order.number} of {_whose(order)}: “{rest}”.",
        _then(lambda: add_note(order.number, text=rest, actor=user), "Note added."),
    )


def _then(act: Callable[[], Any], said: str) -> Callable[[], str]:
    def run() -> str:
        act()
        return said

    return run


def _reason(rest: str, reasons: Iterable[Any]) -> tuple[Any, str]:
    """The reason whose name the words begin with, or the only one they begin, and what follows it."""
    known, words = list(reasons), rest.lower().split()
    for size in range(len(words), 0, -1):
        said = " ".join(words[:size])
        exact = [r for r in known if said in (r.key, r.key.replace("_", " "), r.key.replace("-", " "), r.label.lower())]
        begun = [r for r in known if r.label.lower().startswith(said) or r.key.startswith(said)]
        if len(exact or begun) == 1:
            return (exact or begun)[0], " ".join(rest.split()[size:])
    raise Refused("reason_unknown", f"Say why, with one of: {', '.join(r.label for r in known)}.")


def _person(rest: str, user: Any) -> User | None:
    said = rest.strip().lower()
    if said in ("me", ""):
        return user
    if said in ("team", "the team", "nobody"):
        return None
    people = list(User.objects.filter(is_active=True).exclude(roles=[]))
    exact = [p for p in people if said in (p.username.lower(), p.display_name.lower())]
    found = exact or [
        p for p in people if p.display_name.lower().startswith(said) or p.username.lower().startswith(said)
    ]
    if len(found) != 1:
        several = f"more than one person: {', '.join(p.display_name for p in found[:5])}" if found else "nobody"
        raise Refused("person_unknown", f"“{rest.strip()[:40]}” is {several}. Type a name, “me” or “team”.")
    return found[0]


def _whose(order: Order) -> str:
    return order.customer_name or "an unnamed customer"


def _more(text: str) -> str:
    return f", “{text}”" if text else ""


register(
    Verb("confirm", "confirm", "orders.view", confirm),
    Verb("release", "release", "orders.view", release),
    Verb("hold", "hold address Flat number missing", "orders.hold", hold),
    Verb("clear", "clear Customer called", "orders.hold", clear),
    Verb("cancel", "cancel duplicate", "orders.view", cancel),
    Verb("take", "take", "orders.assign", take),
    Verb("assign", "assign me", "orders.assign", assign),
    Verb("tag", "tag gift", "orders.assign", tag),
    Verb("untag", "untag gift", "orders.assign", untag),
    Verb("note", "note Customer called", "orders.note", note),
)
