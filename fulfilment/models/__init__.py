"""Warehouse work, parcels and the carriers that take them."""

from fulfilment.models.base import RowsByOrder
from fulfilment.models.doubt import CountRequest, ShortReason
from fulfilment.models.loss import Loss, LossAnswer
from fulfilment.models.parcels import Carrier, Shipment, ShipmentLine, TrackingEvent
from fulfilment.models.pieces import LoosePart
from fulfilment.models.work import BoxSize, FulfilmentOrder, FulfilmentOrderLine, PackScan, Verdict

__all__ = [
    "BoxSize", "Carrier", "CountRequest", "FulfilmentOrder", "FulfilmentOrderLine", "LoosePart", "Loss", "LossAnswer",
    "PackScan", "RowsByOrder", "Shipment",
    "ShipmentLine", "ShortReason", "TrackingEvent", "Verdict",
]  # fmt: skip
