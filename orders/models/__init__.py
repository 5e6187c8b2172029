"""Everything the order desk stores."""

from orders.models.channel import Channel, ChannelKind, ConfirmationBasis, UnknownSkuPolicy
from orders.models.chat import ChatAlias
from orders.models.checking import Approval, ApprovalRule, ApprovalState, BlockedEntry, BlockedKind, CheckRule
from orders.models.config import CancelReason, HoldReason, MovePolicy, Stage, SubStage, Tone
from orders.models.context import Hold, Note, SavedView
from orders.models.customer import Customer, CustomerAddress
from orders.models.imports import ImportBatch, ImportFile, ImportGoal, ImportRow
from orders.models.line import OrderLine
from orders.models.order import Order, PaymentTerms, Priority

__all__ = [
    "Approval",
    "ApprovalRule",
    "ApprovalState",
    "BlockedEntry",
    "BlockedKind",
    "CancelReason",
    "Channel",
    "ChannelKind",
    "ChatAlias",
    "CheckRule",
    "ConfirmationBasis",
    "Customer",
    "CustomerAddress",
    "Hold",
    "HoldReason",
    "ImportBatch",
    "ImportFile",
    "ImportGoal",
    "ImportRow",
    "MovePolicy",
    "Note",
    "Order",
    "OrderLine",
    "PaymentTerms",
    "Priority",
    "SavedView",
    "Stage",
    "SubStage",
    "Tone",
    "UnknownSkuPolicy",
]  # fmt: skip
