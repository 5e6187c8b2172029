"""Stock levels over HTTP."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from inventory.api_access import PageQuery, paged, read
from inventory.models import StockLevel
from oms.ui.keyset import Sort

router = Router()


class StockQuery(PageQuery):
    sku: str = Field("", max_length=80)
    location: str = Field("", max_length=40, description="Location code")
    low: bool = Field(False, description="Only what is below its safety stock")


class LevelOut(Schema):
    """Units of a SKU at a place. `available` may still be promised; `incoming` is on its way."""

    sku: str
    location: str
    on_hand: int
    quarantined: int
    damaged: int
    reserved: int
    allocated: int
    available: int
    incoming: int
    safety_stock: int


class StockOut(Schema):
    levels: list[LevelOut]
    next: str = Field(description="Cursor of the next page; empty on the last one")


@router.get("", response=StockOut, summary="Stock levels by SKU and place")
def list_stock(request: HttpRequest, query: Query[StockQuery]) -> Any:
    if denied := read(request, "inventory.view"):
        return denied
    rows = StockLevel.objects.visible_to(request.auth.user)  # type: ignore[attr-defined]
    wanted = {"product__sku": query.sku, "location__code": query.location}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    rows = (rows.low() if query.low else rows).select_related("product", "location")
    return paged(rows, query, "levels", _level, Sort("by SKU", ("product__sku", "location__code")))


def _level(level: StockLevel) -> dict[str, Any]:
    names = [name for name in LevelOut.model_fields if name not in ("sku", "location")]
    return {name: getattr(level, name) for name in names} | {
        "sku": level.product.sku, "location": level.location.code,
    }  # fmt: skip
