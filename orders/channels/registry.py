"""The file formats we read, by key. Each reader is a pure function from files to drafts; it never touches the database."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from oms.kernel.errors import Refused
from orders.channels import amazon, etsy, generic, olist, shopify
from orders.channels.draft import ReadResult


@dataclass(frozen=True)
class Format:
    """One way to write orders in files. `defaults`: how a channel is made that nobody set up before its first import."""

    key: str
    label: str
    hint: str
    defaults: dict
    read: Callable[[Sequence[str | Path]], ReadResult]


def _shop(kind: str, currency: str, country: str, basis: str = "payment") -> dict:
    return {
        "kind": kind, "currency": currency, "country": country, "confirmation_basis": basis,
        "unknown_sku_policy": "placeholder",
    }  # fmt: skip


FORMATS: dict[str, Format] = {
    f.key: f
    for f in (
        Format("csv", "OMS CSV", "One row per line, columns as in the template.", _shop("manual", "INR", "IN", "manual"), generic.read),
        Format("shopify", "Shopify", "Orders, Export, plain CSV file.", _shop("web", "EUR", "BE"), shopify.read),
        Format("amazon", "Amazon", "Unshipped orders, all orders or sales report.", _shop("marketplace", "INR", "IN"), amazon.read),
        Format("etsy", "Etsy", "Orders and order items; choose both files together.", _shop("marketplace", "USD", "US"), etsy.read),
        Format("olist", "Olist", "The folder's files: orders, items, payments, customers.", _shop("marketplace", "BRL", "BR"), olist.read),
    )
}  # fmt: skip


def format_for(key: str) -> Format:
    """The format called `key`; Refused with the known names otherwise."""
    try:
        return FORMATS[key]
    except KeyError:
        raise Refused("format_unknown", f"There is no file format “{key}”. Known are {', '.join(FORMATS)}.") from None
