"""Plan what waiting orders lack and we put together ourselves: for one order with one press, or by the product's rule."""

from typing import Any

from django.db import transaction

from inventory.actions.assemblies.plan import plan_assembly
from inventory.models import Assembly, Backorder, LinePart, Product
from inventory.transferring import only_at
from oms.access.models import User
from oms.events.publish import publish
from oms.kernel.db import retrying
from oms.kernel.errors import Refused
from orders.locks import lock_order
from orders.making import Making, makings, propose


@transaction.atomic
def make_for_order(number: str, *, sku: str, qty: int, actor: Any) -> Assembly:
    """Plan the assembly that the order's page proposed: `qty` of `sku`. Its waiting units get the day it is made by.

    Refuses when it is no longer what is proposed: somebody planned it meanwhile, or more waits.
    """
    order = lock_order(number)
    _lock([sku])
    found = next((m for m in makings(order) if m.product.sku == sku), None)
    if found is None:
        raise Refused("nothing_to_make", f"Nothing of {sku} needs to be made for {number} any more. Look again.")
    if found.qty != qty:
        raise Refused("proposal_changed", f"{found.qty} of {sku} are to be made now, not {qty}. Look again.")
    if isinstance(actor, User) and (elsewhere := only_at(found.location, actor)):
        raise Refused.because([elsewhere])
    made = _plan(found, f"For {number}", actor)
    publish(
        "orders.production_planned", subject=number, actor=actor, assembly=made.number, sku=sku, units=qty,
        label=f"{qty} × {sku} as {made.number}: {found.why}"[:300],
    )  # fmt: skip
    return made


def plan_what_waits(*, actor: Any) -> list[str]:
    """Plan the rest of every product whose rule says so and that confirmed orders wait for; the numbers of what was planned.

    One transaction per product. Run twice, the second finds all of it on its way. What somebody called off is not planned
    again for those who waited then.
    """
    asked = Product.objects.filter(plans_itself=True, is_active=True).order_by("sku")
    alone = set(Backorder.objects.filter(product__in=asked).values_list("product_id", flat=True))
    kits = LinePart.objects.filter(product__in=asked, line_id__in=Backorder.objects.values("line_id"))
    ids = alone | set(kits.values_list("product_id", flat=True)) if asked else alone
    planned = [retrying()(_plan_one)(product.sku, actor) for product in asked if product.pk in ids]
    return [number for number in planned if number]


@transaction.atomic
def _plan_one(sku: str, actor: Any) -> str:
    product = _lock([sku])[0]
    found = propose([product.pk], afresh=True) if product.plans_itself else []
    return _plan(found[0], "Planned by itself: orders wait", actor).number if found else ""


def _lock(skus: list[str]) -> list[Product]:
    """Two who would plan the same product take turns: the second finds it on its way. Orders may name it all the while."""
    return list(Product.objects.select_for_update(no_key=True).filter(sku__in=skus).order_by("pk"))


def _plan(making: Making, note: str, actor: Any) -> Assembly:
    return plan_assembly(
        making.product.sku, qty=making.qty, location=making.location.code, eta=making.eta, parts=making.parts, actor=actor,
        note=f"{note}. {making.why}",
    )  # fmt: skip
