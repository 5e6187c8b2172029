"""What the demo puts together itself: a gift box in every state an assembly can be in, one that an order waits for."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from demo.clockwork import Story
from demo.desk import Desk
from inventory.actions.assemblies.end import cancel_assembly, close_assembly
from inventory.actions.assemblies.make import finish_units, start_assembly
from inventory.actions.assemblies.plan import plan_assembly
from inventory.actions.recipe import Part
from inventory.models import Product
from oms.kernel.clock import business_date

BOX = "GIFT-DIWALI"
INSIDE = ((6, 1), (35, 2))  # places in the list of products: a bottle, two towels


def make_box() -> None:
    Product.objects.create(sku=BOX, name="Diwali gift box", price=Decimal(2190), weight_grams=1900)


def assemblies(desk: Desk, products: Sequence[Product], present: datetime) -> list[tuple[datetime, Story]]:
    """(when it is planned, what happens) for each."""
    parts = [Part(products[i].sku, qty) for i, qty in INSIDE]

    def ago(days: float) -> datetime:
        return present - timedelta(days=days)

    return [
        (ago(6), _made(desk, parts, 8, "done")),
        (ago(4), _made(desk, parts, 2, "cancelled")),
        (ago(3.5), _made(desk, parts, 5, "closed")),
        (ago(2), _made(desk, parts, 10, "started")),
        (ago(1.2), _made(desk, parts, 12, "planned")),
        (ago(1), _wanted(desk, 22)),
        (ago(0.3), _wanted(desk, 16)),  # more than is planned: its page proposes the rest
    ]


def _made(desk: Desk, parts: list[Part], qty: int, upto: str) -> Story:
    owner, warehouse = desk.staff["owner"], desk.staff["warehouse"]
    eta = business_date() + timedelta(days=6 if upto == "planned" else 3)
    number = plan_assembly(BOX, qty=qty, location="pune", eta=eta, parts=parts, actor=owner, note="").number
    yield 4
    if upto == "cancelled":
        cancel_assembly(number, reason="The ribbon has not come", actor=owner)
    if upto in ("planned", "cancelled"):
        return
    start_assembly(number, actor=warehouse)
    yield 10
    finish_units(number, qty=qty if upto == "done" else qty // 2, actor=warehouse)
    if upto == "closed":
        yield 5
        close_assembly(number, reason="The boxes were crushed; new ones come next week", actor=warehouse)


def _wanted(desk: Desk, qty: int) -> Story:
    """More than there are: the rest is promised for the day the next ones are made."""
    number = desk.place("web-in", lines=((Product.objects.get(sku=BOX), qty),))
    yield 1
    desk.confirm(number)
