"""Kits over HTTP: what there is, what could be made of it, and the recipe, by the rules people have."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router, Schema
from pydantic import Field

from inventory.actions.recipe import MOST, MOST_PARTS, Part, set_recipe
from inventory.api_access import PageQuery, Strict, not_found, paged, read, work
from inventory.kit_card import KitCard, kit_cards
from inventory.models import Product, ProductKind
from oms.kernel.actors import Actor
from oms.ui.keyset import Sort

router = Router()


class KitQuery(PageQuery):
    component: str = Field("", max_length=80, description="Only kits that this SKU goes into")


class PartIn(Strict):
    sku: str = Field(min_length=1, max_length=80)
    qty: int = Field(ge=1, le=MOST, description="Units in one")

    def part(self) -> Part:
        return Part(self.sku, self.qty)


class KitIn(Strict):
    sku: str = Field(min_length=1, max_length=80, description="A product there is; it must have no stock of its own")
    parts: list[PartIn] = Field(
        max_length=MOST_PARTS, description="The whole recipe; without parts it is no kit any more"
    )
    seen: str | None = Field(
        None,
        max_length=4000,
        description="`recipe` as you read it; 409 when somebody changed it since. Absent: whatever it was",
    )


class KitPartOut(Schema):
    sku: str
    qty: int
    available: int = Field(description="Units free at all places")


class KitPlaceOut(Schema):
    location: str
    qty: int = Field(description="Whole kits that could be sent from here")
    limits: list[str] = Field(description="SKUs that allow no more")


class KitOut(Schema):
    """A kit has no stock: it can be sold as often as its scarcest component allows."""

    sku: str
    name: str
    recipe: str = Field(description="In words; what `seen` compares. Empty: no kit")
    available: int
    parts: list[KitPartOut]
    places: list[KitPlaceOut]


class KitsOut(Schema):
    kits: list[KitOut]
    next: str = Field(description="Cursor of the next page; empty on the last one")


@router.get("", response=KitsOut, summary="Kits by SKU, and what could be made of each")
def list_kits(request: HttpRequest, query: Query[KitQuery]) -> Any:
    if denied := read(request, "inventory.view"):
        return denied
    rows = Product.objects.filter(kind=ProductKind.KIT)
    if query.component:
        rows = rows.filter(parts__product__sku=query.component)
    answer = paged(rows, query, "kits", lambda kit: kit, Sort("by SKU", ("sku",)))
    if isinstance(answer, HttpResponse):
        return answer
    return answer | {"kits": [_out(card) for card in kit_cards(answer["kits"], _user(request))]}


@router.get("/{path:sku}", response=KitOut, summary="One kit")
def read_kit(request: HttpRequest, sku: str = Path(max_length=80)) -> Any:
    return read(request, "inventory.view") or _one(request, sku, kits_only=True)


@router.post("", response={200: KitOut}, summary="Make a product a kit, or change what it is made of")
def keep_recipe(request: HttpRequest, body: KitIn) -> HttpResponse:
    """Replaces the whole recipe. Orders already sold keep theirs. 409 names every part that cannot stand."""

    def act(actor: Actor) -> Schema:
        set_recipe(body.sku, parts=[part.part() for part in body.parts], actor=actor, seen=body.seen)
        return KitOut.model_validate(_one(request, body.sku))

    return work(request, "inventory.adjust", act)


def _user(request: HttpRequest) -> Any:
    return request.auth.user  # type: ignore[attr-defined]


def _one(request: HttpRequest, sku: str, *, kits_only: bool = False) -> dict[str, Any]:
    found = Product.objects.filter(sku=sku.replace("\x00", "")).first()
    if found is None or (kits_only and not found.is_kit):
        raise not_found("kit", sku[:80])
    return _out(kit_cards([found], _user(request))[0])


def _out(card: KitCard) -> dict[str, Any]:
    return {
        "sku": card.kit.sku, "name": card.kit.name, "recipe": card.recipe, "available": card.qty,
        "parts": [{"sku": c.product.sku, "qty": c.qty, "available": c.available} for c in card.components],
        "places": [{"location": p.location.code, "qty": p.qty, "limits": list(p.limits)} for p in card.places],
    }  # fmt: skip
