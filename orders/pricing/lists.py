"""The agreed unit price of products for a buyer (CU-02, CU-03, CU-04)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from orders.models import Customer, PriceItem


@dataclass(frozen=True)
class Buyer:
    """Whose prices are asked for. `currency` is the order's."""

    currency: str
    customer_id: int | None = None
    group_id: int | None = None
    channel_id: int | None = None

    @classmethod
    def of(cls, customer: Customer | None, channel_id: int | None, currency: str) -> "Buyer":
        return cls(currency, customer.pk if customer else None, customer.group_id if customer else None, channel_id)


@dataclass(frozen=True)
class Price:
    """An agreed unit price: which list says so, from how many units on, and the next break if one is ahead."""

    unit_price: Decimal
    list_name: str
    from_qty: int = 1
    is_personal: bool = False  # agreed with this customer or their group
    next_qty: int | None = None
    next_price: Decimal | None = None


@dataclass(frozen=True)
class Break:
    """One row of a list as the choice needs it. `narrow`: 4 for a customer's list, 2 for a group's, and 1 for a channel's;
    a list of a group on one channel has both. orders/checking/terms.py orders them the same way in SQL."""

    list_id: int
    list_name: str
    narrow: int
    rank: int
    min_qty: int
    unit_price: Decimal


def prices_for(buyer: Buyer, wanted: Iterable[tuple[int, int]], *, on: date) -> dict[int, Price]:
    """(product id, quantity) -> the agreed price; products without one are not in the answer. One query for all."""
    asked = dict(wanted)
    breaks = breaks_of(buyer, list(asked), on=on)
    found = {product: choose(breaks.get(product, ()), qty) for product, qty in asked.items()}
    return {product: price for product, price in found.items() if price}


def choose(breaks: Sequence[Break], qty: int) -> Price | None:
    """The narrowest list whose smallest quantity is reached decides; in it, the largest quantity that is reached."""
    reached = [b for b in breaks if b.min_qty <= qty]
    if not reached:
        return None
    first = min(reached, key=lambda b: (-b.narrow, b.rank, b.list_id))
    same = sorted((b for b in breaks if b.list_id == first.list_id), key=lambda b: b.min_qty)
    here = [b for b in same if b.min_qty <= qty][-1]
    ahead = next((b for b in same if b.min_qty > qty), None)
    return Price(
        here.unit_price, here.list_name, here.min_qty, here.narrow >= 2,
        ahead.min_qty if ahead else None, ahead.unit_price if ahead else None,
    )  # fmt: skip


def breaks_of(buyer: Buyer, products: Sequence[int], *, on: date) -> dict[int, list[Break]]:
    """Every row of a list that holds for the buyer on that day, by product."""
    if not products:
        return {}
    theirs = Q(price_list__customer__isnull=True)
    if buyer.customer_id:
        theirs |= Q(price_list__customer_id=buyer.customer_id)
    rows = (
        PriceItem.objects.filter(theirs, product_id__in=products, price_list__is_active=True)
        .filter(Q(price_list__group__isnull=True) | Q(price_list__group_id=buyer.group_id))
        .filter(Q(price_list__channel__isnull=True) | Q(price_list__channel_id=buyer.channel_id))
        .filter(Q(price_list__starts_on__isnull=True) | Q(price_list__starts_on__lte=on))
        .filter(Q(price_list__ends_on__isnull=True) | Q(price_list__ends_on__gte=on), price_list__currency=buyer.currency)
        .values_list(
            "product_id", "price_list_id", "price_list__name", "price_list__customer_id", "price_list__group_id",
            "price_list__channel_id", "price_list__rank", "min_qty", "unit_price",
        )
    )  # fmt: skip
    found: dict[int, list[Break]] = {}
    for product, list_id, name, customer, group, channel, rank, min_qty, price in rows:
        narrow = 4 * bool(customer) + 2 * bool(group) + bool(channel)
        found.setdefault(product, []).append(Break(list_id, name, narrow, rank, min_qty, price))
    return found
