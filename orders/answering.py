"""Who answers a hold with yes or no, and who has the order after a no."""

from dataclasses import dataclass
from typing import Any

from oms.access.roles import ROLE_OF_TEAM, Role, Team
from oms.kernel.errors import Refusal, Refused
from orders.checking.rulebook import rulebook
from orders.models import Hold, Order
from orders.moves import TEAM_LABELS
from orders.policies import may_move, roles_of

# A no means: cancel the order, or change it. The first of these teams whose people may cancel gets it.
AFTER_A_NO = (Team.SALES, Team.SUPPORT)
ALL_TEAMS = {Role.OWNER, Role.ADMIN}


@dataclass(frozen=True)
class HoldSeen:
    """An open hold as one person sees it: whether they may say no to it, and why they may not clear it (None: they may)."""

    hold: Hold
    may_decline: bool
    closed: Refusal | None
    asks: str  # the team whose answer it is


def home_team(hold: Hold) -> str:
    """The team whose answer the hold waits for, also after it was a no."""
    setting = rulebook().get(hold.rule)
    if setting:
        return setting.owner_team
    return hold.reason.owner_team if hold.declined_at or hold.rule else hold.owner_team


def require_undecided(order: Order) -> None:
    """Refuse an order that is over: its holds stay open underneath, but nobody waits for an answer."""
    if not order.is_open:
        over = order.get_status_display().lower()
        raise Refused("order_over", f"{order.number} is {over}: nothing is to be decided any more.")


def team_after_a_no() -> str:
    may = roles_of("order", "cancel")
    return next((team for team in AFTER_A_NO if may & set(ROLE_OF_TEAM[team])), Team.SALES)


def may_decline(hold: Hold, user: Any) -> Refusal | None:
    """Why this person may not say no to the hold. Teams that may cancel the order themselves do that instead."""
    home = home_team(hold)
    if hold.declined_at:
        return Refusal("declined_already", f"{hold.said}. Ask again, change the order, or cancel it.")
    if hold.rule == "amount":
        return Refusal("needs_approval", "Decline the amount instead: a second person approves or declines it.")
    if set(ROLE_OF_TEAM[home]) & roles_of("order", "cancel"):
        return Refusal("cancel_instead", f"{TEAM_LABELS[home]} may cancel the order; that is the no to this hold.")
    return _of_the_team(hold, user) or may_move(user, "order", "override_check" if hold.rule else "clear_hold")


def may_clear(hold: Hold, user: Any) -> Refusal | None:
    """Why the answer is the owners' alone and not this person's, or (None) that of what happens by itself.

    A no stands for everybody else. So does the question of a check to a team that says no instead of cancelling: whoever
    took the order does not also decide whether its buyer may owe it.
    """
    if hold.declined_at:
        return _of_the_team(hold, user)
    if hold.rule in ("", "amount") or user is None:  # an amount ends by its approval alone
        return None
    return None if set(ROLE_OF_TEAM[home_team(hold)]) & roles_of("order", "cancel") else _of_the_team(hold, user)


def seen_holds(order: Order, user: Any) -> list[HoldSeen]:
    """The open holds of an order whose holds are loaded."""
    held = [hold for hold in order.holds.all() if hold.cleared_at is None]
    return [
        HoldSeen(h, may_decline(h, user) is None, may_clear(h, user), TEAM_LABELS.get(home_team(h), "")) for h in held
    ]


def _of_the_team(hold: Hold, user: Any) -> Refusal | None:
    home = home_team(hold)
    if user is not None and (user.is_superuser or home in user.teams or ALL_TEAMS & set(user.roles)):
        return None
    if hold.declined_at:
        return Refusal("declined", f"{hold.said}. Ask {TEAM_LABELS[home]} again, change the order, or cancel it.")
    return Refusal("not_your_hold", f"{TEAM_LABELS[home]} answers this hold; call them with @name in a note.")
