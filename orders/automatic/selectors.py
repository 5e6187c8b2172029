"""Reads of the pages about automatic steps."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from oms.kernel.clock import now
from oms.kernel.money import format_money
from oms.kernel.plural import plural
from orders.automatic.facts import facts_of
from orders.automatic.judge import LOOK_AGAIN, Verdict, judge, rules_for
from orders.checking.rulebook import book
from orders.models import AutomaticOutcome, AutomaticResult, AutomaticStep, BookCurrency, Order, StepKind
from orders.models.exchange import BOOK

DAYS, SHOWN = 30, 100


@dataclass(frozen=True)
class Outcome:
    key: str
    label: str
    count: int
    url: str


@dataclass(frozen=True)
class Step:
    """One rule with what it says, its results of the last 30 days, and of those it would have made what became."""

    rule: AutomaticStep
    says: str
    outcomes: list[Outcome]
    agreed: str


def by_itself(order: Order) -> Verdict | None:
    """What the rules make of the order's next step at this moment; asks the database only when one is about it."""
    rules = book().steps
    verdict = judge(order, facts_of(order.pk), rules, now()) if rules_for(order, rules) else None
    if verdict and verdict.outcome != AutomaticOutcome.LEFT:
        return replace(verdict, at=verdict.at or _looked_at_again(order, verdict))
    return verdict


def _looked_at_again(order: Order, verdict: Verdict) -> datetime | None:
    """When the rules come back to an order they left to a person, though nothing speaks against it any more."""
    left = AutomaticResult.objects.filter(order=order, step=verdict.rule.step, outcome=AutomaticOutcome.LEFT)
    at = left.filter(order_version=order.version, at__gte=verdict.rule.changed_at).values_list("at", flat=True).first()
    return at + LOOK_AGAIN if at and at + LOOK_AGAIN > now() else None


def steps(user: Any) -> list[Step]:
    """Every rule, in two statements whatever their number."""
    mine = _results(user).filter(at__gte=now() - timedelta(days=DAYS))
    done = Q(step=StepKind.CONFIRM, order__confirmed_at__isnull=False) | Q(
        step=StepKind.RELEASE, order__released_at__isnull=False
    )
    ended = Q(order__status="cancelled")
    sums = {
        (row["rule"], row["outcome"]): row
        for row in mine.values("rule", "outcome").annotate(
            n=Count("pk"), same=Count("pk", filter=done & ~ended), ended=Count("pk", filter=ended)
        )
    }
    currency = BookCurrency.objects.values_list("currency", flat=True).first() or BOOK
    rows = AutomaticStep.objects.select_related("channel", "group")
    return [
        Step(
            rule,
            ", ".join(_says(rule, currency)),
            [
                Outcome(key, label, sums.get((rule.pk, key), {}).get("n", 0), f"?rule={rule.pk}&outcome={key}#results")
                for key, label in AutomaticOutcome.choices
            ],
            _agreed(sums.get((rule.pk, AutomaticOutcome.WOULD.value))),
        )
        for rule in rows
    ]


def results(user: Any, rule: str, outcome: str) -> list[AutomaticResult]:
    """The newest results of one rule and outcome, or of all."""
    rows = _results(user)
    if rule.isdecimal() and len(rule) < 9:
        rows = rows.filter(rule=int(rule))
    if outcome in AutomaticOutcome.values:
        rows = rows.filter(outcome=outcome)
    return list(rows.select_related("rule", "order__channel").order_by("-at", "-pk")[:SHOWN])


def _results(user: Any) -> Any:
    rows = AutomaticResult.objects.all()
    return rows.filter(order__channel__code__in=user.channel_codes) if user.channel_codes else rows


def _says(rule: AutomaticStep, currency: str) -> Iterator[str]:
    """What the rule is about, in words."""
    yield f"{StepKind(rule.step).label} orders of {rule.channel or 'every channel'}"
    if rule.total_up_to is not None:
        yield f"up to {format_money(rule.total_up_to, currency)}"
    if rule.group:
        yield f"customers of {rule.group}"
    if rule.known_only:
        yield "known customers only"
    if rule.leave_notes and rule.step == StepKind.CONFIRM:
        yield "without a customer's note"
    if rule.wait_minutes:
        yield f"after {plural(rule.wait_minutes, 'minute')}"


def _agreed(would: dict[str, Any] | None) -> str:
    """What people did with the orders a watching rule would have moved on."""
    if not would:
        return ""
    waits = would["n"] - would["same"] - would["ended"]
    parts = [f"people did the same with {would['same']} of {would['n']}"]
    parts += [f"cancelled {would['ended']}"] if would["ended"] else []
    parts += [f"{waits} still wait{'s' if waits == 1 else ''}"] if waits else []
    return ", ".join(parts)
