"""Products by what somebody types of them: offered under a box that takes a SKU, and found where lines are added."""

from django.db.models import Case, Q, When

from inventory.models import Product

FOUND = 8
# A box for a SKU: options come into `inventory/_offered.html`, which stands once on its page.
OFFERED = {
    "list": "known-products", "autocomplete": "off", "placeholder": "SKU or name", "hx-get": "/stock/offer/",
    "hx-trigger": "input changed delay:200ms", "hx-target": "#known-products", "hx-sync": "this:replace",
}  # fmt: skip


def find_products(text: str) -> list[Product]:
    """Products on sale by the start of their SKU, a barcode, or words of their name; what it names exactly comes first."""
    words = text.replace("\x00", "").split()[:5]
    if not words:
        return []
    named = Q()
    for word in words:
        named &= Q(name__icontains=word)
    code = " ".join(words)
    rows = Product.objects.filter(Q(sku__istartswith=code) | Q(barcode=code) | named, is_active=True)
    exact = Case(When(Q(sku__iexact=code) | Q(barcode=code), then=0), When(sku__istartswith=code, then=1), default=2)
    return list(rows.order_by(exact, "sku")[:FOUND])
