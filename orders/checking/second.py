"""Who may answer an approval: a person with the right, and never the one who asked."""

from typing import Any

from oms.kernel.errors import Refusal
from orders.models import Approval
from orders.policies import may_move


def may_answer(asked: Approval, user: Any) -> Refusal | None:
    if not hasattr(user, "roles"):
        return Refusal("approver_not_a_person", "An approval is given by a person who signed in.")
    if asked.requested_by_id == user.pk:
        return Refusal("same_person", "You placed this order or asked for its approval; somebody else must answer.")
    return may_move(user, "order", "approve")
