"""Locks of this app: documents of supply first, then the stock rows an action touches in more than one statement."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import OperationalError
from django.db.models import QuerySet

from inventory.actions.reserve import OrderDemand
from inventory.kits import components, held_places, recipes, with_parts
from inventory.ledger import lock_levels
from inventory.models import Allocation, Assembly, Location, PurchaseOrder, Stocktake, Transfer
from oms.kernel.db import limit_lock_wait, sqlstate
from oms.kernel.errors import Busy, Refused


def lock_for_hardening(wanted: Sequence[OrderDemand]) -> None:
    """Lock every level that promoting the order's soft promises and claiming `wanted` may touch, in one order.

    Each of the two statements sorts its own rows; without this, one order could hold the second SKU (promoted) and
    want the first (claimed) while another does the opposite.
    """
    soft = Allocation.objects.filter(order_number__in={w.order_number for w in wanted}, kind="soft")
    places = held_places(soft)
    for w in wanted:
        products = components(with_parts(w.demands))
        places |= {(product, place) for product in products for place in w.location_ids}
    lock_levels(places)


def lock_wanted(wanted: Iterable[OrderDemand]) -> None:
    """Lock every level that claims of `wanted` may touch, in one order: before claims in more than one statement.

    The demands know the parts of their kits.
    """
    lock_levels({(product, place) for w in wanted for product in components(w.demands) for place in w.location_ids})


def lock_for_moving(order_number: str, *, product_ids: Collection[int], location_ids: Collection[int]) -> None:
    """Lock every level that moving promises of these products between these places may touch, in one order.

    Freeing at one place and claiming at the next are statements of their own: two moves of one SKU in opposite
    directions would wait for each other. What the order is promised at the places counts with them.
    """
    held = list(Allocation.objects.filter(order_number=order_number, location_id__in=location_ids))
    moving = [a for a in held if a.product_id in product_ids]
    products = {*product_ids, *(product for product, _ in held_places(moving))}
    lock_levels(held_places(held) | {(product, place) for product in products for place in location_ids})


def lock_returned(products: Mapping[int, int | None], *, location_id: int) -> None:
    """Lock the levels that units of {line id: product id} come back to at the place, kits by their components."""
    parts = recipes(products)
    each = {product for line, pk in products.items() if pk for product, _ in parts.get(line, ((pk, 1),))}
    lock_levels({(product, location_id) for product in each}, make=True)


def lock_purchase(number: str, *, for_customer: bool = False) -> PurchaseOrder:
    """Lock and return the purchase order; Refused when there is none, Busy when somebody holds it for over 2 seconds.

    What a supplier sends to a customer moves with the order's work: only callers who hold the order say `for_customer`.
    """
    rows = PurchaseOrder.objects.select_for_update(of=("self",)).select_related("supplier", "location")
    purchase = _locked(rows, number, Refused("purchase_not_found", f"There is no purchase order {number}."))
    if purchase.is_drop_ship and not for_customer:
        raise Refused(
            "goes_to_customer",
            f"{number} goes straight to the customer of {purchase.order_number}; its steps are on that order's work.",
        )
    return purchase


def lock_assembly(number: str) -> Assembly:
    """Lock and return the assembly; Refused when there is none, Busy when somebody holds it for over 2 seconds."""
    rows = Assembly.objects.select_for_update(of=("self",)).select_related("product", "location")
    return _locked(rows, number, Refused("assembly_not_found", f"There is no assembly {number}."))


def lock_transfer(number: str) -> Transfer:
    """Lock and return the transfer; Refused when there is none, Busy when somebody holds it for over 2 seconds."""
    rows = Transfer.objects.select_for_update(of=("self",)).select_related("source", "location")
    return _locked(rows, number, Refused("transfer_not_found", f"There is no transfer {number}."))


def lock_stocktake(number: str) -> Stocktake:
    """Lock and return the stocktake; Refused when there is none, Busy when somebody holds it for over 2 seconds."""
    rows = Stocktake.objects.select_for_update(of=("self",)).select_related("location")
    return _locked(rows, number, Refused("stocktake_not_found", f"There is no stocktake {number}."))


def lock_place(place: Location) -> None:
    """Let one at a time decide what is counted there. Levels and movements of the place are made all the same."""
    limit_lock_wait()
    Location.objects.select_for_update(no_key=True).get(pk=place.pk)


def _locked(rows: QuerySet, number: str, unknown: Refused) -> Any:
    limit_lock_wait()
    try:
        found = rows.filter(number=number).first()
    except OperationalError as error:
        if sqlstate(error) == "55P03":
            raise Busy(f"{number} is being changed by somebody else right now. Try again in a moment.") from error
        raise
    if found is None:
        raise unknown
    return found
