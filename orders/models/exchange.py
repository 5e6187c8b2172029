"""The one currency the books are kept in, and what others were worth in it, day by day (CU-10)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from oms.kernel.clock import business_date
from orders.models.selling import currency_code

BOOK = "INR"


class BookCurrency(models.Model):
    """The currency of the books, one row. It stays what it is from the first order on: every order's rate leads to it."""

    currency = models.CharField(
        "book currency", max_length=3, default=BOOK, db_default=BOOK,
        help_text="Three-letter code, like INR or AUD. Sums over several currencies, and limits that a currency has none of "
        "its own for, are in it. Choose it before the first order: afterwards it is fixed, because each order keeps the rate "
        "it was placed at.",
    )  # fmt: skip
    rate_days = models.PositiveSmallIntegerField(
        "a rate holds for (days)", default=31, db_default=31,
        help_text="An order is valued at the latest rate of its day or before. One older than this many days is not used: "
        "the order is taken without a rate, and Finance records one.",
    )  # fmt: skip
    is_only = models.BooleanField(default=True, editable=False, unique=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name_plural = "book currency"
        constraints = [models.CheckConstraint(name="book_currency_only_one", condition=Q(is_only=True))]

    def __str__(self) -> str:
        return self.currency

    def clean(self) -> None:
        self.currency = currency_code(self.currency)
        was = type(self).objects.filter(pk=self.pk).values_list("currency", flat=True).first()
        if was and was != self.currency and self.is_fixed():
            raise ValidationError(
                {"currency": f"There are orders already, valued in {was}; it cannot be changed any more."}
            )

    @staticmethod
    def is_fixed() -> bool:
        """Whether an order has been valued in it."""
        from orders.models.order import Order

        return Order.objects.exists()


class ExchangeRate(models.Model):
    """What one unit of `currency` was worth in `into` on `day`. Orders keep what they were placed at: a later change of a
    row here changes none of them."""

    currency = models.CharField(
        max_length=3, help_text="The foreign currency, like AUD: one unit of it is worth the rate."
    )
    into = models.CharField("in", max_length=3, default=BOOK, help_text="The book currency.")
    day = models.DateField(
        default=business_date,
        help_text="The first day it holds; it holds until the next one, within the days set at the book currency.",
    )
    rate = models.DecimalField(
        max_digits=18, decimal_places=8, help_text="How much of the book currency one unit buys: 55.2 for AUD in INR."
    )
    source = models.CharField(
        max_length=80, help_text="Where it comes from: the bank's name, the central bank's list, a contract."
    )
    created_at = models.DateTimeField(auto_now_add=True, editable=False)

    history = HistoricalRecords()

    class Meta:
        ordering = ["-day", "currency"]
        constraints = [
            models.UniqueConstraint(
                fields=["currency", "into", "day"], name="rate_once_a_day",
                violation_error_message="There is a rate of this currency for this day already; change that one.",
            ),
            models.CheckConstraint(
                name="rate_positive", condition=Q(rate__gt=0), violation_error_message="A rate is above zero."
            ),
            models.CheckConstraint(
                name="rate_of_two_currencies", condition=~Q(currency=F("into")),
                violation_error_message="A currency is worth itself; give the rate of another one.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"1 {self.currency} = {self.rate.normalize():f} {self.into} on {self.day:%d %b %Y}"

    def clean_fields(self, exclude: Any = None) -> None:
        self.currency, self.into = (self.currency or "").strip().upper(), (self.into or "").strip().upper()
        super().clean_fields(exclude)
        wrong = {}
        for name in ("currency", "into"):
            try:
                setattr(self, name, currency_code(getattr(self, name)))
            except ValidationError as error:
                wrong[name] = error.message_dict["currency"]
        if wrong:
            raise ValidationError(wrong)
