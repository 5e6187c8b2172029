"""What the demo's books know about other currencies: dollars week by week, and a euro order nobody has a rate for."""

from datetime import timedelta
from decimal import Decimal

from inventory.models import Product
from oms.kernel.clock import business_date, now, time_is
from orders.actions.capture import capture_orders
from orders.actions.import_rates import import_rates
from orders.channels.draft import AddressDraft, LineDraft, OrderDraft
from orders.models import Channel

WEEKS = 60
BERLIN = AddressDraft(
    name="Mila Example", line1="Beispielweg 4", city="Berlin", state="", postal_code="10115", country="DE",
    phone="+49 30 5550 0142",
)  # fmt: skip


def make_rates() -> None:
    """The Australian dollar around 55 rupees, a rate a week, for as long as there are orders."""
    first = business_date() - timedelta(weeks=WEEKS)
    rows = (f"{first + timedelta(weeks=n)},AUD,{Decimal('54.80') + Decimal(n * 7 % 19) / 20}" for n in range(WEEKS + 1))
    import_rates("\n".join(["date,currency,rate", *rows]), source="Central bank's list", actor="system")


def make_euros(products: list[Product]) -> None:
    """A first customer in Europe: the order is taken, and Finance has a rate to record."""
    mug = products[24]
    with time_is(now() - timedelta(hours=2)):
        draft = OrderDraft(
            external_id="EU-1", external_name="#EU-1", placed_at=now(), currency="EUR", customer_name="Mila Example",
            email="mila.example@example.test", phone=BERLIN.phone, ship_to=BERLIN,
            lines=(LineDraft(mug.sku, mug.name, 3, Decimal("14.50")),), shipping=Decimal("9.00"),
        )  # fmt: skip
        capture_orders([draft], channel=Channel.objects.get(code="web-in"), actor="system")
