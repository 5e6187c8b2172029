"""The file formats we read, by key. Each reader is a pure function from files to drafts; it never touches the database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from oms.kernel.errors import Refused
from oms.tables.files import Fixes, columns_of, expand, named
from orders.channels import amazon, ebay, etsy, generic, marketplaces, olist, shopify, tiktok, woocommerce, x12
from orders.channels.draft import ReadResult


@dataclass(frozen=True)
class Format:
    """One way to write orders in files. `defaults`: how a channel is made that nobody set up before its first import.

    `fields`: the column that holds a field of the draft, for what is found wrong only after reading.
    """

    key: str
    label: str
    hint: str
    defaults: dict
    read: Callable[[Sequence[str | Path], Fixes], ReadResult]
    signs: tuple[frozenset[str], ...]  # columns that together give the layout away
    fields: Mapping[str, str] = field(default_factory=dict)


def _shop(kind: str, currency: str, country: str, basis: str = "payment") -> dict:
    return {
        "kind": kind, "currency": currency, "country": country, "confirmation_basis": basis,
        "unknown_sku_policy": "placeholder",
    }  # fmt: skip


FORMATS: dict[str, Format] = {
    f.key: f
    for f in (
        Format(
            "csv", "OMS CSV", "One row per line, columns as in the template.", _shop("manual", "INR", "IN", "manual"),
            generic.read, (frozenset(generic.NEEDED),),
            {"external_id": "order_id", "qty": "quantity"} | {n: n for n in ("placed_at", "sku", "unit_price", "discount", "total")},
        ),
        Format(
            "shopify", "Shopify", "Orders, Export, plain CSV file.", _shop("web", "EUR", "BE"),
            shopify.read, (frozenset({"Name", "Financial Status", "Lineitem name"}),),
            {"placed_at": "Created at", "sku": "Lineitem sku", "qty": "Lineitem quantity", "unit_price": "Lineitem price"},
        ),
        Format(
            "amazon", "Amazon", "Unshipped orders, all orders or sales report.", _shop("marketplace", "INR", "IN"), amazon.read,
            (frozenset({"amazon-order-id"}), frozenset({"order-id", "purchase-date"}), frozenset({"Order ID", "Date", "Qty"})),
            {"placed_at": "purchase-date", "sku": "sku"},
        ),
        Format(
            "etsy", "Etsy", "Orders and order items; choose both files together.", _shop("marketplace", "USD", "US"), etsy.read,
            (frozenset({"Order ID", "Sale Date", "Item Name"}), frozenset({"Order ID", "Sale Date", "Order Value"})),
        ),
        Format(
            "woocommerce", "WooCommerce", "Orders as JSON, from the API or a webhook.", _shop("web", "INR", "IN"),
            woocommerce.read, (frozenset({"id", "prices_include_tax", "line_items.0.quantity"}),),
            {"placed_at": "date_created_gmt"},
        ),
        Format(
            "ebay", "eBay", "Orders report (CSV) or orders of the API (JSON).", _shop("marketplace", "USD", "US"), ebay.read,
            (frozenset({"orderId", "lineItems.0.quantity"}), frozenset({"Order Number", "Sold For", "Item Title"})),
        ),
        Format(
            "flipkart", "Flipkart", "Seller hub, order report.", _shop("marketplace", "INR", "IN"), marketplaces.read_flipkart,
            (frozenset({"ORDER ITEM ID", "Order Id", "SKU"}),), {"placed_at": "Ordered On", "sku": "SKU", "qty": "Quantity"},
        ),
        Format(
            "catch", "Catch", "Orders, export as CSV or Excel.", _shop("marketplace", "AUD", "AU"), marketplaces.read_catch,
            (frozenset({"Order number", "Offer SKU"}),), {"placed_at": "Date created", "sku": "Offer SKU", "qty": "Quantity"},
        ),
        Format(
            "iconic", "The Iconic", "Seller centre, orders export.", _shop("marketplace", "AUD", "AU"), marketplaces.read_iconic,
            (frozenset({"Order Item Id", "Seller SKU", "Paid Price"}),), {"placed_at": "Created at", "sku": "Seller SKU"},
        ),
        Format(
            "tiktok", "TikTok Shop", "Seller centre, all orders, export as CSV or Excel.", _shop("social", "GBP", "GB"),
            tiktok.read_tiktok, (frozenset({"Order ID", "Seller SKU", "SKU Subtotal Before Discount"}),),
            {"placed_at": "Created Time", "sku": "Seller SKU", "qty": "Quantity"},
        ),
        Format(
            "zoho", "Zoho Inventory", "Sales orders, export as CSV or Excel.", _shop("b2b", "INR", "IN", "manual"),
            marketplaces.read_zoho, (frozenset({"SalesOrder Number", "QuantityOrdered"}),),
            {"placed_at": "Order Date", "sku": "SKU", "qty": "QuantityOrdered"},
        ),
        Format(
            "x12", "X12 850", "EDI purchase orders.", _shop("edi", "USD", "US", "customer_po"), x12.read,
            (frozenset({"segment", "ST01"}),), {"placed_at": "BEG05", "sku": "PO107", "qty": "PO102", "unit_price": "PO104"},
        ),
        Format(
            "olist", "Olist", "The folder's files: orders, items, payments, customers.", _shop("marketplace", "BRL", "BR"),
            olist.read, (frozenset({"order_id", "order_purchase_timestamp"}),),
        ),
    )
}  # fmt: skip


class Unclear(Refused):
    """No known layout; the columns may still be matched by hand."""


def format_for(key: str) -> Format:
    """The format called `key`; Refused with the known names otherwise."""
    try:
        return FORMATS[key]
    except KeyError:
        raise Refused("format_unknown", f"There is no file format “{key}”. Known are {', '.join(FORMATS)}.") from None


def sniff(paths: Sequence[str | Path]) -> str:
    """The key of the format the files are in, by their columns. Refused when no file looks like any, naming its columns."""
    seen: tuple[str, ...] = ()
    found: set[str] = set()
    for path in expand(paths):
        seen = columns_of(path)
        columns, plain = set(seen), {generic.plain(c) for c in seen}
        fits = [
            key for key, f in FORMATS.items() if any(sign <= (plain if key == "csv" else columns) for sign in f.signs)
        ]
        found |= set(fits) - {"csv"} or set(fits)
    if len(found) == 1:
        return found.pop()
    if found:
        names = " and ".join(sorted(FORMATS[key].label for key in found))
        raise Refused("format_mixed", f"The files are of different kinds: {names}. Import them one kind at a time.")
    raise Unclear(
        "format_unclear",
        f"{_closest(seen)} Its columns are {named(seen)}. "
        "Say which of them is what, choose the kind yourself, or use the CSV template.",
    )


def _closest(columns: tuple[str, ...]) -> str:
    """The kind most of whose columns are there, and those it lacks."""
    plain = {generic.plain(c) for c in columns}
    lacks = [
        (len(missing) / len(sign), f.label, missing)
        for f in FORMATS.values()
        for sign in f.signs
        if (missing := sorted(sign - (plain if f.key == "csv" else set(columns))))
    ]
    share, label, missing = min(lacks, default=(1.0, "", []))
    if share > 0.5:
        return "The file looks like none of the kinds we know."
    return (
        f"The file looks most like {label}, but has no {'column' if len(missing) == 1 else 'columns'} {named(missing)}."
    )
