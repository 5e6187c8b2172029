"""Products somebody ordered before anybody described them."""

from collections.abc import Mapping

from inventory.models import Product
from oms.kernel.clock import now
from oms.kernel.db import copy_history


def make_placeholders(names: Mapping[str, str], *, currency: str) -> None:
    """Make a placeholder product for each SKU in `names` (SKU -> name) that has none; joins the open transaction."""
    at = now()
    Product.objects.bulk_create(
        [
            Product(
                sku=sku[:80],
                name=(name or sku)[:255],
                currency=currency,
                is_placeholder=True,
                created_at=at,
                updated_at=at,
            )
            for sku, name in sorted(names.items())
        ],
        ignore_conflicts=True,  # somebody else's import may be making the same one
    )
    ids = Product.objects.filter(sku__in=list(names), created_at=at).values_list("pk", flat=True)
    copy_history(Product, list(ids), kind="+", user_id=None, reason="Unknown SKU met by an import")
