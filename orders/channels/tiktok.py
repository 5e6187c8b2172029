"""TikTok Shop: the seller centre's order export (All orders, CSV or Excel), one row per SKU of an order.

By the columns that public readers of it name; the shop's country tells what the file does not say, its money and its clock.
"""

import re
from dataclasses import replace
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from oms.tables.files import NO_FIXES, Fixes, Row, Table, read_table
from orders.channels.cells import country
from orders.channels.draft import ReadResult
from orders.channels.rowwise import CANCELLED, DELIVERED, OPEN, SENT, UNPAID, Profile, read

# Where its shops are that write amounts with a point: their money, and the clock where the country has one.
SHOPS = {
    "GB": ("GBP", "Europe/London"), "IE": ("EUR", "Europe/Dublin"), "SG": ("SGD", "Asia/Singapore"),
    "MY": ("MYR", "Asia/Kuala_Lumpur"), "PH": ("PHP", "Asia/Manila"), "TH": ("THB", "Asia/Bangkok"), "US": ("USD", "UTC"),
}  # fmt: skip
EXPLAINED = "platform unique order id"  # the second line of the file says what each column means
MONEY = (
    "SKU Subtotal Before Discount", "SKU Platform Discount", "SKU Seller Discount", "Shipping Fee After Discount", "Taxes",
    "Order Amount",
)  # fmt: skip
CODED = re.compile(r"([A-Z]{3})\s+(?=[-\d])")  # "GBP 12.50"
UNTOLD = "Neither the amounts nor the country say which currency this is. Write the country, like United Kingdom."
CODE = "(currency)"  # a column of our own beside theirs

TIKTOK = Profile(
    needed=("Order ID", "Order Status", "Seller SKU", "Product Name", "Quantity", "SKU Subtotal Before Discount", "Created Time"),
    order_id="Order ID", placed="Created Time", sku="Seller SKU", status="Order Status", item_id="SKU ID", name="Product Name",
    qty="Quantity",
    words={
        "unpaid": UNPAID, "to ship": OPEN, "on hold": OPEN, "awaiting shipment": OPEN, "awaiting collection": OPEN,
        "partially shipped": SENT, "shipped": SENT, "in transit": SENT, "delivered": DELIVERED, "completed": DELIVERED,
        "canceled": CANCELLED, "cancelled": CANCELLED,
    },
    times=("%d/%m/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "iso"),
    line_price="SKU Subtotal Before Discount", discounts=("SKU Platform Discount", "SKU Seller Discount"), taxes=("Taxes",),
    tax_included=False, shipping=("Shipping Fee After Discount",), total="Order Amount", currency=CODE, phone="Phone #",
    buyer=("Recipient",), note="Buyer Message", method="Delivery Option",
    address={
        "name": ("Recipient",), "line1": ("Address Line 1", "Detail Address"),
        "line2": ("Address Line 2", "Additional address information"), "city": ("City", "Post Town", "Municipality", "District"),
        "state": ("State", "Province", "Region"), "postal_code": ("Zipcode", "Postcode"), "country": ("Country",),
    },
)  # fmt: skip


def read_tiktok(paths, fixes: Fixes = NO_FIXES) -> ReadResult:
    """Read exports of one or several shops. Amounts with their currency before them ("GBP 12.50") are read as such."""
    return ReadResult.together([_read_one(Path(path), fixes) for path in paths])


def _read_one(path: Path, fixes: Fixes) -> ReadResult:
    table = read_table(path, fixes)
    shop = next((code for row in table.rows if (code := country(row.text("Country"))) in SHOPS), "")
    money, clock = SHOPS.get(shop, ("", "UTC"))
    # The finer word where there is one: an order that is "Shipped" may be delivered.
    state = "Order Substatus" if table.has("Order Substatus") else "Order Status"
    profile = replace(TIKTOK, status=state, zone=ZoneInfo(clock), default_currency=money, default_country=shop)
    return read(profile, [path], fixes, clean=partial(_clean, money=money))


def _clean(table: Table, *, money: str) -> Table:
    """Without the line that explains the columns, amounts without their currency, names with their variation, and tax once
    for an order."""
    rows = [row for row in table.rows if not row.text("Order ID").lower().startswith(EXPLAINED)]
    if not rows:
        return replace(table, rows=rows)
    width = len(rows[0].index)
    index = {**rows[0].index, CODE: width}
    seen: set[str] = set()
    made = []
    for row in rows:
        values = _stripped(row, width)
        if (variation := row.text("Variation")) and variation.lower() != "default":
            values[index["Product Name"]] = f"{row.text('Product Name')}, {variation}"
        if row.has("Order Substatus") and not row.text("Order Substatus"):
            values[index["Order Substatus"]] = row.text("Order Status")
        if (order := row.text("Order ID")) in seen and "Taxes" in index:
            values[index["Taxes"]] = "0"  # like the order's amount it stands on every row of the order
        seen.add(order)
        bad = row.bad or (None if values[width] or money else ("Country", UNTOLD))
        made.append(Row(row.number, values, index, bad, row.file))
    return Table(table.name, (*table.columns, CODE), made)


def _stripped(row: Row, width: int) -> list[str]:
    values = [*row.values[:width], *[""] * (width - len(row.values)), ""]
    for column in MONEY:
        if row.has(column) and (coded := CODED.match(text := row.text(column))):
            values[row.index[column]], values[width] = text[coded.end() :], coded[1]
    return values
