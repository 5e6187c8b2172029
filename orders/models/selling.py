"""Terms of business: who pays which price, on credit up to how much, from which quantity on."""

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from inventory.models import Product
from oms.kernel.models import MoneyField, Stamped
from oms.kernel.money import format_money
from oms.kernel.plural import plural


class CustomerGroup(Stamped):
    """A segment of customers that shares prices and minimum quantities: distributors, retailers, staff."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)

    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PriceList(Stamped):
    """Agreed unit prices in one currency, tax as on the channel. For one customer, one group, one channel, or everybody.

    The narrowest list that names a product decides: customer before group before channel before everybody; among
    equals the lower rank. `ends_on` is the last day it holds.
    """

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    customer = models.ForeignKey(
        "orders.Customer", null=True, blank=True, on_delete=models.CASCADE, related_name="price_lists"
    )
    group = models.ForeignKey(
        CustomerGroup, null=True, blank=True, on_delete=models.PROTECT, related_name="price_lists"
    )
    channel = models.ForeignKey(
        "orders.Channel", null=True, blank=True, on_delete=models.PROTECT, related_name="price_lists"
    )
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField("last day", null=True, blank=True)
    rank = models.PositiveSmallIntegerField(
        default=100, help_text="Among lists of the same kind, the lower one decides."
    )
    is_active = models.BooleanField(default=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="price_list_for_one_buyer",
                condition=Q(customer__isnull=True) | (Q(group__isnull=True) & Q(channel__isnull=True)),
            ),
            models.CheckConstraint(
                name="price_list_days_in_order",
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.currency})"

    def clean(self) -> None:
        self.currency = currency_code(self.currency)
        if self.customer_id and (self.group_id or self.channel_id):
            raise ValidationError({"customer": "A list is for one customer, or for a group or channel; not both."})
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": "The last day lies before the first one."})


class PriceItem(models.Model):
    """The unit price of a product from `min_qty` units on. Several rows of one product are its quantity breaks."""

    price_list = models.ForeignKey(PriceList, on_delete=models.CASCADE, related_name="items")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    min_qty = models.PositiveIntegerField("from quantity", default=1)
    unit_price = MoneyField()

    history = HistoricalRecords()

    class Meta:
        ordering = ["product__sku", "min_qty"]
        constraints = [
            models.UniqueConstraint(fields=["price_list", "product", "min_qty"], name="price_break_once"),
            models.CheckConstraint(name="price_break_from_one", condition=Q(min_qty__gte=1)),
            models.CheckConstraint(name="price_not_negative", condition=Q(unit_price__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} from {self.min_qty}: {self.unit_price}"


class CreditAccount(Stamped):
    """What a customer may owe, in one currency, and for how many days after the goods left."""

    customer = models.OneToOneField("orders.Customer", on_delete=models.CASCADE, related_name="credit")
    currency = models.CharField(max_length=3)
    limit = MoneyField("credit limit")
    terms_days = models.PositiveSmallIntegerField("days to pay", default=30)
    is_stopped = models.BooleanField("no more credit for now", default=False)
    note = models.CharField(max_length=200, blank=True)

    history = HistoricalRecords()

    class Meta:
        constraints = [models.CheckConstraint(name="credit_limit_not_negative", condition=Q(limit__gte=0))]

    def __str__(self) -> str:
        return f"{self.customer}: {format_money(self.limit, self.currency)}"

    def clean(self) -> None:
        self.currency = currency_code(self.currency)


class OrderMinimum(models.Model):
    """The least a group, or everybody, buys: units of one product, or the worth of an order in one currency."""

    group = models.ForeignKey(CustomerGroup, null=True, blank=True, on_delete=models.CASCADE, related_name="minimums")
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    qty = models.PositiveIntegerField("units of the product", null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    amount = MoneyField("worth of the order", null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["group__name", "product__sku"]
        constraints = [
            models.CheckConstraint(
                name="minimum_of_units_or_worth",
                condition=Q(product__isnull=False, qty__gte=1, amount__isnull=True, currency="")
                | (Q(product__isnull=True, qty__isnull=True, amount__gt=0) & ~Q(currency="")),
            ),
            models.UniqueConstraint(fields=["group", "product", "currency"], name="minimum_once", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        worth = "" if self.amount is None else format_money(self.amount, self.currency)
        least = worth or f"{self.product}, {plural(self.qty or 0, 'unit')}"
        return f"{self.group or 'Everybody'}: at least {least}"

    def clean(self) -> None:
        if self.product_id:
            if not self.qty or self.amount is not None or self.currency:
                raise ValidationError({"qty": "For a product, write the units and leave currency and worth empty."})
            return
        if self.qty or self.amount is None or self.amount <= 0:
            raise ValidationError({"amount": "Without a product, write the worth of an order and its currency."})
        self.currency = currency_code(self.currency)


def currency_code(text: str) -> str:
    """`text` as an ISO 4217 code, or a complaint for the form."""
    code = text.strip().upper()
    if not re.fullmatch("[A-Z]{3}", code):
        raise ValidationError({"currency": "Write the three-letter code, like INR or AUD."})
    return code
