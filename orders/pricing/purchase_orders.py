"""How far a customer's own purchase orders got: ordered, sent, delivered, open and unpaid per PO number (CU-08)."""

from typing import Any

from django.db.models import Count, F, Max, Min, QuerySet, Sum

from orders.models import Order, OrderLine

SHOWN = 200


def reconciled(rows: QuerySet[Order]) -> list[dict[str, Any]]:
    """Per PO number and currency: units ordered, cancelled, dispatched, delivered, returned and open; worth and balance.

    `missing` says the same per product, of those not delivered whole.
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
        po["open"] = _open(po)
    missing = _missing(rows, [po["customer_po"] for po in pos if po["open"] or po["cancelled"] or po["returned"]])
    for po in pos:
        po["missing"] = missing.get((po["customer_po"], po["currency"]), [])
    return pos


def _open(units: dict[str, Any]) -> int:
    return units["ordered"] - units["cancelled"] - units["written_off"] - units["delivered"] - units["rto"]


def _missing(rows: QuerySet[Order], numbers: list[str]) -> dict[tuple[str, str], list[str]]:
    """{(PO number, currency): per product that is not delivered whole, what is missing of it}, in the order of the SKUs."""
    if not numbers:
        return {}
    lines = OrderLine.objects.filter(order__in=rows.filter(customer_po__in=numbers).exclude(status="draft")).order_by()
    names = ("qty_ordered", "qty_cancelled", "qty_written_off", "qty_delivered", "qty_rto", "qty_returned")
    sums = {name.removeprefix("qty_"): Sum(name) for name in names}
    found: dict[tuple[str, str], list[str]] = {}
    of = lines.values("order__customer_po", "order__currency", "sku").annotate(name=Min("name"), **sums)
    for units in of.order_by("sku"):
        said = [f"{n:,} {what}" for n, what in (
            (_open(units), "open"), (units["cancelled"], "cancelled"), (units["returned"], "returned"),
            (units["written_off"], "lost"), (units["rto"], "came back"),
        ) if n]  # fmt: skip
        if said:
            key = units["order__customer_po"], units["order__currency"]
            found.setdefault(key, []).append(f"{units['name']}: {', '.join(said)} of {units['ordered']:,}")
    return found
