"""Which column of somebody's file is which of our fields: guessed from names, decided by a person, remembered per source."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from oms.kernel.currencies import CURRENCIES
from oms.kernel.errors import Refused
from oms.tables.files import Table

DAY_FIRST = (
    "iso",
    "%d/%m/%Y",
    "%d/%m/%Y %H:%M",
    "%d-%m-%Y",
    "%d-%m-%Y %H:%M",
    "%d.%m.%Y",
    "%d/%m/%y",
    "%d %b %Y",
    "%d-%b-%Y",
)
MONTH_FIRST = ("iso", "%m/%d/%Y", "%m/%d/%Y %H:%M", "%m-%d-%Y", "%m/%d/%y", "%b %d, %Y", "%b %d %Y")
ORDERS = {"dmy": DAY_FIRST, "mdy": MONTH_FIRST}

# Our field: what people see, and what others call it (letters and digits only, lower case).
FIELDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "order_id": ("Source number", ("ordernumber", "orderno", "order", "orderref", "ordercode", "invoicenumber", "pono",
        "poref", "reference", "vchno", "voucherno", "vouchernumber", "billno", "billnumber", "invoiceno", "challanno", "docno",
        "documentno", "refno", "ourref", "so", "sono", "salesorder", "salesorderno")),
    "placed_at": ("Order date", ("orderdate", "date", "createdat", "created", "datecreated", "purchasedate", "saledate", "podate", "dt",
        "dateofpo", "orderdt", "billdate", "billdt", "invoicedate", "invoicedt", "vchdate", "voucherdate", "docdate",
        "dateoforder", "orderedon", "placedon")),
    "sku": ("SKU", ("item", "itemcode", "itemno", "productcode", "code", "article", "sellersku", "itemsku", "partno",
        "variantsku", "stockcode", "stockitem", "materialcode", "material", "model", "modelno", "partnumber", "itemnumber")),
    "name": ("Item name", ("product", "productname", "itemname", "description", "title", "itemdescription", "producttitle",
        "particulars", "nameofitem", "goods", "details", "stockdescription")),
    "quantity": ("Quantity", ("qty", "nos", "units", "pcs", "pieces", "count", "quantityordered", "orderedqty", "orderqty",
        "qtyordered", "itemquantity", "noofpcs", "noofunits")),
    "unit_price": ("Unit price", ("price", "rate", "itemprice", "unitcost", "mrp", "sellingprice", "saleprice", "priceperunit",
        "rateperunit", "unitrate", "priceea", "each")),
    "currency": ("Currency", ("currencycode", "cur", "ccy")),
    "discount": ("Discount of the line", ("linediscount", "itemdiscount", "discountamount")),
    "tax": ("Tax of the line", ("gst", "vat", "linetax", "itemtax", "taxamount", "gstamount")),
    "tax_included": ("Prices contain tax (yes or no)", ("pricesincludetax", "taxinclusive", "isinclusivetax")),
    "shipping": ("Shipping", ("freight", "delivery", "shippingcost", "shippingcharge", "deliverycharge", "postage")),
    "total": ("Order total", ("ordertotal", "grandtotal", "amount", "totalamount", "netamount")),
    "customer_name": ("Customer", ("party", "partyname", "customer", "buyer", "buyername", "client", "billto", "soldto")),
    "email": ("E-mail", ("mail", "emailaddress", "customeremail", "buyeremail")),
    "phone": ("Phone", ("mobile", "mobileno", "phoneno", "phonenumber", "contact", "contactno", "tel", "telephone", "mob", "mobno",
        "ph", "phno", "whatsapp")),
    "company": ("Company", ("firm", "businessname", "companyname", "organisation", "organization")),
    "ship_name": ("Recipient", ("shipto", "recipient", "recipientname", "consignee", "shippingname", "delivername")),
    "ship_phone": ("Recipient's phone", ("shippingphone", "consigneephone", "deliveryphone", "recipientphone")),
    "ship_line1": ("Address", ("address", "address1", "addressline1", "street", "shipaddress", "shippingaddress", "deliveryaddress",
        "deladdress", "deladd", "consigneeaddress")),
    "ship_line2": ("Address, second line", ("address2", "addressline2", "shippingaddress2", "landmark", "area")),
    "ship_city": ("City", ("city", "town", "shippingcity", "suburb", "district", "delcity", "deliverycity", "station", "stn",
        "place", "destination")),
    "ship_state": ("State", ("state", "province", "region", "shippingstate")),
    "ship_postal_code": ("Postal code", ("pin", "pincode", "shippin", "zip", "zipcode", "postcode", "postalcode", "shippingzip",
        "delpin",
        "pinno")),
    "ship_country": ("Country", ("country", "shippingcountry", "countrycode")),
    "payment_terms": ("Payment terms", ("terms", "paymentterm", "paymentmode")),
    "paid": ("Paid so far", ("amountpaid", "paidamount", "advance", "received")),
    "payment_method": ("Payment method", ("paymentmethod", "paidby", "mode")),
    "payment_reference": ("Payment reference", ("transactionid", "utr", "paymentid", "txnid")),
    "customer_po": ("Customer PO", ("ponumber", "purchaseorder", "customerpo", "buyerpo")),
    "note": ("Order note", ("remark", "remarks", "notes", "comment", "comments", "instructions")),
    "tags": ("Tags", ("tag", "labels")),
    "shipping_method": ("Shipping method", ("shipvia", "courier", "deliverymethod", "service", "carrier")),
    "priority": ("Priority", ("urgency", "orderpriority")),
    "promised_at": ("Promised dispatch", ("delby", "deliverby", "dispatchby", "duedate", "deliverydate", "shipby", "promisedate")),
}  # fmt: skip
REQUIRED = ("order_id", "placed_at", "quantity", "unit_price")
SKU_OR_NAME = ("sku", "name")


BRACKETS = re.compile(r"[(\[].*?[)\]]")  # "Rate (Rs.)"


@dataclass(frozen=True)
class Matching:
    """Column in the file -> our field, how its dates are written, and what holds where the file says nothing."""

    columns: Mapping[str, str] = field(default_factory=dict)
    times: tuple[str, ...] = DAY_FIRST
    currency: str = ""
    tax_included: bool = True

    def apply(self, table: Table) -> Table:
        """The table under our names. Refuses a file without a matched column; columns nobody matched are left out."""
        missing = [c for c in self.columns if c not in table.columns]
        if missing:
            table.require(*missing)
        # Our own layout needs the column even when the file has names instead of SKUs; then every cell reads as empty.
        made = table.renamed(lambda c: self.columns.get(c) or (c and f"({c})"))
        return made if "sku" in made.columns else Table(made.name, (*made.columns, "sku"), made.rows)


def from_json(given: Mapping[str, Any]) -> Matching:
    """The matching kept as JSON: {"columns": {...}, "dates": "dmy", "currency": "INR", "tax_included": true}."""
    return Matching(
        dict(given["columns"]), ORDERS[given["dates"]], given.get("currency", ""), given.get("tax_included", True)
    )


def checked(columns: Mapping[str, str], *, dates: str, currency: str, tax_included: bool) -> dict[str, Any]:
    """The matching as JSON to keep. Refuses, all at once: fields named twice, needed ones missing, unknown words."""
    chosen = {column: ours for column, ours in columns.items() if ours}
    wrong = [
        f"{FIELDS[ours][0]} is chosen for {' and '.join(f'“{c}”' for c, o in chosen.items() if o == ours)}; it can be only one."
        for ours in sorted({o for o in chosen.values() if list(chosen.values()).count(o) > 1 and o in FIELDS})
    ]
    if unknown := sorted(set(chosen.values()) - set(FIELDS)):
        wrong.append(f"There is no field {', '.join(unknown)}.")
    wrong += [
        f"Say which column is {FIELDS[name][0]}; no order can do without."
        for name in REQUIRED
        if name not in chosen.values()
    ]
    if not set(SKU_OR_NAME) & set(chosen.values()):
        wrong.append("Say which column is SKU or Item name; a line needs one of them.")
    if dates not in ORDERS:
        wrong.append("Say whether dates begin with the day or the month.")
    if currency and currency not in CURRENCIES:
        wrong.append(f"“{currency}” is not a currency code like INR.")
    if wrong:
        raise Refused("matching_incomplete", " ".join(wrong))
    return {"columns": chosen, "dates": dates, "currency": currency, "tax_included": tax_included}


def guess(columns: Iterable[str]) -> dict[str, str]:
    """A field for each column whose name gives it away, without what stands in brackets; each field at most once, exact
    names first."""
    found: dict[str, str] = {}
    bare = {column: bare_name(BRACKETS.sub("", column)) or bare_name(column) for column in columns}
    for names in (lambda ours: (bare_name(ours), bare_name(FIELDS[ours][0])), lambda ours: FIELDS[ours][1]):
        for ours in FIELDS:
            if ours in found.values():
                continue
            column = next((c for c, b in bare.items() if c not in found and b in names(ours)), None)
            if column is not None:
                found[column] = ours
    return found


def bare_name(text: str) -> str:
    """Letters and digits alone, lower case: "Del. by" is delby."""
    return "".join(c for c in text.casefold() if c.isalnum())


def signature(columns: Iterable[str]) -> str:
    """The same for files with the same columns, in whatever order they stand."""
    return sha256("\n".join(sorted(bare_name(c) for c in columns)).encode()).hexdigest()
