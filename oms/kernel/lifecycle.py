"""django-fsm with explanations: the rule that guards a move is the rule that says why it is closed."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django_fsm import FSMFieldMixin

from oms.kernel.errors import Refusal, Refused

Rule = Callable[[Any], Refusal | None]


class Stateful(models.Model):
    """A model with protected state fields that may be read again from the database.

    django-fsm's own mixin lifts the protection off the field, which all threads share: of two people who confirm at the
    same moment one got an error page. Here only the row that is read lets go of its own values.
    """

    _read_again: Collection[str] = ()

    class Meta:
        abstract = True

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        names = {f.attname for f in self._meta.concrete_fields if isinstance(f, FSMFieldMixin) and f.protected}
        held = {name: self.__dict__.pop(name) for name in names & self.__dict__.keys()}
        self._read_again = held.keys()
        try:
            super().refresh_from_db(*args, **kwargs)
        finally:
            self._read_again = ()
            for name, value in held.items():
                self.__dict__.setdefault(name, value)  # not asked for this time, or the reading failed

    def get_deferred_fields(self) -> set[str]:
        return super().get_deferred_fields() - set(self._read_again)


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
    """Say why `move` is closed to `instance` now; an empty list means it is open. No queries, no writes.

    A state without such a step is explained by the transition's `custom["closed"]`: sentences by state, "" for the rest.
    """
    current = getattr(instance, field)
    words: dict[str, str] = {}
    for t in _edges_of(instance, field):
        if t.name != move:
            continue
        if t.source in (current, "*"):
            return [r for c in t.conditions if (r := c.rule(instance))]
        words = t.custom.get("closed", {})
    label = getattr(instance, f"get_{field}_display")().lower()
    return [Refusal("wrong_state", words.get(current) or words.get("") or f"Not possible while {label}.")]


def require(instance: models.Model, move: str, field: str = "status") -> None:
    """Raise `Refused` with every reason when `move` is closed."""
    if closed := refusals(instance, move, field):
        raise Refused.because(closed)
