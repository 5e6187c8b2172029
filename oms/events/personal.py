"""Events keep what happened, and lose who it happened to (oms.kernel.personal)."""

from oms.kernel.personal import beside, of_order

of_order("events.Event", "stream", "Events")
beside("events.Delivery", "Deliveries", "last_error")
