"""A change of a placed order, written as a document: what was asked, by whom, on which state, and what became of it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from inventory.models import Product
from oms.kernel.models import MoneyField, one_of
from orders.states import AmendmentLifecycle, AmendmentStatus

LIVE = (AmendmentStatus.DRAFT, AmendmentStatus.REQUESTED, AmendmentStatus.APPROVED)


class AmendmentQuerySet(models.QuerySet):
    def visible_to(self, user) -> "AmendmentQuerySet":
        """Changes of the orders this person may see."""
        return self.filter(order__channel__code__in=user.channel_codes) if user.channel_codes else self


class Amendment(AmendmentLifecycle):
    """`base_version` is the version of the order its author looked at last; `amount` what the customer then owes."""

    number = models.CharField(max_length=30, unique=True)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="amendments")
    base_version = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)
    message = models.TextField(blank=True)  # to the customer; empty: nobody is written to
    author = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    author_name = models.CharField(max_length=80)
    amount_before = MoneyField(null=True)
    amount = MoneyField(null=True)
    approved_amount = MoneyField(null=True)  # asked for, and approved at most
    created_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=300, blank=True)
    applied_at = models.DateTimeField(null=True)

    objects = AmendmentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            one_of("amendment_status_known", "status", AmendmentStatus),
            models.CheckConstraint(
                name="amendment_applied_has_moment",
                condition=~Q(status=AmendmentStatus.APPLIED) | Q(applied_at__isnull=False),
            ),
            models.CheckConstraint(
                name="amendment_approved_by_a_second_person",
                condition=~Q(status__in=(AmendmentStatus.REQUESTED, AmendmentStatus.APPROVED))
                | Q(decided_by__isnull=True)
                | Q(author__isnull=True)
                | ~Q(decided_by=models.F("author")),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_live(self) -> bool:
        return self.status in LIVE


class ChangeKind(models.TextChoices):
    QUANTITY = "quantity", "Quantity"
    ADD = "add", "Add a line"
    REMOVE = "remove", "Remove a line"
    PRICE = "price", "Unit price"
    DISCOUNT = "discount", "Discount"
    ADDRESS = "address", "Delivery address"
    SHIP_TO = "ship_to", "Where units go"
    DATE = "requested_date", "Promised for"
    SHIPPING = "shipping_fee", "Shipping charge"


ON_A_LINE = (ChangeKind.QUANTITY, ChangeKind.REMOVE, ChangeKind.PRICE, ChangeKind.DISCOUNT, ChangeKind.SHIP_TO)


class AmendmentChange(models.Model):
    """One change. Quantity and remove: `qty` units still wanted of `line`. Add: `qty` of `product` at the unit price
    `amount` less `discount` on the whole line. Price, discount, shipping: `amount`. Date: `moment`. Address:
    `address` in the place of number `place` (empty: the order's own). Ship-to: `qty` units of `line` to `address`."""

    amendment = models.ForeignKey(Amendment, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=16, choices=ChangeKind)
    line = models.ForeignKey("orders.OrderLine", null=True, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    qty = models.PositiveIntegerField(null=True)
    amount = MoneyField(null=True)
    discount = MoneyField(default=0)
    address = models.JSONField(default=dict, blank=True)
    place = models.PositiveSmallIntegerField(null=True)
    moment = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            one_of("amendment_change_kind_known", "kind", ChangeKind),
            models.CheckConstraint(
                name="amendment_change_names_its_line", condition=~Q(kind__in=ON_A_LINE) | Q(line__isnull=False)
            ),
            models.CheckConstraint(
                name="amendment_change_not_negative",
                condition=(Q(amount__isnull=True) | Q(amount__gte=0)) & Q(discount__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
