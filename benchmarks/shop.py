"""The little business the capture figures are about: 999 products with ample stock, two places, 300 returning buyers."""

from dataclasses import dataclass

PRODUCTS, BUYERS, STOCK = 999, 300, 1_000_000


@dataclass(frozen=True)
class Shop:
    channel: str
    key: str
    first_product: int
    location: int


def make() -> Shop:
    from django.db import connection

    from inventory.models import Location, Product
    from oms.access.models import User
    from oms.intake.models import ApiKey, Scope
    from orders.models import Channel

    channel = Channel.objects.create(code="bench", name="Bench")
    places = [Location.objects.create(code=c, name=c.title(), rank=i, country="IN") for i, c in enumerate(("a", "b"))]
    products = Product.objects.bulk_create(
        [Product(sku=sku(i), name=f"Product {i}", price=100) for i in range(PRODUCTS)]
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO inventory_stocklevel (product_id, location_id, on_hand, quarantined, damaged, reserved, allocated) "
            "SELECT p.id, l.id, %s, 0, 0, 0, 0 FROM inventory_product p, inventory_location l",
            [STOCK],
        )
    user = User.objects.create_user(username="bench")
    _, key = ApiKey.issue(name="Bench", user=user, scopes=[Scope.ORDERS_READ, Scope.ORDERS_WRITE])
    return Shop(channel.code, key, products[0].pk, places[0].pk)


def sku(i: int) -> str:
    return f"SKU-{i:04}"


def order(n: int, pick: int, run: str) -> dict:
    """Order `n` of a run: three different products, each from its third of the catalogue; `pick` chooses which."""
    third = PRODUCTS // 3
    buyer = pick % BUYERS
    lines = [
        {"sku": sku(part * third + (pick * (part + 7)) % third), "qty": 1, "unit_price": f"{part + 1}00.00"}
        for part in range(3)
    ]
    return {
        "channel": "bench", "external_id": f"{run}-{n}", "placed_at": "2026-03-17T09:14:00+05:30", "currency": "INR",
        "customer_name": f"Buyer {buyer}", "email": f"buyer{buyer}@example.test", "phone": "+91 98765 43210",
        "ship_to": {"name": f"Buyer {buyer}", "line1": "12 Example Road", "city": "Mumbai", "state": "Maharashtra",
                    "postal_code": "400001", "country": "IN", "phone": "+91 98765 43210"},
        "lines": lines, "total": "600.00",
    }  # fmt: skip
