"""Suppliers who send to our customers over HTTP: what they send, and what they say they have of it."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router, Schema
from pydantic import Field

from inventory.actions.drop_shipping import tell_stock
from inventory.api_access import Strict, not_found, read, work
from inventory.dropping import Sent, sent_by
from inventory.models import Supplier
from oms.kernel.actors import Actor

router = Router()
Code = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,40}$", description="Supplier code")]


class FigureIn(Strict):
    sku: str = Field(min_length=1, max_length=80, description="Our SKU, or the supplier's own code")
    qty: int | None = Field(
        ge=0,
        le=1_000_000,
        description="Units that lie there, with what we ordered and they did not send; null: no figure",
    )


class FiguresIn(Strict):
    figures: list[FigureIn] = Field(min_length=1, max_length=5000)


class OfferOut(Schema):
    sku: str
    code: str = Field(description="The supplier's own")
    when: str = Field(description="own_first, supplier_first or supplier_only")
    lead_days: int
    min_qty: int
    told: int | None
    told_at: datetime | None
    promised: int
    available: int | None = Field(description="null: they tell no figure, nothing limits what is promised")


class OffersOut(Schema):
    supplier: str
    ships_to: list[str]
    offers: list[OfferOut]


@router.get("/{code}/offers", response=OffersOut, summary="What a supplier sends to our customers")
def list_offers(request: HttpRequest, code: Code) -> Any:
    return read(request, "purchases.view") or _out(_one(code))


@router.post("/{code}/stock", response={200: OffersOut}, summary="Note what a supplier says they have")
def note_figures(request: HttpRequest, code: Code, body: FiguresIn) -> HttpResponse:
    """All of it or nothing: 409 names every SKU that is not on their list. Orders that wait are served from it."""

    def act(actor: Actor) -> Schema:
        tell_stock(_one(code).code, [(figure.sku, figure.qty) for figure in body.figures], actor=actor)
        return OffersOut.model_validate(_out(_one(code)))

    return work(request, "purchases.edit", act)


def _one(code: str) -> Supplier:
    found = Supplier.objects.filter(code=code).first()
    if found is None:
        raise not_found("supplier", code)
    return found


def _out(supplier: Supplier) -> dict[str, Any]:
    return {
        "supplier": supplier.code, "ships_to": supplier.ships_to, "offers": [_offer(sent) for sent in sent_by(supplier)],
    }  # fmt: skip


def _offer(sent: Sent) -> dict[str, Any]:
    item = sent.item
    return {
        "sku": item.product.sku, "code": item.code, "when": item.drop_ship, "lead_days": sent.days, "min_qty": item.min_qty,
        "told": sent.told, "told_at": sent.at, "promised": sent.promised, "available": sent.left,
    }  # fmt: skip
