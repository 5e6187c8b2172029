"""What the warehouse's papers say, read once for PDF and page alike."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from reportlab.graphics.barcode.code128 import Code128

from fulfilment.models import FulfilmentOrder, FulfilmentOrderLine
from fulfilment.selectors import parcels_of
from fulfilment.states import WorkStatus
from inventory.kits import recipes
from inventory.models import Product
from oms.kernel.countries import country_name

PACKED = (WorkStatus.PACKED, WorkStatus.DISPATCHED, WorkStatus.COMPLETED)


@dataclass(frozen=True)
class Item:
    sku: str
    name: str
    ordered: int
    here: int


@dataclass(frozen=True)
class Slip:
    """One parcel in words. `address` and `sender` are lines of text."""

    number: str
    order: str
    sender: list[str]
    address: list[str]
    placed_at: datetime
    packed_at: datetime | None
    carrier: str
    tracking: str
    reference: str
    which: int
    of: int
    kg: str
    items: list[Item]
    note: str
    return_days: int
    part_of: str = ""  # the order that this one was split from

    @property
    def ordered(self) -> int:
        return sum(item.ordered for item in self.items)

    @property
    def here(self) -> int:
        return sum(item.here for item in self.items)


def slip_of(fo: FulfilmentOrder) -> Slip:
    """The facts of the parcel `fo` (with order and location joined): what is packed, or what is to be packed."""
    order, is_packed = fo.order, fo.status in PACKED
    rows = fo.lines.select_related("line").filter(qty__gt=0).order_by("line__position")
    parcel = fo.shipments.select_related("carrier").exclude(status="cancelled").first()
    which, of = parcels_of(fo)
    inside = _inside(rows)
    return Slip(
        number=fo.number, order=order.number, sender=sender_of(fo), address=address_of(fo), placed_at=order.placed_at,
        packed_at=fo.packed_at, carrier=parcel.carrier.name if parcel and parcel.carrier else "",
        tracking=parcel.tracking_number if parcel else "", reference=order.customer_po, which=which, of=of,
        kg=f"{fo.weight_grams / 1000:.2f} kg" if fo.weight_grams else "",
        items=[_item(row, is_packed, inside.get(row.line_id, "")) for row in rows],
        note=order.customer_note, return_days=order.return_window_days,
        part_of=order.split_from.number if order.split_from else "",
    )  # fmt: skip


def _inside(rows: Iterable[FulfilmentOrderLine]) -> dict[int, str]:
    """What each kit holds, for the customer to check."""
    parts = recipes({row.line_id: row.product_id for row in rows})
    names = Product.objects.in_bulk({product for each in parts.values() for product, _ in each}) if parts else {}
    return {line: ", ".join(f"{qty} × {names[p].name}" for p, qty in each) for line, each in parts.items()}


def _item(row: FulfilmentOrderLine, is_packed: bool, inside: str) -> Item:
    line = row.line
    name = f"{line.name}: {inside}" if inside else line.name
    return Item(line.sku, name, line.qty_ordered - line.qty_cancelled, row.qty_packed if is_packed else row.qty)


def sender_of(fo: FulfilmentOrder) -> list[str]:
    place = fo.location
    return [t for t in (place.name, place.line1, f"{place.city} {place.postal_code}".strip()) if t]


def address_of(fo: FulfilmentOrder) -> list[str]:
    to = fo.address or {}
    city = " ".join(str(t) for t in (to.get("city"), to.get("postal_code")) if t)
    street = [to.get(key) for key in ("company", "line1", "line2")]
    parts = (to.get("name") or fo.order.customer_name, *street, city, to.get("state"), country_name(to.get("country")))
    return [str(part) for part in parts if part]


def barcode_path(value: str) -> tuple[int, str]:
    """Code 128 of `value` as the width and path of an SVG 40 high, quiet zones included."""
    code = Code128(value, barWidth=1, quiet=False)
    code.validate()
    code.encode()
    code.decompose()
    x, bars = 10, []
    for mark in code.decomposed:
        if mark.isupper():  # a bar A to D, one to four wide; small letters are spaces
            width = "ABCD".index(mark) + 1
            bars.append(f"M{x} 0h{width}v40h-{width}z")
        else:
            width = "abcd".index(mark) + 1
        x += width
    return x + 10, "".join(bars)
