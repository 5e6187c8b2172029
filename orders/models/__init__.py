"""Everything the order desk stores."""

from orders.models.channel import Channel, ChannelKind, ConfirmationBasis, UnknownSkuPolicy
from orders.models.config import CancelReason, HoldReason, MovePolicy, Stage, SubStage, Tone
from orders.models.context import Hold, Note, SavedView
from orders.models.customer import Customer, CustomerAddress
from orders.models.line import OrderLine
from orders.models.order import Order, PaymentTerms, Priority

__all__ = [
    "CancelReason", "Channel", "ChannelKind", "ConfirmationBasis", "Customer", "CustomerAddress", "Hold", "HoldReason",
    "MovePolicy", "Note", "Order", "OrderLine", "PaymentTerms", "Priority", "SavedView", "Stage", "SubStage", "Tone",
    "UnknownSkuPolicy",
]  # fmt: skip
