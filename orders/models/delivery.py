"""Where we deliver: ranges of postal codes of a channel or of a location."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from inventory.models import Location
from orders.models.channel import Channel

DIGITS = {"IN": 6, "AU": 4}


class Country(models.TextChoices):
    INDIA = "IN", "India"
    AUSTRALIA = "AU", "Australia"


class DeliveryArea(models.Model):
    """From one postal code to another. A channel or location without a row delivers everywhere."""

    name = models.CharField(max_length=80)
    channel = models.ForeignKey(Channel, null=True, blank=True, on_delete=models.CASCADE, related_name="delivery_areas")
    location = models.ForeignKey(
        Location, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )  # fmt: skip
    country = models.CharField(max_length=2, choices=Country)
    first_code = models.PositiveIntegerField("from PIN or postcode")
    last_code = models.PositiveIntegerField("to PIN or postcode")
    is_active = models.BooleanField(default=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["channel__name", "location__name", "country", "first_code"]
        constraints = [
            models.CheckConstraint(
                name="delivery_area_of_one",
                condition=Q(channel__isnull=False, location__isnull=True) | Q(channel__isnull=True, location__isnull=False),
            ),
            models.CheckConstraint(name="delivery_area_in_order", condition=Q(last_code__gte=F("first_code"))),
            models.CheckConstraint(
                name="delivery_area_possible",
                condition=Q(country="IN", first_code__gte=100000, last_code__lte=999999)
                | Q(country="AU", first_code__gte=200, last_code__lte=9999),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["channel", "country", "first_code"], name="delivery_area_channel"),
            models.Index(fields=["location", "country", "first_code"], name="delivery_area_location"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.codes}"

    @property
    def codes(self) -> str:
        """ "400001 to 400104", as people write them."""
        width = DIGITS.get(self.country, 0)
        first, last = (str(code).zfill(width) for code in (self.first_code, self.last_code))
        return first if first == last else f"{first} to {last}"

    def clean(self) -> None:
        if bool(self.channel_id) == bool(self.location_id):
            raise ValidationError({"channel": "Choose a channel or a location, one of the two."})
        found: dict[str, Any] = {}
        for name in ("first_code", "last_code"):
            code = getattr(self, name)
            if code is not None and not possible(self.country, code):
                found[name] = f"{code} is no {WORDS[self.country]}."
        if (
            not found
            and self.first_code is not None
            and self.last_code is not None
            and self.last_code < self.first_code
        ):
            found["last_code"] = "The range ends before it starts."
        if found:
            raise ValidationError(found)


WORDS = {"IN": "PIN code: six digits starting with 1 to 9", "AU": "postcode: 0200 to 9999"}


def possible(country: str, code: int) -> bool:
    """Whether a parcel could be addressed to it at all."""
    low, high = {"IN": (100000, 999999), "AU": (200, 9999)}.get(country, (1, 0))
    return low <= code <= high
