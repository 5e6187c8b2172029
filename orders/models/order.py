"""The order row: its commercial life, the facts pushed down to it, and the answer every page shows."""

from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Right
from django.utils import timezone
from simple_history.models import HistoricalRecords

from oms.access.roles import Team
from oms.kernel.claims import Claimable
from oms.kernel.models import MoneyField, one_of
from orders.models.channel import Channel, ConfirmationBasis
from orders.models.config import SubStage
from orders.models.customer import Customer
from orders.models.exchange import BOOK
from orders.querysets import OrderQuerySet
from orders.states import (
    OPEN_STATUSES,
    FulfilmentStatus,
    OrderLifecycle,
    OrderStatus,
    PaymentStatus,
    ReturnStatus,
    StageKey,
)  # fmt: skip


class PaymentTerms(models.TextChoices):
    PREPAID = "prepaid", "Prepaid"
    COD = "cod", "Cash on delivery"
    CREDIT = "credit", "On credit"


class Priority(models.IntegerChoices):
    URGENT = 1, "Urgent"
    HIGH = 2, "High"
    NORMAL = 3, "Normal"
    LOW = 4, "Low"


class Order(Claimable, OrderLifecycle):
    CLAIM_STEP = "next_action"

    # Identity
    number = models.CharField(max_length=30, unique=True)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="orders", db_index=False)
    external_id = models.CharField(max_length=120)
    external_name = models.CharField(max_length=120, blank=True)
    source_hash = models.CharField(max_length=64, blank=True, editable=False)
    is_historical = models.BooleanField(default=False)
    extra = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=1)
    # A part of another order, or put together with it: each names the other (their indexes are partial, below).
    split_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="split_off", db_index=False
    )
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_from", db_index=False
    )

    # Buyer, as it was at placement
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="orders")
    customer_name = models.CharField(max_length=160, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    ship_to = models.JSONField(default=dict)
    bill_to = models.JSONField(default=dict, blank=True)
    ship_city = models.CharField(max_length=100, blank=True)
    ship_country = models.CharField(max_length=2, blank=True)
    address_count = models.PositiveSmallIntegerField(default=1)  # its own and the OrderAddress rows
    customer_po = models.CharField("customer PO", max_length=80, blank=True)
    shipping_method = models.CharField(max_length=120, blank=True)
    customer_note = models.TextField(blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    # Terms, frozen at placement
    currency = models.CharField(max_length=3)
    tax_included = models.BooleanField(default=True)
    payment_terms = models.CharField(max_length=10, choices=PaymentTerms, default=PaymentTerms.PREPAID)
    confirmation_basis = models.CharField(max_length=20, choices=ConfirmationBasis, default=ConfirmationBasis.MANUAL)
    advance_percent = models.PositiveSmallIntegerField(default=100)
    return_window_days = models.PositiveSmallIntegerField(default=14)
    is_gate_waived = models.BooleanField(default=False)

    # Money, in `currency`; total = sum of line totals + shipping (+ its tax when excluded) + adjustment
    shipping_total = MoneyField(default=0)
    shipping_tax = MoneyField(default=0)
    adjustment_total = MoneyField(default=0)
    adjustment_note = models.CharField(max_length=200, blank=True)
    discount_total = MoneyField(default=0)
    tax_total = MoneyField(default=0)
    total = MoneyField(default=0)
    cancelled_total = MoneyField(default=0)  # value of what was cancelled after placement
    returned_total = MoneyField(default=0)  # value credited for settled returns
    written_off_total = MoneyField(default=0)
    paid_total = MoneyField(default=0)
    authorized_total = MoneyField(default=0)
    verifying_total = MoneyField(default=0)
    refunded_total = MoneyField(default=0)
    disputed_total = MoneyField(default=0)
    cod_outstanding = MoneyField(default=0)  # due from the customer or held by the courier
    has_failed_payment = models.BooleanField(default=False)

    # The total in the currency of the books, at the rate in force when it was placed; empty while nobody gave one
    # (orders/exchange.py writes them). A later rate changes none of it.
    book_currency = models.CharField(max_length=3, default=BOOK, db_default=BOOK)
    book_rate = models.DecimalField(max_digits=18, decimal_places=8, null=True, blank=True)
    book_rate_on = models.DateField(null=True, blank=True)
    book_total = MoneyField(max_digits=26, null=True, blank=True)  # a total in a dear currency is long in a cheap one

    # Quantities, sums over lines
    qty_ordered = models.PositiveIntegerField(default=0)
    qty_cancelled = models.PositiveIntegerField(default=0)
    qty_reserved = models.PositiveIntegerField(default=0)
    qty_allocated = models.PositiveIntegerField(default=0)
    qty_backordered = models.PositiveIntegerField(default=0)
    qty_picked = models.PositiveIntegerField(default=0)
    qty_packed = models.PositiveIntegerField(default=0)
    qty_dispatched = models.PositiveIntegerField(default=0)
    qty_delivered = models.PositiveIntegerField(default=0)
    qty_returning = models.PositiveIntegerField(default=0)
    qty_rto = models.PositiveIntegerField(default=0)
    qty_written_off = models.PositiveIntegerField(default=0)
    qty_returned = models.PositiveIntegerField(default=0)
    line_count = models.PositiveSmallIntegerField(default=0)
    is_picking = models.BooleanField(default=False)
    open_returns = models.PositiveSmallIntegerField(default=0)
    requested_returns = models.PositiveSmallIntegerField(default=0)
    stock_due_on = models.DateField(null=True, blank=True)  # the last waiting unit is there; empty: not all on order
    stock_due_ref = models.CharField(max_length=30, blank=True, default="")  # what brings the last of them
    # Units of this SKU lie on the shelf for it and wait for the fair-share desk; empty: none, or nobody decides.
    scarce_sku = models.CharField(max_length=80, blank=True, default="", db_default="")
    # What suppliers send to the customer themselves, of the allocated units; and whether any of it was or is theirs.
    is_drop_shipped = models.BooleanField(default=False, db_default=False)
    supplier_units = models.PositiveIntegerField(default=0, db_default=0)
    supplier_told = models.PositiveIntegerField(default=0, db_default=0)  # of them asked for already
    supplier_step = models.CharField(max_length=10, blank=True, default="", db_default="")
    supplier_ref = models.CharField(max_length=100, blank=True, default="", db_default="")  # who, and on which document
    supplier_due_on = models.DateField(null=True, blank=True)
    attempt_due_at = models.DateTimeField(null=True, blank=True)  # the first failed delivery is to be answered by then
    answer_due_at = models.DateTimeField(null=True, blank=True)  # the customer's first open question, likewise
    # Lost goods nobody has answered yet: by when the first of them is to be answered, and what they all were worth.
    loss_due_at = models.DateTimeField(null=True, blank=True)
    loss_value = MoneyField(default=0, db_default=0)

    # The answer (derived; written only by orders/actions/progress.py)
    payment_status = models.CharField(max_length=24, choices=PaymentStatus, default=PaymentStatus.UNPAID)
    fulfilment_status = models.CharField(max_length=24, choices=FulfilmentStatus, default=FulfilmentStatus.UNALLOCATED)
    return_status = models.CharField(max_length=24, choices=ReturnStatus, default=ReturnStatus.NONE)
    stage = models.CharField(max_length=24, choices=StageKey, default=StageKey.DRAFT)
    stage_since = models.DateTimeField(default=timezone.now)
    sub_stage = models.ForeignKey(
        SubStage, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    next_action = models.CharField(max_length=40, blank=True)
    next_text = models.CharField(max_length=120, blank=True)
    owner_team = models.CharField(max_length=20, choices=Team, blank=True)
    assignee = models.ForeignKey(
        "access.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    due_at = models.DateTimeField(null=True, blank=True)  # when the next action is late
    promised_at = models.DateTimeField(null=True, blank=True)  # dispatch promised to the customer
    blockers = models.JSONField(default=list, blank=True)
    open_holds = models.PositiveSmallIntegerField(default=0)
    hold_summary = models.CharField(max_length=300, blank=True)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NORMAL)
    priority_why = models.CharField(max_length=160, blank=True, default="", db_default="")  # the rule that chose it
    search_terms = ArrayField(models.CharField(max_length=260), default=list, blank=True)

    # Moments
    placed_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    dispatched_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)  # why cancelled, or closed without delivery
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = OrderQuerySet.as_manager()
    # What people edit; business facts are events, derived columns are recomputed.
    history = HistoricalRecords(
        excluded_fields=[
            "channel", "external_id", "external_name", "source_hash", "is_historical", "extra", "version", "search_terms",
            "blockers", "next_action", "next_text", "hold_summary", "open_holds", "open_returns", "requested_returns",
            "qty_ordered", "qty_cancelled", "qty_reserved", "qty_allocated", "qty_backordered", "qty_picked", "qty_packed",
            "qty_dispatched", "qty_delivered", "qty_returning", "qty_rto", "qty_written_off", "qty_returned", "line_count",
            "is_picking", "is_drop_shipped", "supplier_units", "supplier_told", "supplier_step", "supplier_ref", "supplier_due_on",
            "stock_due_on", "stock_due_ref", "scarce_sku", "attempt_due_at", "answer_due_at", "loss_due_at",
            "loss_value", "paid_total",
            "authorized_total", "verifying_total", "refunded_total", "disputed_total",
            "cod_outstanding", "has_failed_payment", "payment_status", "fulfilment_status", "return_status", "stage",
            "stage_since", "owner_team", "due_at", "created_at", "updated_at", "confirmed_at", "released_at",
            "dispatched_at", "delivered_at", "completed_at", "closed_at", "cancelled_at", "returned_total", "claimed_by",
            "claimed_until", "claimed_step", "split_from", "merged_into", "address_count", "book_currency", "book_rate",
            "book_rate_on", "book_total", "priority_why",
        ]
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "external_id"], name="order_once_per_channel"),
            one_of("order_status_known", "status", OrderStatus),
            one_of("order_payment_status_known", "payment_status", PaymentStatus),
            one_of("order_fulfilment_status_known", "fulfilment_status", FulfilmentStatus),
            one_of("order_return_status_known", "return_status", ReturnStatus),
            one_of("order_stage_known", "stage", StageKey),
            models.CheckConstraint(
                name="order_open_has_owner",
                condition=~Q(status__in=OPEN_STATUSES) | (~Q(owner_team="") & ~Q(next_action="")),
            ),
            models.CheckConstraint(
                name="order_rate_with_its_worth",
                condition=Q(book_rate__isnull=True, book_rate_on__isnull=True, book_total__isnull=True)
                | Q(book_rate__gt=0, book_total__isnull=False),
            ),
            models.CheckConstraint(
                name="order_money_not_negative",
                condition=Q(paid_total__gte=0, refunded_total__gte=0, cancelled_total__gte=0, returned_total__gte=0),
            ),
        ]
        # `include`: counting one stage of one channel reads the index alone, not sixty thousand rows of a large book.
        indexes = [
            models.Index(fields=["-placed_at", "-id"], name="order_newest"),
            models.Index(fields=["-book_total", "-id"], name="order_largest"),
            models.Index(fields=["currency", "placed_at"], name="order_unrated", condition=Q(book_rate__isnull=True)),
            models.Index(fields=["stage_since", "id"], name="order_waiting"),
            models.Index(
                fields=["stage_since", "id"], name="order_open_waiting", condition=Q(status__in=OPEN_STATUSES)
            ),
            models.Index(
                fields=["next_action", "stage_since", "id"],
                include=["due_at", "owner_team"],
                name="order_step_waiting",
                condition=~Q(next_action=""),
            ),
            models.Index(fields=["due_at", "id"], name="order_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["stage", "-placed_at", "-id"], include=["channel"], name="order_stage_newest"),
            models.Index(fields=["channel", "-placed_at", "-id"], name="order_channel_newest"),
            models.Index(
                fields=["payment_status", "-placed_at", "-id"], include=["channel"], name="order_payment_newest"
            ),
            models.Index(
                fields=["fulfilment_status", "-placed_at", "-id"], include=["channel"], name="order_fulfilment_newest"
            ),
            models.Index(fields=["due_at", "id"], name="order_open_due", condition=Q(status__in=OPEN_STATUSES)),
            models.Index(
                fields=["stage", "due_at", "id"], name="order_open_stage_due", condition=Q(status__in=OPEN_STATUSES)
            ),
            models.Index(
                fields=["owner_team", "due_at", "id"],
                include=["assignee", "status"],
                name="order_owner_due",
                condition=~Q(next_action=""),
            ),
            models.Index(
                fields=["assignee", "due_at", "id"],
                name="order_assignee_due",
                condition=Q(assignee__isnull=False) & ~Q(next_action=""),
            ),
            models.Index(
                fields=["due_at", "id"], name="order_held_due", condition=Q(open_holds__gt=0, status__in=OPEN_STATUSES)
            ),
            models.Index(fields=["-placed_at", "-id"], name="order_drop_shipped", condition=Q(is_drop_shipped=True)),
            models.Index(fields=["loss_due_at", "id"], name="order_losses", condition=Q(loss_due_at__isnull=False)),
            models.Index(fields=["answer_due_at", "id"], name="order_asks", condition=Q(answer_due_at__isnull=False)),
            models.Index(fields=["split_from"], name="order_split_from", condition=Q(split_from__isnull=False)),
            models.Index(fields=["merged_into"], name="order_merged_into", condition=Q(merged_into__isnull=False)),
            models.Index(fields=["claimed_by"], name="order_claimed", condition=Q(claimed_by__isnull=False)),
            # Two orders of one phone, whatever way it is written (orders/checking/facts.py has the same expression).
            models.Index(
                Right(Func(F("phone"), Value(r"\D"), Value(""), Value("g"), function="regexp_replace"), 9),
                name="order_open_phone",
                condition=Q(status__in=OPEN_STATUSES) & ~Q(phone=""),
            ),
            # Releases of a blanket order; `extra.blanket` is its number.
            models.Index(KT("extra__blanket"), name="order_blanket", condition=Q(extra__has_key="blanket")),
            GinIndex(Func(F("search_terms"), function="array_to_tsvector"), name="order_search", fastupdate=True),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def amount_due(self) -> Decimal:
        """What the customer owes in all, after cancellations, returns and write-offs."""
        return self.total - self.cancelled_total - self.returned_total - self.written_off_total

    @property
    def balance_due(self) -> Decimal:
        """Positive: still to be received; negative: still to be refunded."""
        return self.amount_due - (self.paid_total - self.refunded_total)

    @property
    def kin(self) -> list[tuple[str, "Order"]]:
        """The orders that this one was a part of, was put together with, or became; each with the words before its number."""
        found = [("Split from", self.split_from)] if self.split_from else []
        found += [("Split off:", other) for other in self.split_off.all()]
        found += [("Merged into", self.merged_into)] if self.merged_into else []
        return found + [("With", other) for other in self.merged_from.all()]

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_STATUSES

    def is_visible_to(self, user: Any) -> bool:
        """Whether `visible_to(user)` has this order."""
        return not user.channel_codes or self.channel.code in user.channel_codes

    def get_absolute_url(self) -> str:
        return f"/orders/{self.number}/"
