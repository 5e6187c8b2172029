"""Who may make which move: defaults in one table, edited by admins as MovePolicy rows."""

from collections.abc import Collection
from typing import Any

from oms.access.roles import Role
from oms.kernel.db import fetch
from oms.kernel.errors import Refusal, Refused

S, W, F, C, B, A = Role.SALES, Role.WAREHOUSE, Role.FINANCE, Role.SUPPORT, Role.OWNER, Role.ADMIN

# machine, move -> roles, reason required. A move without a row here is made by the system or follows its page's permission.
DEFAULTS: dict[tuple[str, str], tuple[tuple[str, ...], bool]] = {
    ("order", "place"): ((S, C, B, A), False),
    ("order", "confirm"): ((S, B, A), False),
    ("order", "release"): ((W, B, A), False),
    ("order", "close"): ((F, B, A), False),
    ("order", "cancel"): ((S, C, B, A), True),
    ("order", "cancel_remainder"): ((C, B, A), True),
    ("order", "amend"): ((S, C, B, A), True),
    ("order", "amend_price"): ((S, B, A), True),
    ("order", "split"): ((S, C, B, A), True),
    ("order", "merge"): ((S, C, B, A), True),
    ("order", "reopen"): ((F, B, A), True),
    ("order", "reopen_work"): ((F, B, A), True),
    ("order", "hold"): ((S, W, F, C, B, A), True),
    ("order", "clear_hold"): ((S, W, F, C, B, A), False),
    ("order", "override_check"): ((S, F, C, B, A), True),
    ("order", "approve"): ((F, B, A), False),
    ("order", "record_rate"): ((F, B, A), False),
    ("fulfilment", "pick"): ((W, B, A), False),
    ("fulfilment", "pack"): ((W, B, A), False),
    ("fulfilment", "dispatch"): ((W, B, A), False),
    ("fulfilment", "reject"): ((W, B, A), True),
    ("fulfilment", "supplier"): ((W, B, A), False),
    ("fulfilment", "stop_supplier"): ((S, W, C, B, A), True),
    ("shipment", "deliver"): ((W, C, B, A), False),
    ("shipment", "track"): ((W, C, B, A), False),
    ("shipment", "answer_loss"): ((C, B, A), False),
    ("shipment", "claim"): ((W, C, B, A), False),
    ("payment", "record"): ((S, F, B, A), False),
    ("payment", "verify"): ((F, B, A), False),
    ("payment", "void"): ((F, B, A), True),
    ("refund", "request"): ((F, C, B, A), True),
    ("refund", "approve"): ((F, B, A), False),
    ("refund", "send"): ((F, B, A), False),
    ("return", "request"): ((S, C, B, A), True),
    ("return", "decide"): ((C, B, A), False),
    ("return", "receive"): ((W, C, B, A), False),
    ("return", "inspect"): ((W, B, A), False),
    ("return", "resolve"): ((C, F, B, A), False),
}


def may_move(user: Any, machine: str, move: str) -> Refusal | None:
    """None when one of the person's roles may make the move, else a sentence naming who may."""
    if user.is_superuser:
        return None
    allowed = roles_of(machine, move)
    if allowed & set(user.roles):
        return None
    who = ", ".join(Role(r).label for r in Role.values if r in allowed) or "nobody"
    return Refusal("not_your_move", f"Only {who} may do this. Ask them or an admin.")


def open_moves(user: Any, machine: str, moves: Collection[str]) -> set[str]:
    """Those of `moves` that one of the person's roles may make, in one question."""
    if user.is_superuser or not moves:
        return set(moves)
    rows = dict(
        fetch(
            "SELECT move, roles FROM orders_movepolicy WHERE machine = %s AND move = ANY(%s::text[])",
            [machine, [*moves]],
        )
    )
    usual = {move: DEFAULTS.get((machine, move), ((), False))[0] for move in moves}
    return {move for move in moves if set(rows.get(move, usual[move])) & set(user.roles)}


def require_may(user: Any, machine: str, move: str) -> None:
    """Raise Refused when the person may not make the move."""
    if refusal := may_move(user, machine, move):
        raise Refused.because([refusal])


def roles_of(machine: str, move: str) -> set[str]:
    """The roles that may make the move."""
    rows = fetch("SELECT roles FROM orders_movepolicy WHERE machine = %s AND move = %s", [machine, move])
    return set(rows[0][0] if rows else DEFAULTS.get((machine, move), ((), False))[0])


def reason_required(machine: str, move: str) -> bool:
    rows = fetch("SELECT reason_required FROM orders_movepolicy WHERE machine = %s AND move = %s", [machine, move])
    return rows[0][0] if rows else DEFAULTS.get((machine, move), ((), False))[1]
