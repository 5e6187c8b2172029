"""The whole life of a purchase order, a transfer, an assembly and a stocktake, readable in one go.

Every state that is not an end has an exit.
"""

from django.db import models
from django_fsm import FSMField, transition

from inventory import rules
from oms.kernel.lifecycle import Stateful, passes


class PurchaseStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    SENT = "sent", "Sent"
    PART_RECEIVED = "part_received", "Part-received"
    RECEIVED = "received", "Received"
    CLOSED = "closed", "Closed"
    CANCELLED = "cancelled", "Cancelled"


P = PurchaseStatus
# What goes straight to a customer never arrives here: its supplier ships it.
SHIPPED = {P.PART_RECEIVED.value: "Part-shipped", P.RECEIVED.value: "Shipped"}
COMING = (P.SENT, P.PART_RECEIVED)  # its open units are incoming stock


class PurchaseLifecycle(Stateful):
    """Moves of a purchase order. Only inventory/actions call them."""

    status = FSMField(choices=PurchaseStatus, default=PurchaseStatus.DRAFT, protected=True)

    class Meta:
        abstract = True

    @transition(
        status, source=P.DRAFT, target=P.SENT, conditions=[passes(rules.has_purchase_lines)],
        custom={"label": "Send", "team": "purchasing", "closed": {"": "It has been sent already."}},
    )  # fmt: skip
    def send(self): ...

    @transition(
        status, source=[P.SENT, P.PART_RECEIVED], target=P.PART_RECEIVED,
        custom={"label": "Receive a part", "team": "warehouse", "closed": {
            P.DRAFT: "Send it to the supplier first.", "": "Nothing of it is expected any more."}},
    )  # fmt: skip
    def receive_part(self): ...

    @transition(
        status, source=[P.SENT, P.PART_RECEIVED], target=P.RECEIVED,
        custom={"label": "Receive the rest", "team": "warehouse"},
    )  # fmt: skip
    def receive(self): ...

    @transition(
        status, source=[P.PART_RECEIVED, P.RECEIVED], target=P.CLOSED,
        custom={"label": "Close", "team": "purchasing", "closed": {
            P.SENT: "Nothing has arrived; cancel it if it will not come.", P.DRAFT: "It was never sent; cancel it."}},
    )  # fmt: skip
    def close(self): ...

    @transition(
        status, source=[P.DRAFT, P.SENT], target=P.CANCELLED,
        custom={"label": "Cancel", "team": "purchasing", "closed": {
            P.PART_RECEIVED: "A part has arrived; close it, and the rest no longer counts as incoming.",
            P.RECEIVED: "It has arrived; close it."}},
    )  # fmt: skip
    def cancel(self): ...


class TransferStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    SENT = "sent", "On the road"
    PART_RECEIVED = "part_received", "Part-received"
    RECEIVED = "received", "Received"
    CLOSED = "closed", "Closed short"
    CANCELLED = "cancelled", "Cancelled"


T = TransferStatus


class TransferLifecycle(Stateful):
    """Moves of a transfer. What has left its place ends at the other, received or closed short, unless it is recalled whole."""

    status = FSMField(choices=TransferStatus, default=TransferStatus.DRAFT, protected=True)

    class Meta:
        abstract = True

    @transition(
        status, source=T.DRAFT, target=T.SENT, conditions=[passes(rules.has_lines)],
        custom={"label": "Send", "team": "warehouse", "closed": {"": "It has left already."}},
    )  # fmt: skip
    def send(self): ...

    @transition(
        status, source=[T.SENT, T.PART_RECEIVED], target=T.PART_RECEIVED,
        custom={"label": "Receive a part", "team": "warehouse", "closed": {
            T.DRAFT: "Send it first.", "": "Nothing of it is on the road any more."}},
    )  # fmt: skip
    def receive_part(self): ...

    @transition(
        status, source=[T.SENT, T.PART_RECEIVED], target=T.RECEIVED,
        custom={"label": "Receive the rest", "team": "warehouse"},
    )  # fmt: skip
    def receive(self): ...

    @transition(
        status, source=[T.SENT, T.PART_RECEIVED], target=T.CLOSED,
        custom={"label": "Close short", "team": "warehouse", "closed": {
            T.DRAFT: "It has not left; cancel it.", "": "Nothing of it is missing."}},
    )  # fmt: skip
    def close(self): ...

    @transition(
        status, source=T.SENT, target=T.CANCELLED,
        custom={"label": "Recall", "team": "warehouse", "closed": {
            T.DRAFT: "It has not been sent; cancel it.", T.PART_RECEIVED: "A part of it has arrived; it did leave.",
            "": "It has ended."}},
    )  # fmt: skip
    def recall(self): ...

    @transition(
        status, source=T.DRAFT, target=T.CANCELLED,
        custom={"label": "Cancel", "team": "warehouse", "closed": {
            T.SENT: "It is on the road; recall it if it still stands at the door, or close it short with the reason.",
            T.PART_RECEIVED: "A part has arrived; receive the rest, or close it short with the reason.",
            "": "It has ended."}},
    )  # fmt: skip
    def cancel(self): ...


class AssemblyStatus(models.TextChoices):
    PLANNED = "planned", "Planned"
    STARTED = "started", "Being made"
    DONE = "done", "Made"
    CLOSED = "closed", "Closed short"
    CANCELLED = "cancelled", "Cancelled"


A = AssemblyStatus
MAKING = (A.PLANNED, A.STARTED)  # its open units are incoming stock


class AssemblyLifecycle(Stateful):
    """Moves of an assembly. Once begun it ends made, or closed short with the components of the rest back on the shelf."""

    status = FSMField(choices=AssemblyStatus, default=AssemblyStatus.PLANNED, protected=True)

    class Meta:
        abstract = True

    @transition(
        status, source=A.PLANNED, target=A.STARTED,
        custom={"label": "Begin", "team": "warehouse", "closed": {"": "It has begun already."}},
    )  # fmt: skip
    def start(self): ...

    @transition(
        status, source=A.STARTED, target=A.STARTED,
        custom={"label": "Make a part", "team": "warehouse", "closed": {
            A.PLANNED: "Begin it first: its components leave the shelf.", "": "Nothing of it is to be made any more."}},
    )  # fmt: skip
    def finish_part(self): ...

    @transition(
        status, source=A.STARTED, target=A.DONE, custom={"label": "Make the rest", "team": "warehouse"},
    )  # fmt: skip
    def finish(self): ...

    @transition(
        status, source=A.STARTED, target=A.CLOSED,
        custom={"label": "Close short", "team": "warehouse", "closed": {
            A.PLANNED: "Nothing has begun; call it off.", "": "Nothing of it is missing."}},
    )  # fmt: skip
    def close(self): ...

    @transition(
        status, source=A.PLANNED, target=A.CANCELLED,
        custom={"label": "Call off", "team": "warehouse", "closed": {
            A.STARTED: "Its components are off the shelf; close it short, and they go back.", "": "It has ended."}},
    )  # fmt: skip
    def cancel(self): ...


class StocktakeStatus(models.TextChoices):
    COUNTING = "counting", "Being counted"
    REVIEW = "review", "To review"
    POSTING = "posting", "Being posted"  # many differences, by a worker
    POSTED = "posted", "Posted"
    CANCELLED = "cancelled", "Thrown away"


K = StocktakeStatus


class StocktakeLifecycle(Stateful):
    """Moves of a stocktake. What people counted is posted after a look at the differences, or thrown away whole."""

    status = FSMField(choices=StocktakeStatus, default=StocktakeStatus.COUNTING, protected=True)

    class Meta:
        abstract = True

    @transition(
        status, source=K.COUNTING, target=K.REVIEW, conditions=[passes(rules.something_counted)],
        custom={"label": "Counting is done", "team": "warehouse", "closed": {
            K.REVIEW: "Counting is done already.", "": "It has ended."}},
    )  # fmt: skip
    def finish(self): ...

    @transition(
        status, source=K.REVIEW, target=K.COUNTING,
        custom={"label": "Count on", "team": "warehouse", "closed": {
            K.COUNTING: "It is being counted.", K.POSTING: "It is being posted. Wait until that is through.",
            "": "It has ended; begin another one."}},
    )  # fmt: skip
    def reopen(self): ...

    @transition(
        status, source=K.REVIEW, target=K.POSTING, conditions=[passes(rules.something_counted)],
        custom={"label": "Begin to post", "team": "warehouse", "closed": {
            K.COUNTING: "It is being counted. Say first that the counting is done.",
            K.POSTING: "It is being posted already; that goes on by itself.", "": "It has ended."}},
    )  # fmt: skip
    def begin_posting(self): ...

    @transition(
        status, source=K.POSTING, target=K.REVIEW,
        custom={"label": "Leave the rest to review", "team": "system", "closed": {"": "It is not being posted."}},
    )  # fmt: skip
    def leave_rest(self): ...

    @transition(
        status, source=[K.REVIEW, K.POSTING], target=K.POSTED, conditions=[passes(rules.something_counted)],
        custom={"label": "Post", "team": "warehouse", "closed": {
            K.COUNTING: "It is being counted. Say first that the counting is done.", "": "It has ended."}},
    )  # fmt: skip
    def post(self): ...

    @transition(
        status, source=[K.COUNTING, K.REVIEW], target=K.CANCELLED, conditions=[passes(rules.nothing_settled)],
        custom={"label": "Throw away", "team": "warehouse", "closed": {
            K.POSTING: "It is being posted. Wait until that is through.", "": "It has ended."}},
    )  # fmt: skip
    def cancel(self): ...
