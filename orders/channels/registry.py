"""The file formats we read, by key. Each reader is a pure function from files to drafts; it never touches the database."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from oms.kernel.errors import Refused
from orders.channels import amazon, etsy, generic, olist, shopify
from orders.channels.draft import ReadResult
from orders.channels.files import columns_of, expand, named


@dataclass(frozen=True)
class Format:
    """One way to write orders in files. `defaults`: how a channel is made that nobody set up before its first import."""

    key: str
    label: str
    hint: str
    defaults: dict
    read: Callable[[Sequence[str | Path]], ReadResult]
    signs: tuple[frozenset[str], ...]  # columns that together give the layout away


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
        ),
        Format(
            "shopify", "Shopify", "Orders, Export, plain CSV file.", _shop("web", "EUR", "BE"),
            shopify.read, (frozenset({"Name", "Financial Status", "Lineitem name"}),),
        ),
        Format(
            "amazon", "Amazon", "Unshipped orders, all orders or sales report.", _shop("marketplace", "INR", "IN"), amazon.read,
            (frozenset({"amazon-order-id"}), frozenset({"order-id", "purchase-date"}), frozenset({"Order ID", "Date", "Qty"})),
        ),
        Format(
            "etsy", "Etsy", "Orders and order items; choose both files together.", _shop("marketplace", "USD", "US"), etsy.read,
            (frozenset({"Order ID", "Sale Date", "Item Name"}), frozenset({"Order ID", "Sale Date", "Order Value"})),
        ),
        Format(
            "olist", "Olist", "The folder's files: orders, items, payments, customers.", _shop("marketplace", "BRL", "BR"),
            olist.read, (frozenset({"order_id", "order_purchase_timestamp"}),),
        ),
    )
}  # fmt: skip


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
    raise Refused(
        "format_unclear",
        f"The file looks like none of the kinds we know. Its columns are {named(seen)}. "
        "Choose the kind yourself, or use the CSV template.",
    )
