"""Stock on hand: what the ledger says was there at the start, came, went, and is there at the end."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse

from inventory.models import StockMovement
from reports.queries.base import Col, Report, Row, Span


def rows(user: Any, span: Span) -> list[Row]:
    before, during = Q(at__lt=span.start), Q(at__gte=span.start)
    moves = StockMovement.objects.filter(at__lt=span.end)
    if user.location_codes:
        moves = moves.filter(location__code__in=user.location_codes)
    found = (
        moves.values("product_id", "product__sku", "product__name", "location__code", "location__name")
        .annotate(
            was=Coalesce(Sum("on_hand", filter=before), 0), came=Coalesce(Sum("on_hand", filter=during & Q(on_hand__gt=0)), 0),
            went=Coalesce(Sum("on_hand", filter=during & Q(on_hand__lt=0)), 0), there=Sum("on_hand"),
            aside=Sum("quarantined"), broken=Sum("damaged"),
        )
        .order_by("product__sku", "location__name")
    )  # fmt: skip
    names = ("product__sku", "product__name", "location__name", "was", "came", "went", "there", "aside", "broken")
    return [
        Row(values, _links(*keys, span))
        for *keys, values in ((r["product_id"], r["location__code"], tuple(r[n] for n in names)) for r in found)
    ]


def _links(product: int, place: str, span: Span) -> dict[int, str]:
    """SKU and what is set aside lead to the product's card, every sum to the movements it is made of."""
    card, moves = reverse("inventory:product", args=[product]), reverse("inventory:movements", args=[product])
    during = {"location": place, "moved_from": span.first, "moved_to": span.last}
    queries: dict[int, dict[str, Any]] = {
        3: {"location": place, "moved_to": span.first - timedelta(days=1)}, 4: {**during, "way": "in"},
        5: {**during, "way": "out"}, 6: {"location": place, "moved_to": span.last},
    }  # fmt: skip
    return {0: card, 7: card, 8: card} | {i: f"{moves}?{urlencode(q)}" for i, q in queries.items()}


REPORT = Report(
    "stock-on-hand", "Stock on hand", "Units by product and place at the end of the last day, from the ledger.",
    (Col("SKU"), Col("Product"), Col("Place"), Col("At the start", "number", True), Col("In", "number", True),
     Col("Out", "number", True), Col("On hand", "number", True), Col("Quarantined", "number", True), Col("Damaged", "number", True)),
    rows, permission="inventory.view", dated_by="moved",
)  # fmt: skip
