"""What routing works with: an order's facts, the places, the rules. Plain values; nothing here asks a database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

Point = tuple[float, float]  # latitude, longitude in degrees
Stock = Mapping[tuple[int, int], int]  # (product id, place id) -> available units


class Strategy(StrEnum):
    """How the places that may send are put in order."""

    RANKED = "ranked"  # in the order given
    NEAREST = "nearest"  # fewest kilometres
    CHEAPEST = "cheapest"  # lowest freight of one parcel
    MOST_STOCK = "most_stock"  # most units of what is wanted
    FEWEST_SPLITS = "fewest_splits"  # most of the order from one place
    REGION = "region"  # the same state first, then the same country


class Split(StrEnum):
    """What happens when the first place in order does not have everything."""

    AVOID = "avoid"  # a later place that has everything goes first; else as few places as possible
    FREE = "free"  # fill from the first place, then the next
    NEVER = "never"  # one place sends what it has, the rest waits for stock


class Otherwise(StrEnum):
    """What happens when no place may send anything by a rule."""

    NEXT = "next"  # the next rule is asked
    WAIT = "wait"  # the order waits for stock


@dataclass(frozen=True)
class Demand:
    """Units of a product wanted by one line. `parts` (product id, units in each) when it is a kit."""

    line_id: int
    product_id: int
    qty: int
    parts: tuple[tuple[int, int], ...] = ()

    @property
    def each(self) -> tuple[tuple[int, int], ...]:
        """What one unit takes off the shelf."""
        return self.parts or ((self.product_id, 1),)


@dataclass(frozen=True)
class Assignment:
    line_id: int
    product_id: int
    location_id: int
    qty: int
    parts: tuple[tuple[int, int], ...] = ()

    @property
    def takes(self) -> tuple[tuple[int, int], ...]:
        """Units of each product that leave the shelf at its location."""
        return tuple((p, n * self.qty) for p, n in self.parts) or ((self.product_id, self.qty),)


@dataclass(frozen=True)
class Facts:
    """What rules may ask about an order. `at` is aware; `total` is in `currency`."""

    channel: str = ""
    country: str = ""
    state: str = ""
    postal_code: str = ""
    tags: frozenset[str] = frozenset()
    total: Decimal = Decimal(0)
    currency: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Place:
    """A location as routing sees it. `open_days` are ISO weekdays (Monday 1), empty for every day; times are local."""

    id: int
    code: str
    name: str
    country: str = ""
    state: str = ""
    point: Point | None = None
    zone: str = "UTC"
    open_days: tuple[int, ...] = ()
    opens: time | None = None
    closes: time | None = None
    orders_per_day: int | None = None
    is_supplier: bool = False  # sends its own goods to our customers


class Offer(NamedTuple):
    """A product that the supplier at a place sends to customers. `when` is a DropShip; `countries` empty: everywhere.

    What they still have of it stands in the stock under their place.
    """

    product_id: int
    location_id: int
    when: str
    min_qty: int = 1
    is_preferred: bool = False
    countries: tuple[str, ...] = ()


Offers = Mapping[int, Sequence[Offer]]  # product id -> who sends it


@dataclass(frozen=True)
class Condition:
    """`field` of the order compared with `value` by `test`; see conditions.py for what there is."""

    field: str
    test: str
    value: str


@dataclass(frozen=True)
class Rule:
    """One rule of a policy. All conditions must hold. `places` are codes in order; empty: those of the order's channel."""

    position: int
    name: str
    conditions: tuple[Condition, ...] = ()
    strategy: Strategy = Strategy.RANKED
    places: tuple[str, ...] = ()
    max_km: int | None = None
    only_open: bool = False
    split: Split = Split.AVOID
    min_percent: int = 0  # a place that has less of the order's units sends nothing
    max_places: int | None = None
    otherwise: Otherwise = Otherwise.NEXT


@dataclass(frozen=True)
class Policy:
    """Rules in order; the first that fits and finds a place wins."""

    rules: tuple[Rule, ...]
    id: int | None = None
    version: int | None = None

    @property
    def asks_distance(self) -> bool:
        """Whether any rule needs to know where the order goes."""
        return any(r.strategy == Strategy.NEAREST or r.max_km is not None for r in self.rules)


BUILT_IN = Policy((Rule(0, "Order of places"),))


@dataclass(frozen=True)
class Freight:
    """Price of one parcel from a place to postal codes of `country` that begin with `prefix`."""

    location_id: int
    country: str
    prefix: str
    amount: Decimal


@dataclass(frozen=True)
class World:
    """What is known besides the order and the stock. `freight` by place, longest prefix first; `load`: orders of today by place."""

    places: Mapping[int, Place]
    freight: Mapping[int, tuple[Freight, ...]] = field(default_factory=dict)
    load: Mapping[int, int] = field(default_factory=dict)


class Candidate(NamedTuple):  # not a dataclass: two hundred are made for an order
    """One place looked at under the rule that won. `verdict`: chosen, possible, or why not (see verdicts in candidates.py)."""

    place: Place
    verdict: str
    detail: str = ""
    score: float | None = None
    has: int = 0
    short: tuple[tuple[int, int, int], ...] = ()  # product id, units there, units wanted


@dataclass(frozen=True)
class Passed:
    """A rule that came before the one that won, and why it did not."""

    position: int
    name: str
    why: str


@dataclass(frozen=True)
class RoutingPlan:
    """What comes from where, what nobody may send (`short`: units per line), and why."""

    assignments: tuple[Assignment, ...]
    short: Mapping[int, int]
    reason: str
    rule: Rule
    candidates: tuple[Candidate, ...] = ()
    passed: tuple[Passed, ...] = ()

    @property
    def places(self) -> tuple[int, ...]:
        """Ids of the places that send something, the first first."""
        return tuple(dict.fromkeys(a.location_id for a in self.assignments))
