"""Make the routine steps that a rule may make; note what a watching rule would have done, and why others are left to people."""

import logging
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery

from oms.kernel.actors import Actor
from oms.kernel.claims import unclaimed
from oms.kernel.clock import now
from oms.kernel.db import retrying
from oms.kernel.errors import Busy, Refused
from oms.kernel.nudge import nudge_on_commit
from orders.actions.confirm import confirm_order
from orders.actions.release import release_order
from orders.automatic.facts import facts_of
from orders.automatic.judge import DONE, LEFT, LOOK_AGAIN, Verdict, judge
from orders.automatic.rule import Rule
from orders.checking.rulebook import book
from orders.locks import lock_order
from orders.models import AutomaticResult, Order
from orders.states import OPEN_STATUSES

TASK = "orders.tasks.make_routine_steps"
BATCH = 500
MAKE = {"confirm": confirm_order, "release": release_order}
log = logging.getLogger(__name__)


def call_the_rules() -> None:
    """Something happened that may have made an order ready: let a worker look once this is committed."""
    if book().steps:
        nudge_on_commit(TASK)


def make_routine_steps() -> int:
    """Look at every order that waits for a step a rule is about, one transaction each; return how many steps were made."""
    rules, made = book().steps, 0
    for step in sorted({rule.step for rule in rules}):  # confirm first: what it confirms may be released at once
        made += sum(_try(number, step) for number in _due([r for r in rules if r.step == step]))
    return made


def _due(rules: Sequence[Rule]) -> list[str]:
    """Orders nobody has in hand whose time has come and that no rule has looked at as they, and the rules, are now.

    What was left to a person may have become routine without a change of the order itself (the customer is known by
    now): it is looked at again after LOOK_AGAIN.
    """
    theirs = Q(pk__in=())
    for rule in rules:
        where = Q(placed_at__gte=rule.since, stage_since__lte=now() - rule.wait)
        theirs |= where & Q(channel=rule.channel_id) if rule.channel_id else where
    looked = AutomaticResult.objects.filter(order=OuterRef("pk"), step=rules[0].step)
    fresh = Q(at__gte=max(r.changed_at for r in rules)) & (~Q(outcome=LEFT) | Q(at__gt=now() - LOOK_AGAIN))
    waiting = Order.objects.filter(
        theirs, next_action=rules[0].step, status__in=OPEN_STATUSES, is_historical=False, assignee__isnull=True
    ).filter(~Exists(looked.filter(fresh, order_version=OuterRef("version"))))
    # Those no rule has looked at yet come first, however many are looked at again.
    first = F("looked_at").asc(nulls_first=True)
    rows = unclaimed(waiting).annotate(looked_at=Subquery(looked.values("at"))).order_by(first, "stage_since", "pk")
    return list(rows.values_list("number", flat=True)[:BATCH])


def _try(number: str, step: str) -> bool:
    """Whether the step was made. Somebody being at the order is no failure: the next look finds it again."""
    try:
        return retrying()(step_by_rule)(number, step)
    except Busy:
        log.info("order %s is in use", number)
        return False


@transaction.atomic
def step_by_rule(number: str, step: str) -> bool:
    """Make `step` of the order if it is still its next one and a rule may; True when it was made.

    The order is judged under its lock and the step is the one people make, with every guard of it. What a guard refuses,
    and what a limit speaks against, is noted and left to a person.
    """
    order = lock_order(number)
    verdict = judge(order, facts_of(order.pk), book().steps, now())
    if verdict is None or order.next_action != step or verdict.at:
        return False
    _note(order, step, verdict)
    if verdict.outcome != DONE:
        return False
    try:
        MAKE[step](number, actor=Actor("rule", verdict.rule.name), by_itself=verdict.why)
    except Refused as refused:
        _note(order, step, Verdict(LEFT, verdict.rule, refused.message))
        return False
    return True


def _note(order: Order, step: str, verdict: Verdict) -> None:
    """Before the step: stock rows are locked last. The order as it was looked at is the one of this version."""
    AutomaticResult.objects.update_or_create(
        order=order, step=step,
        defaults={
            "rule_id": verdict.rule.id, "outcome": verdict.outcome, "why": verdict.why[:300], "order_version": order.version,
            "at": now(),
        },
    )  # fmt: skip
