"""Keep a blanket order: start, change, close, open again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from oms.events.publish import publish, publish_move
from oms.kernel.actors import as_actor
from oms.kernel.errors import Refusal, Refused
from oms.kernel.lifecycle import require
from oms.kernel.numbers import next_number
from orders.actions._blanket import lock_blanket
from orders.actions.recurring_start import contents_from
from orders.locks import lock_customer
from orders.models import BlanketLine, BlanketOrder, Channel, Customer
from orders.standing.agreed import agreed_lines

COLUMNS = ("channel", "customer_po", "payment_terms", "ship_to", "note", "starts_on", "ends_on")


@dataclass(frozen=True)
class Agreement:
    """Everything people agree on. `lines`: (SKU, units, unit price in the channel's currency). Days include the last."""

    channel: Channel
    lines: Sequence[tuple[str, int, Decimal]]
    starts_on: date
    ends_on: date
    ship_to: dict[str, str] = field(default_factory=dict)
    customer_po: str = ""
    payment_terms: str = "prepaid"
    note: str = ""


@transaction.atomic
def start_blanket(customer: Customer, agreed: Agreement, *, actor: Any) -> BlanketOrder:
    """Keep a new agreement. Refuses unknown, retired or repeated products and days in the wrong order."""
    rows, customer = _rows(agreed), lock_customer(customer.pk)
    blanket = BlanketOrder(
        number=next_number("orders_blanket_seq", "BO"), customer=customer, made_by=as_actor(actor).name[:80]
    )
    _write(blanket, agreed)
    blanket.save()
    _write_lines(blanket, rows)
    publish_move(
        "blanket.started", subject=blanket.number, actor=actor, machine="blanketorder", move="start", source="",
        target=blanket.status, label=agreed.customer_po,
    )  # fmt: skip
    return blanket


@transaction.atomic
def change_blanket(number: str, agreed: Agreement, *, seen: int, actor: Any) -> BlanketOrder:
    """Change the agreement; releases keep their prices. Refuses fewer units than are released, and an older sight of it."""
    blanket = lock_blanket(number)
    if blanket.version != seen:
        raise Refused("changed_meanwhile", f"{number} was changed meanwhile; look at it as it is now, then change it.")
    rows = _rows(agreed)
    wanted = {product: qty for product, qty, _ in rows}
    short = [a for a in agreed_lines(blanket) if a.released > wanted.get(a.line.product_id, 0)]
    if short:
        raise Refused.because(
            [
                Refusal(
                    "below_released", f"{a.line.product.sku}: {a.released} are released already; agree on no fewer."
                )
                for a in short
            ]
        )
    if blanket.channel_id != agreed.channel.pk and any(a.released for a in agreed_lines(blanket)):
        raise Refused("released_already", "Something is released already, so the channel stays.")
    _write(blanket, agreed)
    blanket.version += 1
    blanket.save(update_fields=[*COLUMNS, "version", "updated_at"])
    blanket.lines.all().delete()
    _write_lines(blanket, rows)
    publish("blanket.changed", subject=number, actor=actor)
    return blanket


@transaction.atomic
def close_blanket(number: str, *, actor: Any, reason: str = "") -> BlanketOrder:
    """Release nothing from it any more. Refuses when it is closed."""
    return _move(number, "close", "blanket.closed", actor, reason)


@transaction.atomic
def reopen_blanket(number: str, *, actor: Any) -> BlanketOrder:
    """Go on releasing from it. Refuses when it is open."""
    return _move(number, "reopen", "blanket.reopened", actor)


def _move(number: str, move: str, event: str, actor: Any, reason: str = "") -> BlanketOrder:
    blanket = lock_blanket(number)
    require(blanket, move)
    source = blanket.status
    getattr(blanket, move)()
    blanket.save(update_fields=["status", "updated_at"])
    publish_move(
        event, subject=number, actor=actor, machine="blanketorder", move=move, source=source, target=blanket.status,
        reason=reason[:300],
    )  # fmt: skip
    return blanket


def _rows(agreed: Agreement) -> list[tuple[int, int, Decimal]]:
    if agreed.ends_on < agreed.starts_on:
        raise Refused("days_crossed", "The last day lies before the first one.")
    contents = contents_from([(sku, qty) for sku, qty, _ in agreed.lines])
    return [(product, qty, price) for (product, qty), (_, _, price) in zip(contents, agreed.lines, strict=True)]


def _write(blanket: BlanketOrder, agreed: Agreement) -> None:
    for name in COLUMNS:
        setattr(blanket, name, getattr(agreed, name))


def _write_lines(blanket: BlanketOrder, rows: list[tuple[int, int, Decimal]]) -> None:
    BlanketLine.objects.bulk_create(
        BlanketLine(blanket=blanket, position=i, product_id=product, qty=qty, unit_price=price)
        for i, (product, qty, price) in enumerate(rows, start=1)
    )
