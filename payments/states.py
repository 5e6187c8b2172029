"""The lives of a payment and of a refund, readable in one go."""

from django.db import models
from django_fsm import FSMField, transition

from oms.kernel.lifecycle import Stateful, passes
from payments import rules


class PaymentStatus(models.TextChoices):
    PENDING = "pending", "Pending"
    VERIFICATION_PENDING = "verification_pending", "To verify"
    AUTHORIZED = "authorized", "Authorised"
    CAPTURED = "captured", "Received"
    PARTIALLY_REFUNDED = "partially_refunded", "Part-refunded"
    REFUNDED = "refunded", "Refunded"
    VOIDED = "voided", "Voided"
    FAILED = "failed", "Failed"
    EXPIRED = "expired", "Expired"
    DISPUTED = "disputed", "Disputed"
    COD_DUE = "cod_due", "COD due"
    COD_COLLECTED = "cod_collected", "With the courier"


class RefundStatus(models.TextChoices):
    REQUESTED = "requested", "Asked for"
    APPROVED = "approved", "Approved"
    SENT = "sent", "Sent"
    SUCCEEDED = "succeeded", "Refunded"
    FAILED = "failed", "Failed"
    DECLINED = "declined", "Declined"


P, R = PaymentStatus, RefundStatus
# These never brought money; their reference may be used again.
DEAD = (P.FAILED, P.VOIDED, P.EXPIRED)
# Nothing was received yet, and nothing needs to be given back to end them.
VOIDABLE = (P.PENDING, P.VERIFICATION_PENDING, P.AUTHORIZED, P.COD_DUE)
WITH_COURIER = (P.COD_DUE, P.COD_COLLECTED)
REFUNDABLE = (P.CAPTURED, P.PARTIALLY_REFUNDED)
# A refund in one of these holds room on its payments.
OPEN_REFUND = (R.REQUESTED, R.APPROVED, R.SENT)

# Why a move is closed in a state that has no such step; the key "" stands for every other state.
ENDED: dict[str, str] = {
    P.VOIDED: "It was taken back before any money came.", P.FAILED: "It failed; no money came.",
    P.EXPIRED: "The time to pay ran out.", P.REFUNDED: "All of it was given back.",
}  # fmt: skip
HERE = "The money is here already."
VERIFY_CLOSED: dict[str, str] = {**ENDED, P.PENDING: "No reference was given to look up.", P.AUTHORIZED: "Nothing to look up.",
                 P.COD_DUE: "The courier collects it.", P.COD_COLLECTED: "Match the courier's remittance.", "": HERE}  # fmt: skip
CAPTURE_CLOSED: dict[str, str] = {**ENDED, P.VERIFICATION_PENDING: "Verify it instead.", P.COD_DUE: "The courier collects it.",
                  P.COD_COLLECTED: "Match the courier's remittance.", "": HERE}  # fmt: skip
VOID_CLOSED: dict[str, str] = {**ENDED, P.COD_COLLECTED: "The courier has the cash; match the remittance.",
               "": "The money is here; give it back as a refund."}  # fmt: skip
FAIL_CLOSED: dict[str, str] = {
    **VOID_CLOSED,
    P.VERIFICATION_PENDING: "Reject it, or void it.",
    P.COD_DUE: "Void it instead.",
}
COLLECT_CLOSED: dict[str, str] = {
    P.COD_COLLECTED: "The courier has the cash already.",
    P.CAPTURED: HERE,
    "": "It is not cash on delivery.",
}
REMIT_CLOSED: dict[str, str] = {
    P.COD_DUE: "The courier has not collected it yet.",
    P.CAPTURED: HERE,
    "": "It is not cash on delivery.",
}
DISPUTE_CLOSED: dict[str, str] = {
    **ENDED,
    P.DISPUTED: "It is disputed already.",
    "": "No money came in that could be disputed.",
}


class PaymentLifecycle(Stateful):
    """Moves of a payment. Only payments/actions call them; `custom` carries the button's label and the team."""

    status = FSMField(choices=PaymentStatus, default=PaymentStatus.PENDING, protected=True)

    class Meta:
        abstract = True

    @transition(
        status,
        source=P.VERIFICATION_PENDING,
        target=P.CAPTURED,
        custom={"label": "Verify", "team": "finance", "closed": VERIFY_CLOSED},
    )
    def verify(self): ...

    @transition(
        status,
        source=P.VERIFICATION_PENDING,
        target=P.FAILED,
        custom={"label": "Reject", "team": "finance", "closed": VERIFY_CLOSED},
    )
    def reject(self): ...

    # An authorisation that arrives after the failure is accepted: the money is there.
    @transition(
        status,
        source=[P.PENDING, P.FAILED],
        target=P.AUTHORIZED,
        conditions=[passes(rules.not_cod)],
        custom={"label": "Authorise", "team": "system"},
    )
    def authorize(self): ...

    @transition(
        status,
        source=[P.PENDING, P.AUTHORIZED],
        target=P.CAPTURED,
        conditions=[passes(rules.not_cod)],
        custom={"label": "Capture", "team": "finance", "closed": CAPTURE_CLOSED},
    )
    def capture(self): ...

    @transition(
        status,
        source=P.PENDING,
        target=P.COD_DUE,
        conditions=[passes(rules.is_cod)],
        custom={"label": "Leave to the courier", "team": "finance", "closed": COLLECT_CLOSED},
    )
    def accept_cod(self): ...

    @transition(
        status,
        source=P.COD_DUE,
        target=P.COD_COLLECTED,
        custom={"label": "Collected", "team": "warehouse", "closed": COLLECT_CLOSED},
    )
    def collect(self): ...

    @transition(
        status,
        source=P.COD_COLLECTED,
        target=P.CAPTURED,
        custom={"label": "Match remittance", "team": "finance", "closed": REMIT_CLOSED},
    )
    def remit(self): ...

    @transition(
        status,
        source=[P.PENDING, P.VERIFICATION_PENDING, P.AUTHORIZED, P.COD_DUE],
        target=P.VOIDED,
        custom={"label": "Void", "team": "finance", "closed": VOID_CLOSED},
    )
    def void(self): ...

    # Only with the import that reported it: then nobody here ever received it.
    @transition(
        status,
        source=P.CAPTURED,
        target=P.VOIDED,
        conditions=[passes(rules.no_refund_pending), passes(rules.nothing_refunded)],
        custom={"label": "Take back with its import", "team": "system"},
    )
    def withdraw(self): ...

    @transition(
        status,
        source=[P.PENDING, P.AUTHORIZED],
        target=P.FAILED,
        custom={"label": "Mark as failed", "team": "finance", "closed": FAIL_CLOSED},
    )
    def fail(self): ...

    @transition(
        status, source=[P.PENDING, P.AUTHORIZED], target=P.EXPIRED, custom={"label": "Expire", "team": "system"}
    )
    def expire(self): ...

    @transition(
        status,
        source=[P.CAPTURED, P.PARTIALLY_REFUNDED],
        target=P.PARTIALLY_REFUNDED,
        custom={"label": "Refund a part", "team": "finance"},
    )
    def refund_part(self): ...

    @transition(
        status,
        source=[P.CAPTURED, P.PARTIALLY_REFUNDED],
        target=P.REFUNDED,
        custom={"label": "Refund the rest", "team": "finance"},
    )
    def refund_rest(self): ...

    @transition(
        status,
        source=[P.CAPTURED, P.PARTIALLY_REFUNDED],
        target=P.DISPUTED,
        conditions=[passes(rules.no_refund_pending)],
        custom={"label": "Disputed by the customer", "team": "finance", "closed": DISPUTE_CLOSED},
    )
    def dispute(self): ...

    @transition(
        status,
        source=P.DISPUTED,
        target=P.CAPTURED,
        conditions=[passes(rules.nothing_refunded)],
        custom={"label": "Dispute won", "team": "finance"},
    )
    def win_dispute(self): ...

    @transition(
        status,
        source=P.DISPUTED,
        target=P.PARTIALLY_REFUNDED,
        conditions=[passes(rules.something_refunded)],
        custom={"label": "Dispute over the rest won", "team": "finance"},
    )
    def win_dispute_rest(self): ...

    @transition(
        status,
        source=P.DISPUTED,
        target=P.REFUNDED,
        custom={"label": "Dispute lost", "team": "finance", "closed": {"": "It is not disputed."}},
    )
    def lose_dispute(self): ...


class RefundLifecycle(Stateful):
    """Moves of a refund. A failed one is asked for again as a new refund, so that each attempt keeps its own trail."""

    status = FSMField(choices=RefundStatus, default=RefundStatus.REQUESTED, protected=True)

    class Meta:
        abstract = True

    @transition(status, source=R.REQUESTED, target=R.APPROVED, custom={"label": "Approve", "team": "finance"})
    def approve(self): ...

    @transition(
        status, source=[R.REQUESTED, R.APPROVED], target=R.DECLINED, custom={"label": "Decline", "team": "finance"}
    )
    def decline(self): ...

    @transition(
        status,
        source=R.APPROVED,
        target=R.SENT,
        conditions=[passes(rules.has_reference)],
        custom={"label": "Send", "team": "finance"},
    )
    def send(self): ...

    @transition(status, source=R.SENT, target=R.SUCCEEDED, custom={"label": "Arrived", "team": "finance"})
    def succeed(self): ...

    @transition(status, source=R.SENT, target=R.FAILED, custom={"label": "Came back", "team": "finance"})
    def fail(self): ...
