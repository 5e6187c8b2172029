"""May a rule make this step of this order? Pure: the order's row, its facts and the rules in; the verdict and its reason out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from oms.kernel.money import format_money
from orders.automatic.facts import Facts
from orders.automatic.rule import Rule
from orders.models.automatic import AutomaticOutcome, StepKind, StepMode

DONE, WOULD, LEFT = AutomaticOutcome.DONE, AutomaticOutcome.WOULD, AutomaticOutcome.LEFT
STEPS = frozenset(StepKind.values)
LOOK_AGAIN = timedelta(minutes=30)  # at what was left to a person and has not changed itself


@dataclass(frozen=True)
class Verdict:
    """`why`: what spoke for it, or the first thing that spoke against it. `at`: when it is made; None: now."""

    outcome: AutomaticOutcome
    rule: Rule
    why: str
    at: datetime | None = None


def judge(order: Any, facts: Facts, rules: Sequence[Rule], now: datetime) -> Verdict | None:
    """What the rules for the order's next step make of it; None when no rule is about it.

    The first rule that nothing speaks against decides; when all have something against it, the first of them says what.
    """
    mine = rules_for(order, rules)
    for rule in mine:
        if against(order, facts, rule) is None:
            due = order.stage_since + rule.wait
            outcome = DONE if rule.mode == StepMode.ON else WOULD
            return Verdict(outcome, rule, in_favour(order, facts, rule), due if due > now else None)
    return Verdict(LEFT, mine[0], against(order, facts, mine[0]) or "") if mine else None


def rules_for(order: Any, rules: Sequence[Rule]) -> list[Rule]:
    """Those that are about the order's next step, in the order they are asked."""
    if order.next_action not in STEPS or order.is_historical:
        return []
    return [
        r
        for r in rules
        if r.step == order.next_action and r.channel_id in (None, order.channel_id) and order.placed_at >= r.since
    ]


def against(order: Any, facts: Facts, rule: Rule) -> str | None:
    """The first thing that speaks against it, as a sentence without its full stop."""
    return next((said for reason in REASONS if (said := reason(order, facts, rule))), None)


def in_favour(order: Any, facts: Facts, rule: Rule) -> str:
    """Which limits the order stayed within."""
    found = []
    if rule.total_up_to is not None:
        worth, most = (format_money(amount, order.book_currency) for amount in (order.book_total, rule.total_up_to))
        found.append(f"{worth} is within {most}")
    if rule.group_id:
        found.append(f"customer of {rule.group_name}")
    if rule.known_only:
        found.append("known customer")
    return ", ".join(found) or "nothing stands in its way"


def _a_persons(order: Any, facts: Facts, rule: Rule) -> str | None:
    if facts.taken_back:
        return "A person took its confirmation back, so it is theirs"
    if order.assignee_id:
        return "It is assigned to a person"
    return "Somebody has it in hand" if order.is_claimed else None


def _unsettled(order: Any, facts: Facts, rule: Rule) -> str | None:
    if order.answer_due_at:
        return "The customer waits for an answer"
    return "A change of it is not decided yet" if facts.is_changing else None


def _unread(order: Any, facts: Facts, rule: Rule) -> str | None:
    if rule.step != StepKind.CONFIRM:
        return None
    if order.confirmation_basis == "sales":
        return "Its channel confirms on the customer's word to sales"
    return "The customer wrote a note" if rule.leave_notes and order.customer_note.strip() else None


def _stranger(order: Any, facts: Facts, rule: Rule) -> str | None:
    if rule.group_id and facts.group_id != rule.group_id:
        return f"The customer is not one of {rule.group_name}"
    return "Nothing was sent to this customer before" if rule.known_only and not facts.is_known else None


def _large(order: Any, facts: Facts, rule: Rule) -> str | None:
    if rule.total_up_to is None:
        return None
    if order.book_total is None:
        return "Nobody knows its worth, for want of an exchange rate"
    if order.book_total <= rule.total_up_to:
        return None
    worth, most = (format_money(amount, order.book_currency) for amount in (order.book_total, rule.total_up_to))
    return f"{worth} is above {most}"


Reason = Callable[[Any, Facts, Rule], str | None]
REASONS: tuple[Reason, ...] = (_a_persons, _unsettled, _unread, _stranger, _large)
