"""Base pieces shared by every app's models."""

from django.db import models

# Money: 4 decimals in the column so that B2B unit prices of a fraction of a cent fit; totals are quantized to the
# currency's own exponent before they are saved (oms.kernel.money.quantize).
MONEY_DIGITS, MONEY_PLACES = 16, 4


class MoneyField(models.DecimalField):
    """An amount in the currency stored beside it on the same row or its parent."""

    def __init__(self, *args, **kwargs) -> None:
        kwargs.setdefault("max_digits", MONEY_DIGITS)
        kwargs.setdefault("decimal_places", MONEY_PLACES)
        super().__init__(*args, **kwargs)


class Stamped(models.Model):
    created_at = models.DateTimeField(auto_now_add=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True, editable=False)

    class Meta:
        abstract = True


def one_of(name: str, field: str, choices: type[models.TextChoices]) -> models.CheckConstraint:
    """A CHECK that `field` holds one of `choices`: fsm protection can be passed by, the database cannot."""
    return models.CheckConstraint(name=name, condition=models.Q(**{f"{field}__in": choices.values}))
