"""Available to promise over HTTP: what a channel may still sell of a SKU, today and on the days to come."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from inventory.atp import positions_from, safety_of
from inventory.dropping import Sent, senders_of
from inventory.models import Product
from oms.intake.auth import lacks_scope
from oms.intake.models import ApiKey, Scope
from oms.intake.problem import problem
from orders.capture.catalogue import locations_for
from orders.models import Channel

router = Router()


class AtpQuery(Schema):
    sku: str = Field(min_length=1, max_length=80)
    channel: str = Field("", max_length=40, description="Channel code; may be left out when the key is bound to one")
    days: int = Field(14, ge=0, le=90, description="How many days ahead")


class DayOut(Schema):
    day: date
    qty: int = Field(description="May be below zero: promised to orders that nothing covers yet")


class SenderOut(Schema):
    supplier: str = Field(description="Supplier code")
    when: str = Field(description="own_first, supplier_first or supplier_only")
    available: int | None = Field(
        description="Units that may be promised of theirs; null: they tell no figure, no limit"
    )
    told_at: datetime | None = Field(description="When they told their figure")
    lead_days: int
    ships_to: list[str] = Field(description="Countries; empty: everywhere")


class AtpOut(Schema):
    sku: str
    channel: str
    available: int = Field(description="At the channel's places")
    kept_back: int = Field(description="Units the channel leaves")
    backordered: int
    days: list[DayOut]
    suppliers: list[SenderOut] = Field(
        description="Who sends it to the customer themselves; not counted in the units above"
    )


@router.get("", response=AtpOut, summary="What a channel may still promise of a SKU")
def available_to_promise(request: HttpRequest, query: Query[AtpQuery]) -> Any:
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    if denied := lacks_scope(key, Scope.SUPPLY_READ):
        return denied
    if key.channel_code and query.channel not in ("", key.channel_code):
        return problem(403, "channel_not_yours", f"This key is bound to the channel {key.channel_code}.")
    code, mine = query.channel or key.channel_code, key.user.channel_codes
    channel = Channel.objects.filter(code=code).first() if not mine or code in mine else None
    if channel is None:
        return problem(404, "channel_not_found", f"There is no channel {code}.")
    product = Product.objects.filter(sku=query.sku).first()
    if product is None:
        return problem(404, "sku_not_found", f"There is no SKU {query.sku}.")
    kept = safety_of(product.pk, [code]).get(code, 0)
    found = positions_from(product.pk, {code: (locations_for(channel), kept)})[code]
    days = [{"day": day, "qty": qty} for day, qty in found.curve(query.days)]
    return {
        "sku": product.sku, "channel": code, "available": found.available, "kept_back": kept,
        "backordered": found.backordered, "days": days, "suppliers": [_sender(s) for s in senders_of(product.pk)],
    }  # fmt: skip


def _sender(sent: Sent) -> dict[str, Any]:
    supplier = sent.item.supplier
    return {
        "supplier": supplier.code, "when": sent.item.drop_ship, "available": sent.left, "told_at": sent.at,
        "lead_days": sent.days, "ships_to": supplier.ships_to,
    }  # fmt: skip
