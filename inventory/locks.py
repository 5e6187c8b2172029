"""Lock stock rows before an action that touches them in more than one statement."""

from inventory.actions.reserve import OrderDemand
from inventory.ledger import lock_levels
from inventory.models import Allocation


def lock_for_hardening(wanted: OrderDemand) -> None:
    """Lock every level that promoting the order's soft promises and claiming `wanted` may touch, in one order.

    Each of the two statements sorts its own rows; without this, one order could hold the second SKU (promoted) and
    want the first (claimed) while another does the opposite.
    """
    soft = Allocation.objects.filter(order_number=wanted.order_number, kind="soft")
    places = set(soft.values_list("product_id", "location_id"))
    lock_levels(places | {(d.product_id, place) for d in wanted.demands for place in wanted.location_ids})
