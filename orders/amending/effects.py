"""What an amendment does to stock, money, work and parcels: the difference between two looks at the order."""

from dataclasses import dataclass
from decimal import Decimal

from inventory.kit_card import can_make
from inventory.models import StockLevel
from oms.kernel.errors import Refusal, Refused
from oms.kernel.plural import plural
from orders.amending.approval import needs_second_person
from orders.amending.terms import cancelled_part
from orders.capture.catalogue import locations_for
from orders.models import Amendment, Hold, Order, OrderLine

ENDED = ("cancelled", "rejected", "completed", "dispatched")
AT_DOOR = ("created", "label_ready", "manifested")
PENDING = ("requested", "approved", "sent")


@dataclass(frozen=True)
class Work:
    """A fulfilment order as it stood: units and picked units by order line."""

    number: str
    place: str
    state: str
    units: dict[int, int]
    picked: dict[int, int]
    is_live: bool


@dataclass(frozen=True)
class World:
    """Everything about an order that an amendment may touch. Upper apps are known by the names of their relations."""

    order: Order
    lines: dict[int, OrderLine]
    work: dict[str, Work]
    labels: dict[str, str]
    refunds: Decimal
    holds: dict[int, str]
    free: dict[int, list[tuple[str, int]]]  # product -> (place, units available), best place first


@dataclass(frozen=True)
class LineEffect:
    line: OrderLine
    qty_before: int
    qty: int
    total_before: Decimal
    total: Decimal
    short: int
    free: list[tuple[str, int]]
    is_new: bool


@dataclass(frozen=True)
class Effects:
    """What would be different. Money in the order's currency; `collect` and `refund` are what the customer pays more or
    gets back because of the change; `refusals` say why it cannot be applied."""

    version: int
    currency: str
    lines: list[LineEffect]
    amount_before: Decimal
    amount: Decimal
    tax_before: Decimal
    tax: Decimal
    balance: Decimal
    collect: Decimal
    refund: Decimal
    cod_before: Decimal
    cod: Decimal
    work: list[str]
    parcels: list[str]
    approvals: list[str]
    needs_approval: bool
    refusals: tuple[Refusal, ...]
    sentences: list[str]
    beside: list[str]  # of them, those that no line of `lines` shows: address, day, shipping


def look(order: Order) -> World:
    """Read everything afresh, within the caller's transaction."""
    order = Order.objects.select_related("channel").get(pk=order.pk)
    lines = {line.pk: line for line in OrderLine.objects.filter(order=order).order_by("position")}
    products = {line.product_id for line in lines.values() if line.product_id}
    return World(
        order, lines, _work(order),
        {s.number: s.get_status_display() for s in order.shipments.filter(status__in=AT_DOOR)},  # type: ignore[attr-defined]
        sum((r.amount for r in order.refunds.filter(status__in=PENDING)), Decimal(0)),  # type: ignore[attr-defined]
        {h.pk: f"{h.reason.label}: {h.detail}" for h in Hold.objects.filter(order=order, cleared_at=None).select_related("reason")},
        _free(order, products),
    )  # fmt: skip


def effects_of(
    amendment: Amendment, before: World, after: World, *, sentences: list[str], beside: list[str],
    refused: Refused | None,
) -> Effects:  # fmt: skip
    """The difference between the looks before and after, in numbers and sentences."""
    old, new = before.order, after.order
    more = new.amount_due - old.amount_due
    approvals, needs = _approvals(amendment, before, after)
    return Effects(
        version=old.version, currency=old.currency, lines=_lines(before, after), amount_before=old.amount_due,
        amount=new.amount_due, tax_before=old.tax_total, tax=new.tax_total, balance=new.balance_due,
        collect=max(min(more, new.balance_due), Decimal(0)), refund=max(after.refunds - before.refunds, Decimal(0)),
        cod_before=old.cod_outstanding, cod=new.cod_outstanding, work=_work_words(before, after),
        parcels=[f"{n}: its label comes off and a new one is made" for n in before.labels if n not in after.labels],
        approvals=approvals, needs_approval=needs, refusals=refused.reasons if refused else (),
        sentences=sentences, beside=beside,
    )  # fmt: skip


def _work(order: Order) -> dict[str, Work]:
    found = {}
    for fo in order.fulfilment_orders.select_related("location").prefetch_related("lines"):  # type: ignore[attr-defined]
        rows = list(fo.lines.all())
        found[fo.number] = Work(
            fo.number, fo.location.name, fo.get_status_display(), {r.line_id: r.qty for r in rows},
            {r.line_id: r.qty_picked for r in rows}, fo.status not in ENDED,
        )  # fmt: skip
    return found


def _free(order: Order, products: set[int]) -> dict[int, list[tuple[str, int]]]:
    places = locations_for(order.channel)
    rows = StockLevel.objects.filter(product__in=products, location__in=places).select_related("location")
    found: dict[int, list[tuple[str, int]]] = {}
    for level in sorted(rows, key=lambda level: places.index(level.location_id)):
        found.setdefault(level.product_id, []).append((level.location.name, level.available))
    for kit, makes in can_make(products, places).items():
        found[kit] = makes
    return found


def _lines(before: World, after: World) -> list[LineEffect]:
    effects = []
    for pk, line in after.lines.items():
        old = before.lines.get(pk)
        qty_before, qty = _live(old), _live(line)
        total_before, total = _worth(old, before.order.currency), _worth(line, before.order.currency)
        if old is not None and (qty_before, old.total, old.discount) == (qty, line.total, line.discount):
            continue
        short = line.qty_backordered - (old.qty_backordered if old else 0)
        free = before.free.get(line.product_id or 0) or after.free.get(line.product_id or 0, [])
        effects.append(LineEffect(line, qty_before, qty, total_before, total, short, free, old is None))
    return effects


def _worth(line: OrderLine | None, currency: str) -> Decimal:
    """What the units that are still wanted come to."""
    return (
        line.total - cancelled_part(line.total, line.qty_cancelled, line.qty_ordered, currency) if line else Decimal(0)
    )


def _live(line: OrderLine | None) -> int:
    return line.qty_ordered - line.qty_cancelled if line else 0


def _work_words(before: World, after: World) -> list[str]:
    """Fulfilment orders that get fewer, more or no units, and what a picker must put back."""
    told = []
    for number, now_ in after.work.items():
        was = before.work.get(number)
        if was is None:
            told.append(
                f"{now_.place}: new work, {sum(now_.units.values())} to pick"
            )  # its number is given when it is real
            continue
        if was.is_live and not now_.is_live:
            back = sum(was.picked.values())
            told.append(f"{number} at {now_.place} stops" + (f"; {back} picked to put back" if back else ""))
            continue
        units, old = sum(now_.units.values()), sum(was.units.values())
        back = sum(was.picked.values()) - sum(now_.picked.values())
        if units != old:
            put_back = f"; {back} picked to put back on the shelf" if back > 0 else ""
            told.append(f"{number} at {now_.place} ({was.state.lower()}): {old} → {plural(units, 'unit')}{put_back}")
    return told


def _approvals(amendment: Amendment, before: World, after: World) -> tuple[list[str], bool]:
    """Who must say yes first, and holds that the checks put on."""
    order = after.order
    amendment.amount_before, amendment.amount = before.order.amount_due, order.amount_due
    told, needs = [], False
    if (limit := needs_second_person(order, amendment)) is not None:
        told, needs = [f"A second person approves the change: from {limit} on nobody decides alone."], True
    told += [f"It goes on hold. {text}" for pk, text in after.holds.items() if pk not in before.holds]
    told += [f"Its hold ends. {text}" for pk, text in before.holds.items() if pk not in after.holds]
    return told, needs
