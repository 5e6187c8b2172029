"""What a bulk action would do to each of the chosen orders: the answer before anything moves."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from oms.kernel.errors import Refusal
from oms.kernel.lifecycle import refusals
from orders.models import Hold, Order
from orders.policies import may_move


@dataclass(frozen=True)
class BulkAction:
    """`permission` opens the button, `move` is the line of the policy table, `previewed` asks before it acts."""

    key: str
    label: str
    permission: str
    move: str = ""
    previewed: bool = True


ACTIONS = {
    a.key: a
    for a in (
        BulkAction("confirm", "Confirm", "orders.view", "confirm"),
        BulkAction("release", "Release to picking", "orders.view", "release"),
        BulkAction("hold", "Put on hold", "orders.hold", "hold"),
        BulkAction("take", "Take", "orders.assign", previewed=False),
        BulkAction("assign", "Assign", "orders.assign", previewed=False),
        BulkAction("tag", "Add the tag", "orders.assign", previewed=False),
    )
}
# What else a result sheet may tell of: the floor's own list sends these.
LABELS = {action.key: action.label for action in ACTIONS.values()} | {"dispatch": "Dispatch", "undo": "Undo"}
# Refusal code -> why, in the two words of the summary.
SHORT = {
    "needs_payment": "payment", "payment_due": "payment", "verification_pending": "payment", "on_hold": "on hold",
    "needs_approval": "need approval", "needs_customer_po": "customer PO", "wrong_state": "not at this step",
    "not_your_move": "not yours to do", "not_found": "not found", "already_held": "held already", "not_open": "not open",
    "no_stock_ready": "stock",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    number: str
    order: Order | None
    refusals: tuple[Refusal, ...]

    @property
    def goes(self) -> bool:
        return not self.refusals


@dataclass(frozen=True)
class Preview:
    action: BulkAction
    rows: tuple[Row, ...]

    @property
    def numbers(self) -> list[str]:
        return [row.number for row in self.rows]

    @property
    def going(self) -> int:
        return sum(row.goes for row in self.rows)

    @property
    def why_not(self) -> list[tuple[str, int]]:
        """(why in short, how many), the commonest first."""
        short = (
            SHORT.get(code, code.replace("_", " ")) for r in self.rows if r.refusals for code in (r.refusals[0].code,)
        )
        return Counter(short).most_common()


def preview(numbers: Sequence[str], action: BulkAction, user: Any, *, reason: str = "") -> Preview:
    """What `action` would do to each of `numbers`; three questions to the database whatever their number. Changes nothing."""
    rows = Order.objects.visible_to(user).filter(number__in=[n for n in numbers if "\x00" not in n])
    orders = {order.number: order for order in rows}
    person = may_move(user, "order", action.move) if action.move else None
    holds = list(
        Hold.objects.filter(order__in=orders.values(), cleared_at__isnull=True).values_list(
            "order_id", "rule", "reason__key"
        )
    )
    for_amount = {pk for pk, rule, _ in holds if rule == "amount"}
    held = {pk for pk, _, key in holds if key == reason}
    return Preview(
        action, tuple(Row(n, o := orders.get(n), _closed(o, action, person, for_amount, held)) for n in numbers)
    )


def _closed(
    order: Order | None, action: BulkAction, person: Refusal | None, for_amount: set[int], held: set[int]
) -> tuple[Refusal, ...]:
    if order is None:
        return (Refusal("not_found", "There is no such order."),)
    found: tuple[Refusal, ...] = ()
    if action.key in ("confirm", "release"):
        found = tuple(refusals(order, action.move))
        if found and found[0].code == "on_hold" and order.pk in for_amount:
            found = (Refusal("needs_approval", "A second person must approve the amount first."), *found[1:])
    elif action.key == "hold":
        found = _hold_closed(order, held)
    return found or ((person,) if person else ())


def _hold_closed(order: Order, held: set[int]) -> tuple[Refusal, ...]:
    if not order.is_open:
        return (Refusal("not_open", f"{order.get_status_display()}: only open orders can be held."),)
    if order.pk in held:
        return (Refusal("already_held", "It is already on hold for this reason."),)
    return ()
