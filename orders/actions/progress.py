"""The only writer of an order's derived columns and line quantities. The caller holds the order's lock.

Payments, fulfilment and returns push their facts down through here: quantities per line, sums of money, open work.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from oms.kernel.clock import now
from oms.kernel.db import fetch, limit_lock_wait, update_row
from oms.kernel.errors import Refused
from orders.answer import derive
from orders.models import Hold, Order
from orders.models.line import QTY_COLUMNS
from orders.stagebook import stages

DERIVED = (
    "payment_status", "fulfilment_status", "return_status", "stage", "stage_since", "sub_stage_id", "next_action",
    "next_text", "owner_team", "due_at", "blockers", "open_holds", "hold_summary",
)  # fmt: skip
LINES = f"SELECT id, sku, {', '.join(QTY_COLUMNS)} FROM orders_orderline WHERE order_id = %s::bigint"  # noqa: S608
ADD = f"""
UPDATE orders_orderline l SET {", ".join(f"{name} = l.{name} + COALESCE(n.{name}, 0)" for name in QTY_COLUMNS)}
FROM json_populate_recordset(NULL::orders_orderline, %s::json) n WHERE l.id = n.id
"""  # noqa: S608


@dataclass(frozen=True)
class MoneyFacts:
    """Sums over an order's money rows, in the order's currency. `paid` is captured, never merely authorised or COD due."""

    paid: Decimal = Decimal(0)
    authorized: Decimal = Decimal(0)
    verifying: Decimal = Decimal(0)
    refunded: Decimal = Decimal(0)
    disputed: Decimal = Decimal(0)
    cod_outstanding: Decimal = Decimal(0)
    has_failed: bool = False


@dataclass(frozen=True)
class AtSupplier:
    """What of the order suppliers send themselves: units waiting there, of them asked for (`told`), and the next step."""

    is_drop_shipped: bool
    units: int
    told: int
    step: str
    ref: str
    due_on: date | None


def report_supplier(order: Order, there: AtSupplier) -> None:
    """Store what suppliers have of the order and bring it up to date."""
    values = asdict(there)
    order.is_drop_shipped = values.pop("is_drop_shipped")
    for name, value in values.items():
        setattr(order, f"supplier_{name}", value)
    refresh(order, "is_drop_shipped", *(f"supplier_{name}" for name in values))


def report_quantities(
    order: Order, deltas: Mapping[int, Mapping[str, int]], *, scarce: str | None = None, **moments: datetime | None
) -> None:
    """Add `deltas` {line id: {"picked": +3, "allocated": -3}} to the lines and bring the order up to date.

    `scarce` is as in `report_scarce`, None to leave it; `moments` sets moments of the order itself (dispatched_at,
    delivered_at). Raises Refused("quantity_impossible") when
    a line would go below zero; database CHECKs stand behind every other bound.
    """
    lines = _quantities(order)
    changes = []
    for pk, given in deltas.items():
        if pk not in lines or not any(given.values()):
            continue
        line = lines[pk]
        for name, delta in given.items():
            line[f"qty_{name}"] += delta
            if line[f"qty_{name}"] < 0:
                raise Refused("quantity_impossible", f"{line['sku']}: {name} would go below zero. Reload the order.")
        changes.append({"id": pk} | {f"qty_{name}": delta for name, delta in given.items()})
    if changes:
        fetch(ADD, [json.dumps(changes)])
    for name in QTY_COLUMNS:
        setattr(order, name, sum(line[name] for line in lines.values()))
    order.line_count = len(lines)
    order.scarce_sku = (order.scarce_sku if scarce is None else scarce) if order.qty_backordered else ""
    refresh(order, *QTY_COLUMNS, "line_count", "scarce_sku", **moments)


def report_money(order: Order, facts: MoneyFacts) -> None:
    """Store the sums of the order's money rows and bring the order up to date."""
    values = asdict(facts)
    order.has_failed_payment = values.pop("has_failed")
    order.cod_outstanding = values.pop("cod_outstanding")
    for name, amount in values.items():
        setattr(order, f"{name}_total", amount)
    columns = [f"{name}_total" for name in values]
    refresh(order, *columns, "cod_outstanding", "has_failed_payment")


def report_work(
    order: Order,
    *,
    is_picking: bool | None = None,
    open_returns: int | None = None,
    requested_returns: int | None = None,
) -> None:
    """Store what is in hand on this order (a pick begun, returns open) and bring the order up to date."""
    given = {"is_picking": is_picking, "open_returns": open_returns, "requested_returns": requested_returns}
    changed = {name: value for name, value in given.items() if value is not None}
    for name, value in changed.items():
        setattr(order, name, value)
    refresh(order, *changed)


def report_attempts(order: Order, answer_by: datetime | None) -> None:
    """Store by when the first failed delivery of the order is to be answered; None when none is."""
    order.attempt_due_at = answer_by
    refresh(order, "attempt_due_at")


def report_losses(order: Order, answer_by: datetime | None, value: Decimal) -> None:
    """Store by when the first loss of the order is to be answered, None when none is open, and what all of them are worth."""
    order.loss_due_at, order.loss_value = answer_by, value
    refresh(order, "loss_due_at", "loss_value")


def report_questions(order: Order, answer_by: datetime | None) -> None:
    """Store by when the customer's first unanswered message is to be answered; None when none is open."""
    order.answer_due_at = answer_by
    refresh(order, "answer_due_at")


def report_supply(order: Order, due_on: date | None, ref: str, scarce: str) -> None:
    """Store which document brings the last of the waiting units and when; None while some are on nobody's order.

    `scarce` is as in `report_scarce`.
    """
    order.stock_due_on, order.stock_due_ref, order.scarce_sku = due_on, ref, scarce
    refresh(order, "stock_due_on", "stock_due_ref", "scarce_sku")


def report_scarce(order: Order, sku: str) -> None:
    """Store of which SKU units lie on the shelf that the order waits for and that somebody must share out; empty: none."""
    order.scarce_sku = sku
    refresh(order, "scarce_sku")


def report_value(
    order: Order, *, cancelled: Decimal = Decimal(0), returned: Decimal = Decimal(0), written_off: Decimal = Decimal(0)
) -> None:
    """Add to what the customer no longer owes: the frozen value of cancelled or returned units, or of lost ones nobody paid."""
    order.cancelled_total += cancelled
    order.returned_total += returned
    order.written_off_total += written_off
    refresh(order, "cancelled_total", "returned_total", "written_off_total")


def add_search_terms(order: Order, terms: list[str]) -> None:
    """Let the order be found by `terms` too (a tracking number, a payment reference)."""
    order.search_terms = sorted(set(order.search_terms) | {t.lower()[:260] for t in terms if t})
    Order.objects.filter(pk=order.pk).update(search_terms=order.search_terms)


def refresh(order: Order, *columns: str, **moments: datetime | None) -> None:
    """Recompute the answer from the order's stored facts and save it with `columns`; raises the version by one."""
    for name, moment in moments.items():
        setattr(order, name, moment)
    derive(order, open_holds(order), stages(), now())
    changed = {name: getattr(order, name) for name in (*DERIVED, *columns, *moments)}
    # No save(): these columns are not part of the edit history, and it would write one more row of it.
    update_row(Order, order.pk, changed | {"updated_at": now()}, raised="version")
    order.version += 1


@transaction.atomic
def renew_answers(ids: Collection[int]) -> int:
    """Derive the answers of these orders anew, under their locks; how many were not what their facts say."""
    limit_lock_wait()
    orders = list(Order.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))
    stored = {order.pk: [getattr(order, name) for name in DERIVED] for order in orders}
    _derive_all(orders)
    stale = [order for order in orders if stored[order.pk] != [getattr(order, name) for name in DERIVED]]
    _save_all(stale)
    return len(stale)


def refresh_all(orders: Sequence[Order]) -> None:
    """The same for several locked orders at once, in two statements whatever their number."""
    _derive_all(orders)
    _save_all(orders)


def _derive_all(orders: Sequence[Order]) -> None:
    holds: dict[int, list[Hold]] = {order.pk: [] for order in orders}
    for hold in (
        Hold.objects.filter(order__in=list(holds), cleared_at__isnull=True)
        .select_related("reason")
        .order_by("placed_at", "pk")
    ):
        holds[hold.order_id].append(hold)
    at, book = now(), stages()
    for order in orders:
        derive(order, holds[order.pk], book, at)


def _save_all(orders: Sequence[Order]) -> None:
    for order in orders:
        order.version, order.updated_at = order.version + 1, now()
    Order.objects.bulk_update(orders, [*(n.removesuffix("_id") for n in DERIVED), "version", "updated_at"])


def open_holds(order: Order) -> list[Hold]:
    if not fetch("SELECT 1 FROM orders_hold WHERE order_id = %s::bigint AND cleared_at IS NULL LIMIT 1", [order.pk]):
        return []  # nearly always
    return list(
        Hold.objects.filter(order=order, cleared_at__isnull=True).select_related("reason").order_by("placed_at", "pk")
    )


def _quantities(order: Order) -> dict[int, dict[str, Any]]:
    """SKU and quantities of the order's lines by id."""
    columns = ("sku", *QTY_COLUMNS)
    return {pk: dict(zip(columns, values, strict=True)) for pk, *values in fetch(LINES, [order.pk])}
