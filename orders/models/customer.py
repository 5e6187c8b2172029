"""Who buys."""

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models.functions import Lower
from simple_history.models import HistoricalRecords

from oms.kernel.models import Stamped
from oms.kernel.personal import ERASED
from orders.querysets import PHONE_DIGITS, PHONE_END, CustomerCardQuerySet, CustomerQuerySet


class Customer(Stamped):
    """A buyer. Found again by `match_key`: the e-mail in lower case, else the phone in E.164, else empty (never matched).

    One that was merged into another (`merged_into`, never itself merged) keeps its row, so that its number and its key lead
    to the one that stays; nothing else hangs on it any more. The row is the lock for addresses, contacts and the merge.
    """

    name = models.CharField(max_length=160)
    company = models.CharField(max_length=160, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    match_key = models.CharField(max_length=260, blank=True, editable=False)
    tax_id = models.CharField(max_length=32, blank=True)
    crm_url = models.URLField("CRM link", max_length=400, blank=True, default="", db_default="")
    note = models.TextField(blank=True)
    group = models.ForeignKey(
        "orders.CustomerGroup", null=True, blank=True, on_delete=models.SET_NULL, related_name="customers"
    )

    merged_into = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="merged_away"
    )

    objects = CustomerQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["match_key"], name="customer_match_key_once", condition=~models.Q(match_key="")
            ),
            models.CheckConstraint(
                name="customer_not_merged_into_itself", condition=~models.Q(merged_into=models.F("id"))
            ),
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
            models.Index(PHONE_END, name="customer_phone_end", condition=~models.Q(phone="")),
        ]

    def __str__(self) -> str:
        return self.company or self.name

    def get_absolute_url(self) -> str:
        return f"/customers/{self.pk}/"

    @property
    def told_apart(self) -> str:
        """Who this is among others of the same name: with the number in the address of their page, phone and e-mail."""
        name = f"{self.company} ({self.name})" if self.company else self.name
        return ", ".join(part for part in (name, f"no.\u00a0{self.pk}", self.phone, self.email) if part)

    @property
    def is_erased(self) -> bool:
        return self.name == ERASED and not self.match_key

    @property
    def stays(self) -> "Customer":
        """The customer this one is part of now: itself, unless it was merged."""
        return self.merged_into or self

    def usual_address(self) -> "CustomerAddress | None":
        """Where their goods go unless somebody says otherwise: the usual one, else the one kept last."""
        return self.addresses.in_use().order_by("-is_default", "-updated_at").first()

    def billing_address(self) -> "CustomerAddress | None":
        """Where their bills go when that is not where the goods go."""
        return self.addresses.in_use().filter(is_bill_to=True).first()


class CustomerCard(Stamped):
    """What is kept of a customer beside their record. A card that is retired is offered nowhere and can be taken up again."""

    retired_at = models.DateTimeField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    objects = CustomerCardQuerySet.as_manager()

    class Meta:
        abstract = True


class CustomerAddress(CustomerCard):
    """A place a customer is billed at or shipped to; one of those in use is the usual of each. Orders keep their own frozen copy."""

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
    is_default = models.BooleanField("usual delivery address", default=False)
    is_bill_to = models.BooleanField("usual billing address", default=False, db_default=False)

    history = HistoricalRecords(excluded_fields=["version"])

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], name=f"customer_{name}_once", condition=models.Q((flag, True), retired_at__isnull=True)
            )
            for name, flag in (("ship_to", "is_default"), ("bill_to", "is_bill_to"))
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.line1}, {self.city}"


class CustomerContact(CustomerCard):
    """A person at a customer: who orders, who pays, who takes the goods in."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=160)
    part = models.CharField("their part", max_length=60, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    phone = models.CharField(max_length=32, blank=True)

    history = HistoricalRecords(excluded_fields=["version"])

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CustomerMerge(models.Model):
    """That one customer became part of another: who did it, when and why, what moved, and which side won where both had something."""

    kept = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="merges")
    gone = models.OneToOneField(Customer, on_delete=models.PROTECT, related_name="merge")
    at = models.DateTimeField()
    by_user = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    by = models.CharField(max_length=80)
    reason = models.CharField(max_length=300)
    moved = models.JSONField(default=dict)  # {what: how many}
    chosen = models.JSONField(default=dict)  # {what both had: "kept" or "gone"}
    # The checks of their new orders, asked again after it (actions/customer_check.py): up to which order, what came of it
    # ({"asked", "held", "cleared", "orders": [[number, [reasons put on], [reasons taken off]]]}), and when all were asked.
    checked_to = models.BigIntegerField(default=0, db_default=0)
    checks = models.JSONField(default=dict, db_default={})
    checked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.gone_id} into {self.kept_id} by {self.by}"


class CustomersApart(models.Model):
    """That two customers who look the same are not: who said so and when. `one` has the lower id; taken back, the row is
    deleted and its past stays."""

    one = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="apart_as_one", db_index=False)
    other = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="apart_as_other")
    at = models.DateTimeField()
    by_user = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    by = models.CharField(max_length=80)
    why = models.CharField(max_length=200, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = "customers told apart"
        verbose_name_plural = "customers told apart"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="customers_apart_once"),
            models.CheckConstraint(name="customers_apart_in_order", condition=models.Q(one__lt=models.F("other"))),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} is not {self.other_id}"
