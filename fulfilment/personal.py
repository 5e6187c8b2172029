"""What is left of what carriers and packers wrote about a delivery (oms.kernel.personal)."""

from oms.kernel.personal import left_of, said

left_of("fulfilment.Shipment", "Parcels", note=said)
left_of("fulfilment.Loss", "Lost parcels", claim_note=said)
left_of("fulfilment.TrackingEvent", "Tracking events", text=said)
