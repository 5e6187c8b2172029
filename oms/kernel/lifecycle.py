"""django-fsm with explanations: the rule that guards a move is the rule that says why it is closed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models

from oms.kernel.errors import Refusal, Refused

Rule = Callable[[Any], Refusal | None]


def passes(rule: Rule) -> Callable[[Any], bool]:
    """Wrap `rule` as an fsm condition that still knows how to explain itself."""

    def condition(instance: Any) -> bool:
        return rule(instance) is None

    condition.rule = rule  # type: ignore[attr-defined]
    return condition


@dataclass(frozen=True)
class Edge:
    """One legal step of a machine, as written in the model's lifecycle."""

    move: str
    source: str
    target: str
    label: str
    team: str
    rules: tuple[Rule, ...]


def edges(model: type[models.Model], field: str = "status") -> list[Edge]:
    """Every legal step of `model`'s machine in declaration order; sources written as lists are one edge each."""
    found: list[Edge] = []
    for t in model._meta.get_field(field).get_all_transitions(model):  # type: ignore[union-attr]
        rules = tuple(c.rule for c in t.conditions)
        found.append(
            Edge(t.name, t.source, str(t.target), t.custom.get("label", t.name), t.custom.get("team", ""), rules)
        )
    return found


def _edges_of(instance: models.Model, field: str) -> Iterator[Any]:
    yield from instance._meta.get_field(field).get_all_transitions(type(instance))  # type: ignore[union-attr]


def refusals(instance: models.Model, move: str, field: str = "status") -> list[Refusal]:
    """Say why `move` is closed to `instance` now; an empty list means it is open. No queries, no writes."""
    current = getattr(instance, field)
    for t in _edges_of(instance, field):
        if t.name == move and t.source in (current, "*"):
            return [r for c in t.conditions if (r := c.rule(instance))]
    label = getattr(instance, f"get_{field}_display")().lower()
    return [Refusal("wrong_state", f"Not possible while {label}.")]


def require(instance: models.Model, move: str, field: str = "status") -> None:
    """Raise `Refused` with every reason when `move` is closed."""
    if closed := refusals(instance, move, field):
        raise Refused.because(closed)
