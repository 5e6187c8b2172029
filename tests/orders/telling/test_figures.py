"""The figure told is the one a claim finds: exactly so many can be sold, and one more would wait."""

import pytest
from django.db import transaction

from inventory.actions.buffer import keep_back
from inventory.for_sale import for_sale
from inventory.models import Backorder, Product
from orders.models import Channel
from orders.telling.look import seller_of
from tests.fulfilment import dropping
from tests.inventory.kits import SET, tea_set
from tests.stories import placed


class Back(Exception):
    """Nothing of what was tried stays."""


def told(sku: str) -> int:
    pk = Product.objects.get(sku=sku).pk
    return for_sale(seller_of(Channel.objects.get(code="web")), [pk])[pk]


def waits(sku: str, qty: int) -> int:
    """Units that would wait if so many were ordered now."""
    found = 0
    with pytest.raises(Back), transaction.atomic():
        order = placed((sku, qty))
        found = sum(Backorder.objects.filter(order_number=order.number).values_list("qty", flat=True))
        raise Back
    return found


def sell_all(sku: str, units: int) -> None:
    """The claim agrees: `units` are there, and not one more."""
    assert told(sku) == units
    assert (waits(sku, units) if units else 0, waits(sku, units + 1)) == (0, 1), sku


def test_exactly_what_is_told_can_be_sold(shop, ana):
    sell_all("MUG", 15)
    sell_all("LAMP", 0)
    keep_back("MUG", channel="web", qty=4, actor=ana)
    keep_back("MUG", channel="elsewhere", qty=9, actor=ana)
    sell_all("MUG", 11)
    placed(("MUG", 3))
    sell_all("MUG", 8)
    Channel.objects.update(location_codes=["delhi"])
    sell_all("MUG", 1)
    keep_back("MUG", channel="web", qty=40, actor=ana)
    sell_all("MUG", 0)


def test_a_kit_counts_whole_kits_where_its_components_lie_together(shop, ana):
    tea_set()
    sell_all(SET, 5)
    keep_back("MUG", channel="web", qty=7, actor=ana)  # five in Delhi, two in Pune
    sell_all(SET, 4)
    placed((SET, 1))
    sell_all(SET, 3)
    assert told("KETTLE") == 9
    keep_back(SET, channel="web", qty=2, actor=ana)
    sell_all(SET, 1)


def test_suppliers_count_with_what_any_order_may_have(shop):
    dropping.offered("MUG", code="zen", when="own_first", figure=4)
    sell_all("MUG", 19)
    placed(("MUG", 17))
    sell_all("MUG", 2)
    dropping.offered("KETTLE", code="zen", when="supplier_only", figure=3)
    sell_all("KETTLE", 3)
    dropping.offered("LAMP", code="zen", when="own_first")
    assert told("LAMP") == 1_000_000, "they tell no figure: nothing limits it"
    Product.objects.get(sku="LAMP").sources.update(min_qty=6)
    assert told("LAMP") == 0, "nobody who wants one gets it"
    Product.objects.get(sku="LAMP").sources.update(min_qty=1)
    Product.objects.get(sku="LAMP").sources.get().supplier.__class__.objects.update(ships_to=["AU"])
    assert told("LAMP") == 0, "they do not send to the channel's country"


def test_what_somebody_decides_or_nobody_sells_is_not_for_sale(shop):
    Product.objects.filter(sku="MUG").update(is_rationed=True)
    sell_all("MUG", 15)
    placed(("MUG", 20))
    Product.objects.filter(sku="KETTLE").update(is_active=False)
    assert (told("MUG"), told("KETTLE")) == (0, 0)
    assert waits("MUG", 1) == 1
