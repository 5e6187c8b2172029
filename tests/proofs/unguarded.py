"""The house without the condition of the claim, where everybody reads full shelves: for the control, once imported."""

from oms.wsgi import application  # sets Django up, which the others need

# isort: split
import inventory.actions.reserve as reserve
import inventory.ledger as ledger
from tests.concurrency.last_units import sees_full_shelves

__all__ = ["application"]
ledger.ENOUGH = "true"
reserve.plan_order = sees_full_shelves(reserve.plan_order)
