"""Exchange rates and orders in another currency than the books'."""

from datetime import timedelta
from decimal import Decimal

from oms.kernel.clock import business_date
from orders.models import ExchangeRate, Order
from tests.stories import placed


def rate(value: str, *, currency: str = "AUD", days_ago: int = 0) -> ExchangeRate:
    day = business_date() - timedelta(days=days_ago)
    return ExchangeRate.objects.create(currency=currency, day=day, rate=Decimal(value), source="Test list")


def dollars(qty: int = 1, price: str = "10.00", **changes) -> Order:
    return placed(("MUG", qty), price=price, currency="AUD", **changes)
