"""Profiles of marketplaces and an inventory system, by the columns their exports are documented or known to have."""

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from oms.tables.files import NO_FIXES, Fixes, read_table
from orders.channels.draft import ReadResult
from orders.channels.rowwise import BACK, CANCELLED, DELIVERED, OPEN, SENT, UNPAID, Profile, read

INDIA, SYDNEY = ZoneInfo("Asia/Kolkata"), ZoneInfo("Australia/Sydney")

FLIPKART = Profile(
    needed=("ORDER ITEM ID", "Order Id", "SKU", "Quantity", "Ordered On", "Invoice Amount", "Order State"),
    order_id="Order Id", placed="Ordered On", sku="SKU", status="Order State", item_id="ORDER ITEM ID", name="Product", qty="Quantity",
    words={
        "approved": OPEN, "packing in progress": OPEN, "packed": OPEN, "ready to dispatch": OPEN, "ready_to_dispatch": OPEN,
        "pickup_complete": SENT, "shipped": SENT, "delivered": DELIVERED, "cancelled": CANCELLED, "rejected": CANCELLED,
        "returned": BACK, "return_requested": BACK,
    },
    times=("iso", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%b %d, %Y %H:%M:%S", "%b %d, %Y", "%d-%m-%Y %H:%M", "%d-%m-%Y"),
    zone=INDIA, promised_zone=INDIA, line_price="Invoice Amount", taxes=("CGST", "SGST", "IGST"), default_currency="INR",
    promised="Dispatch by date", buyer=("Buyer name",), default_country="IN",
    address={
        "name": ("Ship to name",), "line1": ("Address Line 1",), "line2": ("Address Line 2",), "city": ("City",),
        "state": ("State",), "postal_code": ("PIN Code",),
    },
)  # fmt: skip

CATCH = Profile(
    needed=("Order number", "Date created", "Offer SKU", "Quantity", "Unit price", "Status"),
    order_id="Order number", placed="Date created", sku="Offer SKU", status="Status", name="Details", qty="Quantity",
    words={
        "pending acceptance": UNPAID, "waiting acceptance": UNPAID, "debit in progress": UNPAID, "awaiting payment": UNPAID,
        "awaiting shipment": OPEN, "shipping in progress": OPEN, "shipping": OPEN, "shipped": SENT, "received": DELIVERED,
        "closed": DELIVERED, "canceled": CANCELLED, "cancelled": CANCELLED, "refused": CANCELLED, "rejected": CANCELLED,
        "refunded": BACK,
    },
    times=("iso", "%d/%m/%Y - %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y"),
    zone=SYDNEY, promised_zone=SYDNEY, unit_price="Unit price", shipping=("Shipping price",), shipping_per_line=True,
    total="Total order amount incl. VAT (including shipping charges)", currency="Currency", default_currency="AUD",
    promised="Shipping deadline", method="Shipping method", email="Shipping address email", phone="Shipping address phone",
    address={
        "name": ("Shipping address first name", "Shipping address last name"), "company": ("Shipping address company",),
        "line1": ("Shipping address street 1",), "line2": ("Shipping address street 2",), "city": ("Shipping address city",),
        "state": ("Shipping address state",), "postal_code": ("Shipping address zip",), "country": ("Shipping address country",),
    },
    default_country="AU",
)  # fmt: skip

ICONIC = Profile(
    needed=("Order Item Id", "Seller SKU", "Created at", "Order Number", "Paid Price", "Unit Price", "Status"),
    order_id="Order Number", placed="Created at", sku="Seller SKU", status="Status", item_id="Order Item Id", name="Item Name",
    words={
        "pending": OPEN, "ready_to_ship": OPEN, "ready to ship": OPEN, "processing": OPEN, "shipped": SENT, "delivered": DELIVERED,
        "canceled": CANCELLED, "cancelled": CANCELLED, "failed": BACK, "delivery_failed": BACK, "returned": BACK,
        "return_rejected": BACK, "return_shipped_by_customer": BACK, "return_waiting_for_approval": BACK,
    },
    times=("iso", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M"),
    zone=SYDNEY, unit_price="Unit Price", paid_price="Paid Price", taxes=("Tax Amount",), shipping=("Shipping Fee",),
    shipping_per_line=True, default_currency="AUD", buyer=("Customer Name",), email="Customer Email", phone="Shipping Phone Number",
    address={
        "name": ("Shipping Name",), "line1": ("Shipping Address",), "line2": ("Shipping Address2",), "city": ("Shipping City",),
        "state": ("Shipping Region",), "postal_code": ("Shipping Postcode",), "country": ("Shipping Country",),
    },
    default_country="AU",
)  # fmt: skip

ZOHO = Profile(
    needed=("SalesOrder Number", "Order Date", "SKU", "QuantityOrdered", "Item Price", "Status"),
    order_id="SalesOrder Number", placed="Order Date", sku="SKU", status="Status", name="Item Name", qty="QuantityOrdered",
    words={
        "draft": OPEN, "open": OPEN, "confirmed": OPEN, "approved": OPEN, "pending_approval": OPEN, "onhold": OPEN,
        "partially_invoiced": OPEN, "invoiced": OPEN, "overdue": OPEN, "partially_shipped": SENT, "shipped": SENT,
        "fulfilled": DELIVERED, "closed": DELIVERED, "void": CANCELLED, "cancelled": CANCELLED,
    },
    times=("iso", "%d/%m/%Y", "%d %b %Y"), zone=INDIA, promised_zone=INDIA, unit_price="Item Price", discounts=("Discount Amount",),
    taxes=("Item Tax Amount",), tax_included=False, shipping=("Shipping Charge",), total="Total", currency="Currency Code",
    default_currency="INR", promised="Expected Shipment Date", terms="credit", pays="", buyer=("Customer Name",),
    phone="Shipping Phone", po="PurchaseOrder", note="Notes", method="Delivery Method",
    address={
        "name": ("Customer Name",), "line1": ("Shipping Address",), "city": ("Shipping City",), "state": ("Shipping State",),
        "postal_code": ("Shipping Code",), "country": ("Shipping Country",),
    },
)  # fmt: skip


def read_flipkart(paths, fixes: Fixes = NO_FIXES) -> ReadResult:
    """Read the seller hub's order report."""
    return read(FLIPKART, paths, fixes)


def read_catch(paths, fixes: Fixes = NO_FIXES) -> ReadResult:
    """Read the marketplace's order export (a Mirakl shop)."""
    return read(CATCH, paths, fixes)


def read_iconic(paths, fixes: Fixes = NO_FIXES) -> ReadResult:
    """Read the seller centre's order export: every row is one unit."""
    return read(ICONIC, paths, fixes)


def read_zoho(paths, fixes: Fixes = NO_FIXES) -> ReadResult:
    """Read the export of sales orders. Whether prices contain the tax stands in the file, for all of it."""
    results = []
    for path in paths:
        inclusive = {row.text("Is Inclusive Tax").lower() for row in read_table(Path(path), fixes).rows[:1]} & {
            "true",
            "yes",
        }
        results.append(read(replace(ZOHO, tax_included=bool(inclusive)), [path], fixes))
    return ReadResult.together(results)
