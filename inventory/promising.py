"""When waiting units will be there: the queue of back-orders laid over what is on its way. Pure, but for one reading."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from inventory.models import Assembly, PurchaseLine, StockLevel, TransferLine
from inventory.states import COMING


@dataclass(frozen=True)
class Waiting:
    """Units one order line waits for, and the places that may serve it; its place in the sequence is its turn."""

    line_id: int
    product_id: int
    qty: int
    location_ids: frozenset[int]
    in_kit: bool = False  # components of a kit that is short may lie here already: others of it are missing


@dataclass(frozen=True)
class Coming:
    """Units of a product on their way to a place, on one document, expected on a day."""

    ref: str
    product_id: int
    location_id: int
    qty: int
    eta: date
    is_confirmed: bool = False
    is_here: bool = False  # on the shelf and free: only for kits that wait for another component


@dataclass(frozen=True)
class Part:
    """So many of the units come with that document."""

    ref: str
    qty: int
    eta: date
    is_confirmed: bool


@dataclass(frozen=True)
class Forecast:
    """Where a line's waiting units come from. `missing` units nobody has ordered yet."""

    parts: tuple[Part, ...]
    missing: int

    @property
    def due_on(self) -> date | None:
        """The day the last unit is there; None while some of them are not on order."""
        return None if self.missing or not self.parts else max(part.eta for part in self.parts)

    @property
    def ref(self) -> str:
        """The document that brings the last of what is on order."""
        return max(self.parts, key=lambda part: part.eta).ref if self.parts else ""


def forecasts(queue: Sequence[Waiting], supply: Iterable[Coming]) -> dict[int, Forecast]:
    """Serve `queue` in its order from `supply`, the earliest day first; {line id: Forecast}.

    No unit is promised twice, and nobody is served by a place that may not serve them. A kit stands in the queue once for
    each component, and is there when the last of them is.
    """
    left = [[coming, coming.qty] for coming in sorted(supply, key=lambda c: (c.eta, c.ref, c.location_id))]
    by_product: dict[int, list[list]] = {}
    for entry in left:
        by_product.setdefault(entry[0].product_id, []).append(entry)
    found: dict[int, Forecast] = {}
    for waiting in queue:
        missing, parts = waiting.qty, []
        for entry in by_product.get(waiting.product_id, ()):
            coming, units = entry
            if (
                units
                and missing
                and coming.location_id in waiting.location_ids
                and (waiting.in_kit or not coming.is_here)
            ):
                take = min(units, missing)
                entry[1] -= take
                missing -= take
                if coming.is_here:
                    continue
                parts.append(Part(coming.ref, take, coming.eta, coming.is_confirmed))
        before = found.get(waiting.line_id, Forecast((), 0))
        found[waiting.line_id] = Forecast((*before.parts, *_merged(parts)), before.missing + missing)
    return found


def _merged(parts: list[Part]) -> tuple[Part, ...]:
    """One part per document and day: a SKU may stand on several lines of it."""
    sums: dict[tuple[str, date, bool], int] = {}
    for part in parts:
        key = (part.ref, part.eta, part.is_confirmed)
        sums[key] = sums.get(key, 0) + part.qty
    return tuple(Part(ref, qty, eta, sure) for (ref, eta, sure), qty in sums.items())


def lying(product_ids: Collection[int]) -> list[Coming]:
    """What is free on the shelves of these products, for kits that wait for another component."""
    rows = StockLevel.objects.filter(product__in=list(product_ids), available__gt=0)
    places = rows.values_list("product_id", "location_id", "available")
    return [Coming("", *row, date.min, is_confirmed=True, is_here=True) for row in places]


def open_supply(product_ids: Collection[int]) -> list[Coming]:
    """What is on its way of these products, as the documents say now: from suppliers, between our own
    places, and from our own hands."""
    lines = PurchaseLine.objects.filter(
        product__in=list(product_ids),
        purchase__status__in=COMING,
        purchase__order_number="",
        qty_open__gt=0,
        eta__isnull=False,
    )
    columns = ("purchase__number", "product_id", "purchase__location_id", "qty_open", "eta", "is_confirmed")
    found = [Coming(*row) for row in lines.order_by("eta", "pk").values_list(*columns)]
    moving = TransferLine.objects.filter(product__in=list(product_ids), transfer__status__in=COMING, qty_open__gt=0)
    of_transfer = ("transfer__number", "product_id", "transfer__location_id", "qty_open", "transfer__eta")
    rows = moving.order_by("transfer__eta", "pk").values_list(*of_transfer)
    found += [Coming(*row, is_confirmed=True) for row in rows]  # we sent it ourselves
    making = Assembly.objects.making().filter(product__in=list(product_ids), qty_open__gt=0).order_by("eta", "pk")
    made = making.values_list("number", "product_id", "location_id", "qty_open", "eta", "started_at")
    return found + [Coming(*row, is_confirmed=begun is not None) for *row, begun in made]
