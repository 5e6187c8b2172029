"""The last unit that a supplier told us of, wanted by two at once; and the twin without the lock on their figure."""

import pytest

import inventory.offers as offers
from inventory.models import Allocation
from orders.models import Order
from tests.concurrency.overlap import one_inside_the_other
from tests.conftest import make_shop
from tests.fulfilment.dropping import offered
from tests.stories import placed


def both() -> int:
    make_shop()
    offered("LAMP", figure=1)
    one_inside_the_other(
        lambda: placed(("LAMP", 1), email="a@example.test"), lambda: placed(("LAMP", 1), email="b@example.test")
    )
    assert Order.objects.count() == 2
    return Allocation.objects.count()


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_the_last_unit_of_a_supplier_is_promised_once():
    assert both() == 1
    assert Order.objects.get(qty_backordered=1).qty_reserved == 0


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_it_is_promised_twice(monkeypatch):
    """Negative control."""
    monkeypatch.setattr(offers, "lock_offers", lambda places: None)
    assert both() == 2
