"""The whole life of an order, readable in one go, and the words of the axes derived from it."""

from django.db import models
from django_fsm import FSMField, transition

from oms.kernel.lifecycle import Stateful, passes
from orders import rules


class OrderStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    NEW = "new", "New"
    CONFIRMED = "confirmed", "Confirmed"
    PROCESSING = "processing", "Processing"
    COMPLETED = "completed", "Completed"
    CLOSED = "closed", "Closed"
    CANCELLED = "cancelled", "Cancelled"


class PaymentStatus(models.TextChoices):
    UNPAID = "unpaid", "Unpaid"
    VERIFICATION_PENDING = "verification_pending", "Verifying"
    COD = "cod", "COD due"
    AUTHORIZED = "authorized", "Authorised"
    PARTIALLY_PAID = "partially_paid", "Part-paid"
    PAID = "paid", "Paid"
    OVERPAID = "overpaid", "Overpaid"
    ON_CREDIT = "on_credit", "On credit"
    PARTIALLY_REFUNDED = "partially_refunded", "Part-refunded"
    REFUNDED = "refunded", "Refunded"
    FAILED = "failed", "Failed"
    DISPUTED = "disputed", "Disputed"


class FulfilmentStatus(models.TextChoices):
    UNALLOCATED = "unallocated", "Not allocated"
    AWAITING_STOCK = "awaiting_stock", "Awaiting stock"
    PARTIALLY_ALLOCATED = "partially_allocated", "Part-allocated"
    ALLOCATED = "allocated", "Stock ready"
    PICKING = "picking", "Picking"
    PACKED = "packed", "Packed"
    PARTIALLY_DISPATCHED = "partially_dispatched", "Part-dispatched"
    DISPATCHED = "dispatched", "Dispatched"
    PARTIALLY_DELIVERED = "partially_delivered", "Part-delivered"
    DELIVERED = "delivered", "Delivered"
    RETURNING = "returning_to_origin", "Returning to origin"
    RETURNED_TO_ORIGIN = "returned_to_origin", "Returned to origin"
    LOST = "lost", "Lost"
    CANCELLED = "cancelled", "Cancelled"


class ReturnStatus(models.TextChoices):
    NONE = "none", "None"
    REQUESTED = "requested", "Requested"
    IN_PROGRESS = "in_progress", "In progress"
    PARTIALLY_RETURNED = "partially_returned", "Part-returned"
    RETURNED = "returned", "Returned"


class StageKey(models.TextChoices):
    """Logic's names of the stages; people see the label an admin gave (orders.Stage)."""

    DRAFT = "draft", "Draft"
    NEW = "new", "New"
    CONFIRMED = "confirmed", "Confirmed"
    PAYMENT_PENDING = "payment_pending", "Payment pending"
    AWAITING_STOCK = "awaiting_stock", "Awaiting stock"
    READY_TO_PACK = "ready_to_pack", "Ready to pack"
    PACKING = "packing", "Packing"
    PACKED = "packed", "Packed"
    PARTLY_DISPATCHED = "partly_dispatched", "Partly dispatched"
    DISPATCHED = "dispatched", "Dispatched"
    RETURNING_TO_ORIGIN = "returning_to_origin", "Returning to origin"
    PARTLY_DELIVERED = "partly_delivered", "Partly delivered"
    DELIVERED = "delivered", "Delivered"
    RETURN_IN_PROGRESS = "return_in_progress", "Return in progress"
    RETURNED = "returned", "Returned"
    LOST = "lost", "Lost"
    ON_HOLD = "on_hold", "On hold"
    CLOSED = "closed", "Closed"
    CANCELLED = "cancelled", "Cancelled"


class AmendmentStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    REQUESTED = "requested", "Waits for approval"
    APPROVED = "approved", "Approved"
    APPLIED = "applied", "Applied"
    DECLINED = "declined", "Declined"


OPEN_STATUSES = (OrderStatus.NEW, OrderStatus.CONFIRMED, OrderStatus.PROCESSING)
S = OrderStatus

# Why a move is closed in a state that has no such step; the key "" stands for every other state.
GONE = {S.CANCELLED: "The order is cancelled.", S.CLOSED: "The books are closed."}
CONFIRM_CLOSED = {**GONE, S.DRAFT: "Place the order first.", "": "It is confirmed already."}
RELEASE_CLOSED = {
    **GONE, S.DRAFT: "Place the order first.", S.NEW: "Confirm the order first.",
    S.PROCESSING: "The warehouse has it already.", S.COMPLETED: "The work is finished.",
}  # fmt: skip
CLOSE_CLOSED = {
    S.CLOSED: "They are closed already.",
    S.CANCELLED: GONE[S.CANCELLED],
    "": "The work is not finished yet.",
}
CANCEL_CLOSED = {
    S.DRAFT: "Nothing was placed yet.", S.COMPLETED: "Its goods have reached their end; start a return instead.",
    S.CLOSED: "Its goods have reached their end; start a return instead.", S.CANCELLED: "It is cancelled already.",
}  # fmt: skip


class OrderLifecycle(Stateful):
    """Moves of an order. Only orders/actions call them; `custom` carries the button's label and the team."""

    status = FSMField(choices=OrderStatus, default=OrderStatus.DRAFT, protected=True)

    class Meta:
        abstract = True

    @transition(
        status,
        source=S.DRAFT,
        target=S.NEW,
        conditions=[passes(rules.has_lines), passes(rules.customer_and_address_complete)],
        custom={"label": "Place order", "team": "sales"},
    )
    def place(self): ...

    @transition(
        status,
        source=S.NEW,
        target=S.CONFIRMED,
        conditions=[passes(rules.has_lines), passes(rules.no_blocking_hold), passes(rules.confirmation_basis_met)],
        custom={"label": "Confirm order", "team": "sales", "closed": CONFIRM_CLOSED},
    )
    def confirm(self): ...

    @transition(
        status,
        source=S.CONFIRMED,
        target=S.PROCESSING,
        conditions=[passes(rules.no_blocking_hold), passes(rules.payment_gate_met), passes(rules.some_stock_ready)],
        custom={"label": "Release to picking", "team": "warehouse", "closed": RELEASE_CLOSED},
    )
    def release(self): ...

    @transition(
        status,
        source=S.PROCESSING,
        target=S.COMPLETED,
        conditions=[passes(rules.everything_settled)],
        custom={"label": "Complete", "team": "system"},
    )
    def complete(self): ...

    @transition(
        status,
        source=S.COMPLETED,
        target=S.CLOSED,
        conditions=[
            passes(rules.balance_zero),
            passes(rules.cod_remitted),
            passes(rules.no_open_return),
            passes(rules.no_open_loss),
            passes(rules.return_window_over),
        ],
        custom={"label": "Close order", "team": "finance", "closed": CLOSE_CLOSED},
    )
    def close(self): ...

    @transition(
        status,
        source=[S.NEW, S.CONFIRMED, S.PROCESSING],
        target=S.CANCELLED,
        conditions=[passes(rules.nothing_dispatched), passes(rules.no_supplier_told)],
        custom={"label": "Cancel order", "team": "support", "closed": CANCEL_CLOSED},
    )
    def cancel(self): ...

    # Undo: one step back inside its window (orders/actions/undo.py).
    @transition(status, source=S.CONFIRMED, target=S.NEW, custom={"label": "Undo confirming", "team": "sales"})
    def unconfirm(self): ...

    @transition(status, source=S.CANCELLED, target=S.NEW, custom={"label": "Undo cancelling", "team": "support"})
    def restore_new(self): ...

    @transition(status, source=S.CANCELLED, target=S.CONFIRMED, custom={"label": "Undo cancelling", "team": "support"})
    def restore_confirmed(self): ...

    @transition(status, source=S.CANCELLED, target=S.PROCESSING, custom={"label": "Undo cancelling", "team": "support"})
    def restore_processing(self): ...

    @transition(
        status,
        source=S.CLOSED,
        target=S.COMPLETED,
        custom={"label": "Reopen", "team": "finance", "closed": {"": "Only closed books can be reopened."}},
    )
    def reopen(self): ...

    @transition(
        status,
        source=S.COMPLETED,
        target=S.PROCESSING,
        custom={"label": "Reopen work", "team": "finance", "closed": {"": "Only finished work can be reopened."}},
    )
    def reopen_work(self): ...


A = AmendmentStatus


class AmendmentLifecycle(Stateful):
    """Moves of an amendment. The order itself has no state for them: it is usable until one is applied, and after."""

    status = FSMField(choices=AmendmentStatus, default=AmendmentStatus.DRAFT, protected=True)

    class Meta:
        abstract = True

    @transition(status, source=A.DRAFT, target=A.REQUESTED, custom={"label": "Ask for approval", "team": "sales"})
    def request(self): ...

    @transition(status, source=A.REQUESTED, target=A.APPROVED, custom={"label": "Approve", "team": "finance"})
    def approve(self): ...

    @transition(status, source=[A.DRAFT, A.APPROVED], target=A.APPLIED, custom={"label": "Apply", "team": "sales"})
    def apply(self): ...

    @transition(
        status,
        source=[A.DRAFT, A.REQUESTED, A.APPROVED],
        target=A.DECLINED,
        custom={"label": "Withdraw", "team": "sales"},
    )
    def decline(self): ...
