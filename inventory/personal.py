"""What is left of customers' addresses in what suppliers were asked to send them (oms.kernel.personal)."""

from oms.kernel.personal import left_of, of_order, place

of_order("inventory.PurchaseOrder", "order_number", "Purchase orders sent to them")
left_of("inventory.PurchaseOrder", ship_to=place)
of_order("inventory.RoutingDecision", "order_number", "Routing decisions")
