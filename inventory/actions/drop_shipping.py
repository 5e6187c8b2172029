"""Keep which products suppliers send to our customers themselves, and what they told us they have of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from inventory.models import DropShip, Location, LocationKind, Product, Supplier, SupplierItem
from oms.events.publish import publish
from oms.kernel.clock import now
from oms.kernel.errors import Refusal, Refused

MOST = 1_000_000
LAST = 900  # suppliers come after our own places wherever places are ranked


@dataclass(frozen=True)
class Terms:
    """How a supplier sends `sku`: `when` is a DropShip; `lead_days` None: the supplier's usual; parcels of `min_qty` or more."""

    sku: str
    when: str
    lead_days: int | None = None
    min_qty: int = 1


@transaction.atomic
def keep_drop_shipping(code: str, *, terms: Sequence[Terms], ships_to: Collection[str], actor: Any) -> Supplier:
    """Replace what the supplier `code` sends to our customers by `terms`; nothing means that they send nothing any more.

    What is promised already stays theirs. Refuses SKUs they do not sell, kits, and what the fair-share desk shares out.
    """
    supplier = _locked(code)
    items = {i.product.sku: i for i in SupplierItem.objects.filter(supplier=supplier).select_related("product")}
    wrong = [refusal for t in terms if (refusal := _wrong(supplier, items.get(t.sku), t))]
    if wrong:
        raise Refused.because(wrong)
    asked = {t.sku: t for t in terms}
    for sku, item in items.items():
        new = asked.get(sku) or Terms(sku, "", item.lead_days, item.min_qty)
        item.drop_ship, item.lead_days, item.min_qty = new.when, new.lead_days, new.min_qty
        item.save(update_fields=["drop_ship", "lead_days", "min_qty"])
    supplier.ships_to = sorted({country.upper() for country in ships_to})
    _give_place(supplier, is_active=bool(asked))
    supplier.save(update_fields=["ships_to", "place"])
    publish("inventory.drop_shipping_kept", subject=code, actor=actor, skus=sorted(asked), supplier=supplier.name)
    for sku in sorted(asked):
        publish(
            "inventory.supplier_offers", subject=sku[:60], stream=f"offer-{items[sku].pk}", actor=actor, sku=sku, qty=""
        )
    return supplier


@transaction.atomic
def tell_stock(code: str, figures: Sequence[tuple[str, int | None]], *, actor: Any) -> list[SupplierItem]:
    """Note what the supplier told they have, now: (SKU or their own code, units); None: they tell none any more.

    A figure is what lies there, what we asked for and they did not send yet included. Refuses, naming each, what they do
    not sell; then nothing is noted.
    """
    supplier = _locked(code)
    rows = list(
        SupplierItem.objects.select_for_update(of=("self",))
        .filter(supplier=supplier)
        .select_related("product")
        .order_by("pk")
    )
    known = {i.code: i for i in rows if i.code} | {i.product.sku: i for i in rows}
    wrong = [Refusal("sku_unknown", f"{supplier} does not sell {sku[:80]}.") for sku, _ in figures if sku not in known]
    wrong += [
        Refusal("qty_impossible", f"{sku[:80]}: enter how many units they have, 0 to {MOST:,}.")
        for sku, qty in figures if qty is not None and not 0 <= qty <= MOST
    ]  # fmt: skip
    if wrong:
        raise Refused.because(wrong)
    told = []
    for sku, qty in figures:
        item = known[sku]
        item.stock, item.stock_at, item.shipped_since = qty, now(), 0
        item.save(update_fields=["stock", "stock_at", "shipped_since"])
        told.append(item)
        publish(
            "inventory.supplier_offers", subject=item.product.sku[:60], stream=f"offer-{item.pk}", actor=actor,
            sku=item.product.sku, qty="" if qty is None else qty, supplier=supplier.code,
        )  # fmt: skip
    return told


def _locked(code: str) -> Supplier:
    # Not the key: whoever promises their goods drafts a purchase order to them while holding a row of their list.
    rows = Supplier.objects.select_for_update(of=("self",), no_key=True).select_related("place")
    supplier = rows.filter(code=code).first()
    if supplier is None:
        raise Refused("supplier_not_found", f"There is no supplier {code[:40]}.")
    return supplier


def _wrong(supplier: Supplier, item: SupplierItem | None, terms: Terms) -> Refusal | None:
    sku = terms.sku[:80]
    if item is None:
        return Refusal("sku_unknown", f"{supplier} does not sell {sku}; put it on their list first.")
    product: Product = item.product
    if terms.when not in DropShip.values:
        return Refusal("when_unknown", f"{sku}: say when they send it: {', '.join(DropShip.values)}.")
    if product.is_kit:
        return Refusal("is_a_kit", f"{sku} is a kit; kits are put together from our own shelves.")
    if product.is_rationed:
        return Refusal(
            "is_rationed", f"{sku} waits for the fair-share desk when it is scarce; take it off the desk first."
        )
    if not 0 < terms.min_qty <= 100_000 or not 0 <= (terms.lead_days or 0) <= 365:
        return Refusal("terms_impossible", f"{sku}: one unit or more of a parcel, and at most 365 days.")
    return None


def _give_place(supplier: Supplier, *, is_active: bool) -> None:
    """The supplier as a place that routing may choose; made once, then only switched on and off."""
    place = supplier.place
    if place is None and is_active:
        code = supplier.code
        while Location.objects.filter(code=code).exists():
            code = f"{code[:35]}-ship"  # a place of ours may have the supplier's code
            if Location.objects.filter(code=code).exists():
                raise Refused("code_taken", f"There are places {supplier.code} and {code}; rename one of them.")
        supplier.place = Location.objects.create(
            code=code, name=supplier.name[:80], kind=LocationKind.DROP_SHIP, rank=LAST, country=_country(supplier)
        )
    elif place is not None and (place.is_active, place.name) != (is_active, supplier.name[:80]):
        place.is_active, place.name = is_active, supplier.name[:80]
        place.save(update_fields=["is_active", "name", "updated_at"])


def _country(supplier: Supplier) -> str:
    return {"AUD": "AU", "INR": "IN"}.get(supplier.currency, supplier.ships_to[0] if supplier.ships_to else "IN")
