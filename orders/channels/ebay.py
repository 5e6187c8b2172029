"""eBay: the Fulfillment API's orders as JSON, and the Seller Hub's orders report as CSV.

`lineItemCost` is the total of the line, not of a unit (sell/fulfillment/v1, type LineItem). The report ends with rows that are
no orders, and heads an order of several items with a row that is no item.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import count as counting
from pathlib import Path
from zoneinfo import ZoneInfo

from oms.tables.files import NO_FIXES, Fixes, Row, Table, read_tables
from orders.channels.cells import Bad, amount, build_each, count, country, currency, grouped, moment, priced, required
from orders.channels.draft import AddressDraft, LineDraft, OrderDraft, Past, PaymentDraft, ReadResult, RowReject
from orders.channels.rowwise import OPEN, Profile
from orders.channels.rowwise import read as read_rows

ZERO = Decimal(0)
NEEDED = ("orderId", "creationDate", "orderFulfillmentStatus", "pricingSummary.total.value", "lineItems.0.quantity")
TO = "fulfillmentStartInstructions.0.shippingStep.shipTo"
REPORT = Profile(
    needed=("Order Number", "Item Title", "Quantity", "Sold For", "Sale Date"),
    order_id="Order Number", placed="Sale Date", sku="Custom Label", status="", words={"": OPEN}, name="Item Title", qty="Quantity",
    times=("%b-%d-%y", "%d-%b-%y", "iso"), zone=ZoneInfo("America/Los_Angeles"), unit_price="Sold For",
    taxes=("Seller Collected Tax",), tax_included=False, shipping=("Shipping And Handling",), shipping_per_line=True,
    default_currency="USD", item_id="Transaction ID", promised="Ship By Date", buyer=("Buyer Name",), email="Buyer Email",
    phone="Ship To Phone", note="Buyer Note", method="Shipping Service",
    address={
        "name": ("Ship To Name",), "line1": ("Ship To Address 1",), "line2": ("Ship To Address 2",), "city": ("Ship To City",),
        "state": ("Ship To State",), "postal_code": ("Ship To Zip",), "country": ("Ship To Country",),
    },
)  # fmt: skip
SIGNS = {
    "$": "USD",
    "US $": "USD",
    "AU $": "AUD",
    "C $": "CAD",
    "£": "GBP",
    "€": "EUR",
    "EUR": "EUR",
    "GBP": "GBP",
    "AUD": "AUD",
}
PRICED = ("Sold For", "Shipping And Handling", "Seller Collected Tax", "Total Price")


def read(paths: Sequence[str | Path], fixes: Fixes = NO_FIXES) -> ReadResult:
    """Read API answers or orders reports, one kind at a time."""
    drafts: list[OrderDraft] = []
    rejects: list[RowReject] = []
    rows = 0
    for path in paths:
        (table,) = read_tables([path], fixes)
        if "Order Number" in table.columns:
            code = next((SIGNS.get(_sign(row.text("Sold For")), "") for row in table.rows if row.text("Sold For")), "")
            found = read_rows(replace(REPORT, default_currency=code or "USD"), [path], fixes, clean=_only_items)
        else:
            table.require(*NEEDED)
            groups, refused = grouped(table.rows, "orderId")
            made = build_each({key: group[-1:] for key, group in groups.items()}, _order, refused)
            found = ReadResult(made, refused, len(table.rows))
        drafts, rejects, rows = drafts + found.drafts, rejects + found.rejects, rows + found.rows
    return ReadResult(drafts, rejects, rows)


def _sign(text: str) -> str:
    return re.split(r"[\d-]", text, maxsplit=1)[0].strip()


def _only_items(table: Table) -> Table:
    """Without the rows that are no item, and with bare amounts. An order's head gives its date and address to the items below."""
    heads = {r.text("Order Number"): r for r in table.rows if r.text("Order Number") and not r.text("Item Title")}
    kept = [r for r in table.rows if r.text("Order Number") and r.text("Item Title")]
    kept += [r for r in table.rows if not r.text("Order Number") and r.text("Item Title")]
    return Table(table.name, table.columns, [_bare(row, heads.get(row.text("Order Number"))) for row in kept])


def _bare(row: Row, head: Row | None) -> Row:
    values = [*row.values, *[""] * (len(row.index) - len(row.values))]
    for column, at in row.index.items():
        if not values[at].strip() and head and column not in PRICED:
            values[at] = head.text(column)
        if column in PRICED:
            values[at] = values[at].strip().removeprefix(_sign(values[at])).strip()
    return Row(row.number, values, row.index, row.bad, row.file)


def _order(key: str, rows: list[Row]) -> OrderDraft:
    row = rows[0]
    placed = moment(row, "creationDate", ("iso",))
    if placed is None:
        raise Bad(row, "creationDate", "creationDate is empty.", kind="date")
    code, total = (
        currency(row, "pricingSummary.total.currency"),
        amount(row, "pricingSummary.total.value", default=None),
    )
    past = _past(row, placed)
    lines = tuple(part for at in _items(row) for part in _line(row, f"lineItems.{at}", code, past))
    shipping = amount(row, "pricingSummary.deliveryCost.value")
    parts = sum((x.qty * x.unit_price for x in lines), ZERO) + shipping
    adjustment = ZERO if past and past.outcome == "cancelled" else total - parts
    cancelled = past is not None and past.outcome == "cancelled"
    stated = parts if cancelled else total
    return OrderDraft(
        external_id=key, external_name=row.text("salesRecordReference") or key, placed_at=placed, currency=code, lines=lines,
        customer_name=row.text(f"{TO}.fullName") or row.text("buyer.buyerRegistrationAddress.fullName"),
        email=row.text(f"{TO}.email"), phone=row.text(f"{TO}.primaryPhone.phoneNumber"), ship_to=_address(row), shipping=shipping,
        adjustment=adjustment, adjustment_note="Discounts and taxes as eBay sums them" if adjustment else "", total=stated,
        payments=() if cancelled or stated <= 0 else (_payment(row, stated),), note=row.text("buyerCheckoutNotes"), past=past,
        shipping_method=row.text("fulfillmentStartInstructions.0.shippingStep.shippingServiceCode"),
        promised_at=moment(row, "lineItems.0.lineItemFulfillmentInstructions.shipByDate", ("iso",)), source_rows=(row.number,),
        extra={"marketplace": row.text("lineItems.0.listingMarketplaceId")[:80]},
    )  # fmt: skip


def _items(row: Row) -> list[int]:
    found = []
    for at in counting():
        if not row.has(f"lineItems.{at}.quantity"):
            return found
        found.append(at)
    return found


def _line(row: Row, at: str, code: str, past: Past | None) -> list[LineDraft]:
    qty, value = count(row, f"{at}.quantity"), amount(row, f"{at}.lineItemCost.value", default=None)
    name = required(row, f"{at}.title")
    done = row.text(f"{at}.lineItemFulfillmentStatus") == "FULFILLED" and past is not None
    return [
        LineDraft(
            row.text(f"{at}.sku") or row.text(f"{at}.legacyItemId") or name[:80], name, units, price,
            external_id=row.text(f"{at}.lineItemId") if not n else "", qty_dispatched=units if done else 0,
        )
        for n, (units, price) in enumerate(priced(value, qty, code))
    ]  # fmt: skip


def _past(row: Row, placed) -> Past | None:
    at = moment(row, "lastModifiedDate", ("iso",)) or placed
    if row.text("cancelStatus.cancelState") == "CANCELED":
        return Past("cancelled", "Cancelled at the source.", confirmed_at=placed, cancelled_at=at)
    match row.text("orderFulfillmentStatus"):
        case "NOT_STARTED":
            return None
        case "IN_PROGRESS":
            return Past("processing", confirmed_at=placed, dispatched_at=at)
        case "FULFILLED":
            return Past("completed", confirmed_at=placed, dispatched_at=at)
    said = row.text("orderFulfillmentStatus")
    raise Bad(row, "orderFulfillmentStatus", f"“{said[:40]}” is not a state eBay uses.", kind="choice")


def _payment(row: Row, total: Decimal) -> PaymentDraft:
    """eBay takes the buyer's money; what it passes on after fees is settled elsewhere."""
    paid = row.text("orderPaymentStatus") in ("PAID", "PARTIALLY_REFUNDED", "FULLY_REFUNDED")
    at = moment(row, "paymentSummary.payments.0.paymentDate", ("iso",))
    reference = row.text("paymentSummary.payments.0.paymentReferenceId")
    return PaymentDraft("marketplace", total, "captured" if paid else "pending", reference[:120], at)


def _address(row: Row) -> AddressDraft:
    contact = f"{TO}.contactAddress"
    return AddressDraft(
        name=row.text(f"{TO}.fullName"), line1=row.text(f"{contact}.addressLine1"), line2=row.text(f"{contact}.addressLine2"),
        city=row.text(f"{contact}.city"), state=row.text(f"{contact}.stateOrProvince"), postal_code=row.text(f"{contact}.postalCode"),
        country=country(row.text(f"{contact}.countryCode")), phone=row.text(f"{TO}.primaryPhone.phoneNumber"),
    )  # fmt: skip
