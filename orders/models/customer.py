"""Who buys."""

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models.functions import Lower
from simple_history.models import HistoricalRecords

from oms.kernel.models import Stamped
from orders.querysets import PHONE_DIGITS, CustomerQuerySet


class Customer(Stamped):
    """A buyer. Found again by `match_key`: the e-mail in lower case, else the phone in E.164, else empty (never matched)."""

    name = models.CharField(max_length=160)
    company = models.CharField(max_length=160, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    match_key = models.CharField(max_length=260, blank=True, editable=False)
    tax_id = models.CharField(max_length=32, blank=True)
    note = models.TextField(blank=True)
    group = models.ForeignKey(
        "orders.CustomerGroup", null=True, blank=True, on_delete=models.SET_NULL, related_name="customers"
    )

    objects = CustomerQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["match_key"], name="customer_match_key_once", condition=~models.Q(match_key="")
            )
        ]
        indexes = [
            models.Index(fields=["name"], name="customer_name"),
            # By the beginning: whoever has not ordered yet is found so (CustomerQuerySet.search).
            models.Index(OpClass(Lower("name"), "text_pattern_ops"), name="customer_name_start"),
            *(
                models.Index(
                    OpClass(said, "text_pattern_ops"), name=f"customer_{name}_start", condition=~models.Q(**{name: ""})
                )
                for name, said in (("company", Lower("company")), ("email", Lower("email")), ("phone", PHONE_DIGITS))
            ),
        ]

    def __str__(self) -> str:
        return self.company or self.name


class CustomerAddress(Stamped):
    """A place a customer is billed at or shipped to. Orders keep their own frozen copy."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="addresses")
    label = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=160, blank=True)
    line1 = models.CharField(max_length=200)
    line2 = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2)
    phone = models.CharField(max_length=32, blank=True)
    is_default = models.BooleanField(default=False)

    history = HistoricalRecords()

    def __str__(self) -> str:
        return f"{self.line1}, {self.city}"


class CustomerContact(Stamped):
    """A person at a customer: who orders, who pays, who takes the goods in."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=160)
    part = models.CharField("their part", max_length=60, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    phone = models.CharField(max_length=32, blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
