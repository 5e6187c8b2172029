"""What splitting or merging does, in numbers and sentences: two looks at each order, before and after."""

from dataclasses import dataclass
from decimal import Decimal

from oms.kernel.errors import Refusal
from oms.kernel.plural import plural
from orders.amending.effects import World
from orders.models import Order, OrderLine


@dataclass(frozen=True)
class Part:
    """One of the two orders after the split, in the order's currency."""

    total: Decimal
    tax: Decimal
    discount: Decimal
    due: Decimal
    received: Decimal
    balance: Decimal
    cod: Decimal
    state: str
    next_text: str


@dataclass(frozen=True)
class LineSplit:
    """A line that gives units: how many stay and go, what they cost, and what stands behind those that go."""

    sku: str
    name: str
    stays: int
    goes: int
    stays_total: Decimal
    goes_total: Decimal
    behind: str


@dataclass(frozen=True)
class SplitEffects:
    """`version` is what the person looks at; `refusals` say why the split is closed and leave the rest empty."""

    version: int
    currency: str
    total_before: Decimal
    keeps: Part | None = None
    new: Part | None = None
    lines: tuple[LineSplit, ...] = ()
    work: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    refusals: tuple[Refusal, ...] = ()


def part_of(order: Order) -> Part:
    return Part(
        order.total, order.tax_total, order.discount_total, order.amount_due, order.paid_total - order.refunded_total,
        order.balance_due, order.cod_outstanding, order.get_stage_display(), order.next_text,  # type: ignore[attr-defined]
    )  # fmt: skip


def lines_split(before: World, after: World, new: World) -> tuple[LineSplit, ...]:
    """The lines that gave units, in the order of the page."""
    gave = [(old, after.lines[pk]) for pk, old in before.lines.items() if after.lines[pk].qty_ordered < old.qty_ordered]
    found = []
    for (old, now), moved in zip(gave, new.lines.values(), strict=True):
        behind = [
            f"{qty} {words}"
            for qty, words in (
                (moved.qty_backordered, "waiting for stock"), (moved.qty_reserved, "reserved"), (moved.qty_allocated, "allocated"),
            ) if qty
        ]  # fmt: skip
        live = now.qty_ordered - now.qty_cancelled
        found.append(
            LineSplit(
                old.sku, old.name, live, moved.qty_ordered, now.total, moved.total, ", ".join(behind) or "no stock yet"
            )
        )
    return tuple(found)


def work_words(before: World, *after: World) -> tuple[str, ...]:
    """What the warehouse gets, keeps and puts back."""
    told = []
    for world in after:
        for number, now in world.work.items():
            was = before.work.get(number)
            units = sum(now.units.values())
            if was is None and now.is_live:
                told.append(f"{number} at {now.place} for {world.order.number}: {units} to pick")
            elif was and was.is_live and (units, now.is_live) != (sum(was.units.values()), True):
                back = sum(was.picked.values()) - (sum(now.picked.values()) if now.is_live else 0)
                change = f"{sum(was.units.values())} → {plural(units, 'unit')}" if now.is_live else "stops"
                told.append(f"{number} at {now.place}: {change}" + (f"; {back} picked to put back" if back > 0 else ""))
    return tuple(told)


@dataclass(frozen=True)
class MergeEffects:
    """Both orders before, the one that stays after; `lines` are those it gets. `refusals` say why the merge is closed."""

    version: int
    other_version: int
    kept: Part
    gone: Part
    after: Part | None = None
    lines: tuple[OrderLine, ...] = ()
    work: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    refusals: tuple[Refusal, ...] = ()
