"""Everything the order desk stores."""

from orders.models.address import OrderAddress, place_name
from orders.models.amendment import Amendment, AmendmentChange, ChangeKind
from orders.models.automatic import (
    AutomaticOutcome,
    AutomaticResult,
    AutomaticStep,
    PriorityRule,
    StepKind,
    StepMode,
)
from orders.models.blanket import BlanketLine, BlanketOrder
from orders.models.bulk import BulkRun
from orders.models.channel import Channel, ChannelKind, ConfirmationBasis, UnknownSkuPolicy
from orders.models.chat import ChatAlias
from orders.models.checking import (
    Approval,
    ApprovalRule,
    ApprovalState,
    BlockedEntry,
    BlockedKind,
    CheckRule,
    FraudSignal,
)
from orders.models.choice import PlaceChoice
from orders.models.config import CancelReason, HoldReason, MovePolicy, Stage, SubStage, Tone
from orders.models.context import Hold, ListColumns, Note, SavedView
from orders.models.customer import Customer, CustomerAddress, CustomerContact, CustomerMerge, CustomersApart
from orders.models.delivery import DeliveryArea
from orders.models.entry import Entry
from orders.models.exchange import BookCurrency, ExchangeRate
from orders.models.imports import (
    ImportBatch,
    ImportedOrder,
    ImportFile,
    ImportFix,
    ImportGoal,
    ImportMapping,
    ImportOutcome,
    ImportRow,
)
from orders.models.line import OrderLine
from orders.models.order import Order, PaymentTerms, Priority
from orders.models.past import Past
from orders.models.privacy import Erasure, RetentionRule
from orders.models.promise import StockPromise
from orders.models.selling import CreditAccount, CustomerGroup, OrderMinimum, PriceItem, PriceList
from orders.models.share import ShareDecision
from orders.models.standing import RecurringLine, RecurringOrder, RecurringRun, RunOutcome
from orders.models.talk import Attachment, Mention
from orders.models.telling import StockFeed, ToldStock

__all__ = [
    "Amendment",
    "AmendmentChange",
    "Approval",
    "ApprovalRule",
    "ApprovalState",
    "Attachment",
    "AutomaticOutcome",
    "AutomaticResult",
    "AutomaticStep",
    "BlanketLine",
    "BlanketOrder",
    "BlockedEntry",
    "BlockedKind",
    "BookCurrency",
    "BulkRun",
    "CancelReason",
    "ChangeKind",
    "Channel",
    "ChannelKind",
    "ChatAlias",
    "CheckRule",
    "ConfirmationBasis",
    "CreditAccount",
    "Customer",
    "CustomerAddress",
    "CustomerContact",
    "CustomerGroup",
    "CustomerMerge",
    "CustomersApart",
    "DeliveryArea",
    "Entry",
    "Erasure",
    "ExchangeRate",
    "FraudSignal",
    "Hold",
    "HoldReason",
    "ImportBatch",
    "ImportFile",
    "ImportFix",
    "ImportGoal",
    "ImportMapping",
    "ImportOutcome",
    "ImportRow",
    "ImportedOrder",
    "ListColumns",
    "Mention",
    "MovePolicy",
    "Note",
    "Order",
    "OrderAddress",
    "OrderLine",
    "OrderMinimum",
    "Past",
    "PaymentTerms",
    "PlaceChoice",
    "PriceItem",
    "PriceList",
    "Priority",
    "PriorityRule",
    "RecurringLine",
    "RecurringOrder",
    "RecurringRun",
    "RetentionRule",
    "RunOutcome",
    "SavedView",
    "ShareDecision",
    "Stage",
    "StepKind",
    "StepMode",
    "StockFeed",
    "StockPromise",
    "SubStage",
    "ToldStock",
    "Tone",
    "UnknownSkuPolicy",
    "place_name",
]  # fmt: skip
