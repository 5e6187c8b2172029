"""Terms of the demo's distributors: a group, its prices with breaks, a minimum, and credit for those who buy on it."""

from collections.abc import Sequence
from decimal import Decimal

from inventory.models import Product
from orders.models import CreditAccount, Customer, CustomerGroup, Order, OrderMinimum, PriceList


def make_terms(products: Sequence[Product]) -> None:
    """Agreed after the orders of the past were placed, so that none of them is held for it."""
    group = CustomerGroup.objects.create(code="distributors", name="Distributors")
    buyers = Customer.objects.filter(orders__channel__code="distributors").distinct().order_by("pk")
    for customer in buyers:
        customer.group = group
        customer.save(update_fields=["group", "updated_at"])
        if Order.objects.filter(customer=customer, payment_terms="credit").exists():
            CreditAccount.objects.create(customer=customer, currency="INR", limit=Decimal(150000), terms_days=30)
    listed = PriceList.objects.create(code="distributors", name="Distributor prices", currency="INR", group=group)
    for product in products:
        if product.currency == "INR" and product.price:
            for qty, share in ((1, Decimal("0.85")), (24, Decimal("0.78")), (120, Decimal("0.70"))):
                listed.items.create(
                    product=product, min_qty=qty, unit_price=(product.price * share).quantize(Decimal(1))
                )
    OrderMinimum.objects.create(group=group, currency="INR", amount=Decimal(5000))
