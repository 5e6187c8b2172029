"""How far a customer's own purchase orders got: ordered, sent, delivered, open and unpaid per PO number (CU-08)."""

from typing import Any

from django.db.models import Count, F, Max, Min, QuerySet, Sum

from orders.models import Order

SHOWN = 200


def reconciled(rows: QuerySet[Order]) -> list[dict[str, Any]]:
    """Per PO number and currency: units ordered, cancelled, dispatched, delivered, returned and open; worth and balance.

    Cancelled orders keep their row, so that a PO that came to nothing is still answered. The newest first.
    """
    worth = F("total") - F("cancelled_total") - F("returned_total") - F("written_off_total")
    found = (
        rows.exclude(customer_po="").exclude(status="draft").order_by().values("customer_po", "currency").annotate(
            orders=Count("pk"), only=Min("number"), last_at=Max("placed_at"), ordered=Sum("qty_ordered"),
            cancelled=Sum("qty_cancelled"), dispatched=Sum("qty_dispatched"), delivered=Sum("qty_delivered"),
            written_off=Sum("qty_written_off"), returned=Sum("qty_returned"), rto=Sum("qty_rto"), worth=Sum(worth),
            balance=Sum(worth - F("paid_total") + F("refunded_total")),
        )
    )  # fmt: skip
    pos = list(found.order_by("-last_at")[:SHOWN])
    for po in pos:
        po["open"] = po["ordered"] - po["cancelled"] - po["written_off"] - po["delivered"] - po["rto"]
    return pos
