"""How much one person may refund alone in a fresh house; what an admin changed is never overwritten."""

from decimal import Decimal

from payments.models import RefundPolicy

# Roughly what a small order costs in each currency. A currency without a row always needs a second person.
LIMITS = (("INR", 2000), ("AUD", 50), ("USD", 30), ("EUR", 30), ("GBP", 25), ("NZD", 50), ("SGD", 40), ("BRL", 150))


def seed() -> None:
    """Fill the list of limits when it is empty: an admin who took one away is not given it back."""
    if not RefundPolicy.objects.exists():
        for currency, limit in LIMITS:
            RefundPolicy.objects.create(currency=currency, limit=Decimal(limit))
