"""What a message may say: plain text values from the order and its parcel, nothing else of the house."""

from datetime import date, datetime

from django.conf import settings

from inventory.models import PurchaseOrder, SupplierItem
from notifications.wording import SAMPLE
from oms.events.models import Event
from oms.kernel.clock import business_zone
from oms.kernel.countries import country_name
from oms.kernel.money import format_money
from orders.models import Order

TO_SUPPLIER = ("fulfilment.supplier_told", "fulfilment.supplier_stop_asked")
WRITTEN = (
    "orders.amended",
    "orders.promise_renewed",
    "notifications.written",
)  # a person wrote what the customer reads


def values_for(order: Order, event: Event | None = None) -> dict[str, str]:
    """Every gap of the templates filled for `order`; parcel gaps are empty when the event is not about a parcel."""
    values = dict.fromkeys(SAMPLE, "")
    values |= {
        "order_number": order.number,
        "customer_name": order.customer_name or "customer",
        "order_date": _day(order.placed_at),
        "items": _items(order),
        "total": format_money(order.total, order.currency),
        "payment_line": _payment(order),
        "ship_to": "\n\n".join(_address(place) for place in _places(order)),
        "shop_name": order.channel.name,
        "contact_email": settings.DEFAULT_FROM_EMAIL,
        "message": str(event.payload.get("message", "")) if event and event.name in WRITTEN else "",
    }
    if event and event.name in TO_SUPPLIER:
        values |= _supplier(order, event)
    elif event and event.name.startswith("fulfilment."):
        values |= _parcel(order, event)
    return values


def _parcel(order: Order, event: Event) -> dict[str, str]:
    shipment = order.shipments.select_related("carrier", "fulfilment_order__ship_to").get(number=event.subject)
    held = shipment.lines.select_related("line").order_by("line__position")
    return {
        "ship_to": _address(shipment.address),
        "parcel_items": "\n".join(f"{row.qty} × {row.line.name}" for row in held),
        "carrier": shipment.carrier.name if shipment.carrier else "",
        "tracking_number": shipment.tracking_number,
        "tracking_url": shipment.track_url or "the page of the carrier",
        "delivered_on": _day(event.occurred_at),
    }


def purchase_of(event: Event) -> PurchaseOrder:
    """The purchase order that a message to a supplier is about."""
    rows = PurchaseOrder.objects.select_related("supplier", "location").prefetch_related("lines__product")
    return rows.get(number=event.payload["purchase"])


def _supplier(order: Order, event: Event) -> dict[str, str]:
    """What the supplier reads: their own codes, where it goes, and by when. No price the customer paid, no e-mail of theirs."""
    purchase, lines = purchase_of(event), event.payload["lines"]
    items = SupplierItem.objects.filter(supplier=purchase.supplier, product__sku__in=[line["sku"] for line in lines])
    codes = dict(items.values_list("product__sku", "code"))
    day = max((date.fromisoformat(line["eta"]) for line in lines if line["eta"]), default=None)
    phone = [f"Phone {order.phone}"] if order.phone else []
    return {
        "supplier_name": purchase.supplier.name, "purchase_number": purchase.number,
        "their_items": "\n".join(f"{x['qty']} × {codes.get(x['sku']) or x['sku']} {x['name']}" for x in lines),
        "ship_to": "\n".join([_address(purchase.ship_to), *phone]),
        "expected_on": f"{day:%A} {day.day} {day:%B %Y}" if day else "", "message": str(event.payload.get("why", "")),
    }  # fmt: skip


def _items(order: Order) -> str:
    open_lines = [line for line in order.lines.all() if line.qty_ordered > line.qty_cancelled]
    return "\n".join(f"{line.qty_ordered - line.qty_cancelled} × {line.name}" for line in open_lines)


def _payment(order: Order) -> str:
    due = format_money(max(order.balance_due, 0), order.currency)
    if order.payment_terms == "cod":
        return f"Please have {due} ready for the courier."
    if order.balance_due <= 0:
        return "Thank you, it is paid."
    return f"Still to be paid: {due}"


def _places(order: Order) -> list[dict]:
    """Every address that something of the order goes to."""
    if order.address_count == 1:
        return [order.ship_to]
    goes = [line.ship_to.address if line.ship_to else order.ship_to for line in order.lines.select_related("ship_to")]
    return [place for i, place in enumerate(goes) if place not in goes[:i]]


def _address(ship_to: dict) -> str:
    place = " ".join(filter(None, (ship_to.get("city"), ship_to.get("postal_code"))))
    parts = (
        ship_to.get("name"),
        ship_to.get("line1"),
        ship_to.get("line2"),
        place,
        ship_to.get("state"),
        country_name(ship_to.get("country")),
    )
    return "\n".join(part for part in parts if part)


def _day(at: datetime) -> str:
    local = at.astimezone(business_zone())
    return f"{local:%A} {local.day} {local:%B %Y}"
