"""What an order of a schedule holds and costs on the day it is placed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from inventory.models import Product
from oms.kernel.clock import now
from oms.kernel.errors import Refusal, Refused
from orders.channels.draft import AddressDraft, LineDraft, OrderDraft
from orders.models import Channel, Customer, RecurringOrder, RecurringRun
from orders.pricing.lists import Buyer, prices_for

Contents = tuple[tuple[int, int], ...]  # (product id, units), in line order
ADDRESS = frozenset(AddressDraft.__dataclass_fields__)


@dataclass(frozen=True)
class Wanted:
    """One line as it would be placed today; `price` is None where the product has none in the currency."""

    product: Product
    qty: int
    price: Decimal | None

    @property
    def worth(self) -> Decimal | None:
        return None if self.price is None else self.price * self.qty


def contents_of(recurring: RecurringOrder, run: RecurringRun | None) -> Contents:
    """Those of the run when it has its own, else the schedule's."""
    if run and run.contents is not None:
        return tuple((int(product), int(qty)) for product, qty in run.contents)
    return tuple((line.product_id, line.qty) for line in recurring.lines.all())


def wanted(contents: Iterable[tuple[int, int]], *, customer: Customer, channel: Channel, on: date) -> list[Wanted]:
    """The lines at the prices agreed with the customer on that day, else the products' own. Two queries."""
    rows = list(contents)
    products = Product.objects.in_bulk([product for product, _ in rows])
    agreed = prices_for(Buyer.of(customer, channel.pk, channel.currency), rows, on=on)
    found = []
    for pk, qty in rows:
        product = products[pk]
        own = product.price if product.currency == channel.currency else None
        found.append(Wanted(product, qty, agreed[pk].unit_price if pk in agreed else own))
    return found


def hindrances(lines: Sequence[Wanted], channel: Channel) -> list[Refusal]:
    """Why these lines cannot be placed on the channel today, each with what to do."""
    found = []
    if not channel.is_active:
        found.append(Refusal("channel_off", f"{channel.name} takes no orders any more; choose another channel."))
    for line in lines:
        sku = line.product.sku
        if not line.product.is_active:
            found.append(Refusal("not_sold", f"{sku} is not sold any more; change the contents, or skip this day."))
        elif line.price is None:
            found.append(Refusal("no_price", f"{sku} has no price in {channel.currency}; give it one, then place it."))
    return found


def draft_of(recurring: RecurringOrder, run: RecurringRun | None, on: date, key: str) -> OrderDraft:
    """The order of that day, at today's prices and with the customer's contact of today. Refuses what cannot be placed."""
    customer, channel = recurring.customer, recurring.channel
    lines = wanted(contents_of(recurring, run), customer=customer, channel=channel, on=on)
    if found := hindrances(lines, channel):
        raise Refused.because(found)
    extra = {"recurring": recurring.number, "run_on": on.isoformat()}
    return OrderDraft(
        external_id=key, placed_at=now(), currency=channel.currency, customer_name=customer.name, company=customer.company,
        email=customer.email, phone=customer.phone, ship_to=address(recurring.ship_to), bill_to=address(recurring.bill_to),
        lines=tuple(LineDraft(w.product.sku, w.product.name, w.qty, w.price or Decimal(0)) for w in lines),
        shipping=recurring.shipping, payment_terms=recurring.payment_terms, customer_po=recurring.customer_po,
        note=recurring.note, extra=extra, buyer_key=customer.match_key,
    )  # fmt: skip


def address(stored: dict) -> AddressDraft:
    return AddressDraft(**{name: str(value) for name, value in stored.items() if name in ADDRESS})
