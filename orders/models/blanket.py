"""Standing agreements: so many units at such a price until such a day, called off in releases."""

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from inventory.models import Product
from oms.kernel.clock import business_date
from oms.kernel.models import MoneyField, Stamped, one_of
from orders.models.channel import Channel
from orders.models.customer import Customer
from orders.models.order import PaymentTerms
from orders.querysets import StandingQuerySet
from orders.standing.states import BlanketLifecycle, BlanketStatus


class BlanketOrder(BlanketLifecycle, Stamped):
    """What a customer has agreed to take. Each release is an ordinary order that carries this number (`extra.blanket`);
    what is open is what was agreed less the units of those orders that are not cancelled."""

    number = models.CharField(max_length=30, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="blanket_orders")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    customer_po = models.CharField("customer's PO number", max_length=80, blank=True)
    payment_terms = models.CharField(max_length=10, choices=PaymentTerms, default=PaymentTerms.PREPAID)
    ship_to = models.JSONField(default=dict, blank=True)
    note = models.TextField(max_length=4000, blank=True)
    starts_on = models.DateField("from")
    ends_on = models.DateField("last day")
    version = models.PositiveIntegerField(default=1)
    made_by = models.CharField(max_length=80)

    objects = StandingQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["version"])

    class Meta:
        ordering = ["number"]
        constraints = [
            one_of("blanket_status_known", "status", BlanketStatus),
            models.CheckConstraint(name="blanket_days_in_order", condition=Q(ends_on__gte=F("starts_on"))),
        ]
        indexes = [models.Index(fields=["ends_on", "id"], name="blanket_ends")]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return f"/standing/blanket/{self.number}/"

    @property
    def is_over(self) -> bool:
        """Whether its last day has passed."""
        return self.ends_on < business_date()


class BlanketLine(models.Model):
    """So many units of a product at one price, in the channel's currency."""

    blanket = models.ForeignKey(BlanketOrder, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    qty = models.PositiveIntegerField()
    unit_price = MoneyField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["blanket", "product"], name="blanket_product_once"),
            models.CheckConstraint(name="blanket_line_possible", condition=Q(qty__gte=1, unit_price__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.qty} x {self.product_id}"
