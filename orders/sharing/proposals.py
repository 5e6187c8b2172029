"""Ways to share scarce units between orders, laid side by side. Pure: the same picture gives the same proposals."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import models

from orders.sharing.picture import Ask, Picture

Given = dict[int, dict[int, int]]  # line id -> place -> units


class ShareRule(models.TextChoices):
    OLDEST = "oldest", "Oldest first"
    PRIORITY = "priority", "Priority first"
    COMPLETE = "complete", "Most orders completed"
    REVENUE = "revenue", "Most revenue"
    EVEN = "even", "Shared evenly"


@dataclass(frozen=True)
class Proposal:
    """Who gets what by one rule. `given`: units per line and place, what a line has softly now included."""

    rule: ShareRule
    given: Mapping[int, Mapping[int, int]]
    asks: Sequence[Ask]

    def units(self, line_id: int) -> int:
        return sum(self.given.get(line_id, {}).values())

    def change(self, ask: Ask) -> int:
        """Units more (or, below zero, fewer) than the line has now."""
        return self.units(ask.line_id) - ask.has

    @property
    def shared(self) -> int:
        return sum(self.units(a.line_id) for a in self.asks)

    @property
    def completed(self) -> int:
        """Orders that wait for nothing more."""
        return len(completed(self.asks, {a.line_id: self.units(a.line_id) for a in self.asks}))

    @property
    def gain(self) -> int:
        return len({a.number for a in self.asks if self.change(a) > 0})

    @property
    def lose(self) -> int:
        return len({a.number for a in self.asks if self.change(a) < 0})

    @property
    def nothing(self) -> int:
        """Orders that wait and have nothing after it."""
        return len({a.number for a in self.asks} - {a.number for a in self.asks if self.units(a.line_id) or a.fixed})


def completed(asks: Iterable[Ask], units: Mapping[int, int]) -> set[str]:
    """Numbers of the orders that wait for nothing more when each line has `units`."""
    asks = list(asks)
    open_ = {a.number for a in asks if a.lacks or units.get(a.line_id, 0) < a.wants}
    return {a.number for a in asks} - open_


def proposals(picture: Picture) -> list[Proposal]:
    """Every proposal that can be made. Orders in several currencies cannot be compared by what they bring."""
    rules = [r for r in ShareRule if r != ShareRule.REVENUE or len({a.currency for a in picture.asks}) < 2]
    return [propose(picture, rule) for rule in rules]


def propose(picture: Picture, rule: ShareRule) -> Proposal:
    left, given = _Left(dict(picture.pool), dict(picture.others)), dict[int, dict[int, int]]()
    rush = {place: sum(place in a.places for a in picture.asks) for place in picture.pool}
    if rule == ShareRule.EVEN:
        _evenly(picture.asks, left, rush, given)
    else:
        for ask in sorted(picture.asks, key=ORDER[rule]):
            _give(ask, ask.wants, left, rush, given)
    return Proposal(rule, given, picture.asks)


ORDER: dict[ShareRule, Callable[[Ask], tuple]] = {
    ShareRule.OLDEST: lambda a: (a.since, a.line_id),
    ShareRule.PRIORITY: lambda a: (a.priority, a.since, a.line_id),
    # The smallest first of those that then wait for nothing more: from one place, no sequence completes more of them.
    ShareRule.COMPLETE: lambda a: (a.lacks > 0, a.wants, a.since, a.line_id),
    ShareRule.REVENUE: lambda a: (-a.worth, a.since, a.line_id),
}


@dataclass(frozen=True)
class _Left:
    """What is not given yet: units per place, and of what kits need besides, units per product and place."""

    units: dict[int, int]
    others: dict[tuple[int, int], int]

    def kits(self, ask: Ask, place: int) -> int:
        """How often the line could take what it takes at once."""
        others = [self.others.get((product, place), 0) // qty for product, qty in ask.besides.items()]
        return min([self.units.get(place, 0) // ask.per, *others])

    def take(self, ask: Ask, place: int, kits: int) -> None:
        self.units[place] -= kits * ask.per
        for product, qty in ask.besides.items():
            self.others[product, place] -= kits * qty


def _evenly(asks: Sequence[Ask], left: _Left, rush: Mapping[int, int], given: Given) -> None:
    """In rounds, everybody the same; what does not go round goes to the longest waiting."""
    missing = {a.line_id: a.wants for a in asks}
    active = list(asks)
    while active:
        share = max(1, sum(left.units.values()) // len(active))
        still = []
        for ask in active:
            got = _give(ask, min(max(share, ask.per), missing[ask.line_id]), left, rush, given)
            missing[ask.line_id] -= got
            if got and missing[ask.line_id]:
                still.append(ask)
        active = still


def _give(ask: Ask, qty: int, left: _Left, rush: Mapping[int, int], given: Given) -> int:
    """Give up to `qty` units, of a kit whole ones: first where the line has some already, then where the fewest others may
    be served."""
    mine = given.setdefault(ask.line_id, {})
    got = 0
    for place in sorted(ask.places, key=lambda p: (p not in ask.held, rush.get(p, 0), ask.places.index(p))):
        kits = min(left.kits(ask, place), (qty - got) // ask.per)
        if kits > 0:
            left.take(ask, place, kits)
            mine[place] = mine.get(place, 0) + kits * ask.per
            got += kits * ask.per
    return got
