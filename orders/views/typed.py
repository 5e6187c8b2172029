"""The new-order form as typed: read from a post as raw text, so that no button loses anything."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.db.models.functions import Lower
from django.http import HttpRequest

from inventory.models import Product
from orders.forms import POSTAL, AddressForm, NewContactForm, TermsForm
from orders.models import Channel, ChannelKind, Customer, Order

MAX_LINES = 100
FOUND = 8
BY_HAND = (ChannelKind.PHONE, ChannelKind.WHATSAPP, ChannelKind.POS, ChannelKind.B2B, ChannelKind.SOCIAL, ChannelKind.MANUAL)  # fmt: skip
ROW = re.compile(r"line-(\d{1,6})-sku")
# How many, before what: "12*tif", "12 x tiffin box". A bare x needs its space: 2x4 may be a size.
MANY = re.compile(r"(\d{1,6})\s*(?:[*×]\s*|x\s+)(\S.*)", re.IGNORECASE)
LINE_FIELDS = ("sku", "qty", "price", "discount", "words", "read", "to", "at")


@dataclass
class Typed:
    """Everything the page holds. `lines` are the rows' raw texts in their order; `found_*` what was searched for."""

    key: str
    raw: Mapping[str, str]
    lines: list[dict[str, str]]
    channels: list[Channel]
    user: Any
    found_customers: list[Customer] | None = None
    found_products: list[Product] | None = None
    names: dict[str, str] = field(default_factory=dict)
    _customers: dict[str, Customer | None] = field(default_factory=dict)

    def part(self, prefix: str) -> dict[str, str]:
        """The raw values of one form."""
        return {name[len(prefix) + 1 :]: value for name, value in self.raw.items() if name.startswith(f"{prefix}-")}

    @property
    def customer(self) -> Customer | None:
        """The known customer whom somebody chose; the order is theirs whatever is typed beside."""
        pk = self.raw.get("known_customer", "")
        if pk not in self._customers:
            self._customers[pk] = Customer.objects.staying(pk, self.user)
        return self._customers[pk]

    @property
    def channel(self) -> Channel | None:
        asked = self.raw.get("terms-channel", "")
        return next((c for c in self.channels if c.code == asked), self.channels[0] if self.channels else None)

    def add(self, product: Product, qty: int = 1) -> None:
        """So many more of `product`: a second scan raises the quantity of the line that is there."""
        for line in self.lines:
            if line["sku"].strip().lower() == product.sku.lower() and line["qty"].strip().isdecimal():
                line["qty"] = str(int(line["qty"].strip()[:7]) + qty)
                return
        row = blank_line() | {"sku": product.sku, "qty": str(qty)}
        for line in self.lines:
            if line["words"] and not line["sku"].strip():  # words of a message that wait for their product
                line |= {"sku": product.sku, "qty": line["qty"] or str(qty)}
                return
        blank = next((i for i, line in enumerate(self.lines) if is_blank(line)), None)
        if blank is None:
            self.lines.append(row)
        else:
            self.lines[blank] = row


def read(request: HttpRequest) -> Typed:
    """What was typed; a first visit starts with one empty line and a fresh key."""
    return typed_from(request.POST.dict(), request.user)


def typed_from(post: Mapping[str, str], user: Any) -> Typed:
    """What a post, or a draft, holds."""
    rows = sorted({int(m[1]) for name in post if (m := ROW.fullmatch(name))})[:MAX_LINES]
    lines = [{name: post.get(f"line-{i}-{name}", "") for name in LINE_FIELDS} for i in rows]
    typed = Typed(
        key=_key(post.get("key", "")), raw=post, lines=lines or [blank_line()], channels=channels_for(user), user=user
    )  # fmt: skip
    typed.raw = {**post, **country_of_channel(typed)}
    return typed


def country_of_channel(typed: Typed) -> dict[str, str]:
    """A country that the form proposed, for the channel it was opened with, follows the channel chosen since; one that
    somebody chose, or that the postal code typed beside it is of, stays."""
    proposed, country = typed.raw.get("proposed_country", ""), typed.channel.country if typed.channel else ""
    if not proposed or not country or country == proposed or country not in POSTAL:
        return {}
    form, found = POSTAL[country][0], {}
    for name, value in typed.raw.items():
        if name.endswith("-country") and value == proposed:
            code = re.sub(r"\s", "", typed.raw.get(name.replace("-country", "-postal_code"), ""))
            if not code or form.fullmatch(code):
                found[name] = country
    return found


def blank_line() -> dict[str, str]:
    return dict.fromkeys(LINE_FIELDS, "")


def is_blank(line: Mapping[str, str]) -> bool:
    """Whether nothing is typed on the line; where it would come from and go does not count."""
    return not any(value.strip() for name, value in line.items() if name not in ("to", "at"))


def channels_for(user: Any) -> list[Channel]:
    """Where this person may enter an order by hand, the phone before the rest."""
    rows = Channel.objects.filter(is_active=True, kind__in=BY_HAND)
    found = rows.filter(code__in=user.channel_codes) if user.channel_codes else rows
    return sorted(found, key=lambda channel: (BY_HAND.index(ChannelKind(channel.kind)), channel.name))


def terms_of(customer: Customer, user: Any, country: str) -> dict[str, str]:
    """What a form for this customer begins with: channel and payment terms of their last order that this person may enter,
    else a channel of their country."""
    channels = channels_for(user)
    orders = Order.objects.visible_to(user).filter(customer=customer, channel__in=channels)
    if last := orders.order_by("-placed_at", "-id").values("channel__code", "payment_terms").first():
        return {"channel": last["channel__code"], "payment_terms": last["payment_terms"]}
    near = next((channel.code for channel in channels if channel.country == country), "")
    return {"channel": near} if near else {}


def head_forms(typed: Typed, *, bound: bool) -> dict[str, Any]:
    """The page's forms but its lines: bound to check everything, unbound to show what was typed without complaints."""
    country = typed.channel.country if typed.channel else "IN"

    def made(kind: type, prefix: str, **more: Any) -> Any:
        part = typed.part(prefix)
        if bound:
            return kind({f"{prefix}-{k}": v for k, v in part.items()}, prefix=prefix, **more)
        return kind(initial=part, prefix=prefix, **more)

    contact = made(NewContactForm, "contact")
    contact.country = country
    separate = typed.raw.get("bill_differs") == "on"
    ship, bill = made(AddressForm, "ship"), made(AddressForm, "bill")
    for address in (ship, bill):
        address.fields["country"].initial = country
    return {"terms": made(TermsForm, "terms", channels=typed.channels), "contact": contact, "ship": ship, "bill": bill,
            "bill_differs": separate}  # fmt: skip


def products_of(lines: list[dict[str, str]]) -> dict[str, Product]:
    """Products by SKU as typed, exactly or in lower case."""
    skus = {line["sku"].strip() for line in lines if line["sku"].strip() and "\x00" not in line["sku"]}
    if not skus:
        return {}
    rows = Product.objects.filter(sku__in={*skus, *(s.upper() for s in skus)})
    found = {p.sku: p for p in rows} | {p.sku.lower(): p for p in rows}
    if missing := {s.lower() for s in skus} - found.keys():
        found |= {p.sku.lower(): p for p in Product.objects.annotate(low=Lower("sku")).filter(low__in=missing)}
    return found


def many(text: str) -> tuple[int, str]:
    """How many of what: "12*tif" is 12 of “tif”, everything else one of it."""
    found = MANY.fullmatch(text.strip())
    return (int(found[1]), found[2]) if found and int(found[1]) else (1, text)


def find_customers(text: str, user: Any) -> list[Customer]:
    """Customers this person may see by name, e-mail or the digits of their phone."""
    text = text.replace("\x00", "").strip()[:100]
    return list(Customer.objects.visible_to(user).search(text).order_by("name", "pk")[:FOUND]) if text else []


def _key(text: str) -> str:
    try:
        return UUID(text).hex
    except ValueError:
        return uuid4().hex
