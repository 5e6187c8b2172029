"""Where orders come from, and the rules that come with it."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from simple_history.models import HistoricalRecords

from oms.kernel.models import Stamped, one_of


class ChannelKind(models.TextChoices):
    WEB = "web", "Website"
    MARKETPLACE = "marketplace", "Marketplace"
    WHATSAPP = "whatsapp", "WhatsApp"
    PHONE = "phone", "Phone"
    POS = "pos", "Store"
    B2B = "b2b", "B2B portal"
    EDI = "edi", "EDI"
    SOCIAL = "social", "Social"
    MANUAL = "manual", "Manual"


class ConfirmationBasis(models.TextChoices):
    MANUAL = "manual", "A person approves"
    PAYMENT = "payment", "Payment received"
    CUSTOMER_PO = "customer_po", "Customer PO given"
    SALES = "sales", "Sales confirmed"


class UnknownSkuPolicy(models.TextChoices):
    PLACEHOLDER = "placeholder", "Make a placeholder product"
    HOLD = "hold", "Put the line on hold"


class Channel(Stamped):
    """A source of orders. `location_codes` in order of preference; empty means every active location by its rank."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, choices=ChannelKind, default=ChannelKind.WEB)
    currency = models.CharField(max_length=3, default="INR")
    country = models.CharField(max_length=2, default="IN")
    location_codes = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    confirmation_basis = models.CharField(max_length=20, choices=ConfirmationBasis, default=ConfirmationBasis.MANUAL)
    unknown_sku_policy = models.CharField(max_length=20, choices=UnknownSkuPolicy, default=UnknownSkuPolicy.HOLD)
    advance_percent = models.PositiveSmallIntegerField(
        "payment before work (%)", default=100, validators=[MaxValueValidator(100)]
    )
    dispatch_within_hours = models.PositiveSmallIntegerField(default=48)
    reservation_hours = models.PositiveSmallIntegerField("soft reservation (hours)", default=72)
    return_window_days = models.PositiveSmallIntegerField(default=14)
    tells_stock = models.BooleanField(
        "tell this channel its stock", default=False, db_default=False,
        help_text="Seconds after something moves, what it may sell of each product goes out as stock.changed.",
    )  # fmt: skip
    is_active = models.BooleanField(default=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]
        constraints = [
            one_of("channel_kind_known", "kind", ChannelKind),
            one_of("channel_basis_known", "confirmation_basis", ConfirmationBasis),
            one_of("channel_sku_policy_known", "unknown_sku_policy", UnknownSkuPolicy),
            models.CheckConstraint(name="channel_advance_percent", condition=models.Q(advance_percent__lte=100)),
        ]

    def __str__(self) -> str:
        return self.name
