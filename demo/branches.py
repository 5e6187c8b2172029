"""One order for three branches of a café: one PO, three addresses, the first parcel on its way."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from fulfilment.actions.dispatch import dispatch
from fulfilment.actions.pack import finish_pack, scan
from fulfilment.actions.pick import finish_pick, pick_line, start_pick
from fulfilment.models import FulfilmentOrder
from inventory.models import Product
from oms.access.models import User
from oms.events.relay import deliver_due
from oms.kernel.clock import now, time_is
from orders.actions.capture import capture_orders
from orders.actions.confirm import confirm_order
from orders.actions.release import release_order
from orders.channels.draft import AddressDraft, LineDraft, OrderDraft, PaymentDraft
from orders.models import Channel, Order

MUMBAI = AddressDraft(
    name="Harbour Street Café, Fort", line1="4 Sample Street", city="Mumbai", state="Maharashtra", postal_code="400001",
    country="IN", phone="+91 98200 00141",
)  # fmt: skip
NASHIK = AddressDraft(
    name="Harbour Street Café, Nashik", line1="18 Specimen Road", city="Nashik", state="Maharashtra", postal_code="422001",
    country="IN", phone="+91 98200 00142",
)  # fmt: skip
CHENNAI = AddressDraft(
    name="Harbour Street Café, Mylapore", line1="9 Placeholder Salai", city="Chennai", state="Tamil Nadu",
    postal_code="600004", country="IN", phone="+91 98200 00143",
)  # fmt: skip


def make_branches(products: list[Product], staff: dict[str, User]) -> None:
    """Cups for each branch and towels for one; the work for the first branch is done, the others wait to be picked."""
    cups, towels = products[26], products[34]
    with time_is(now() - timedelta(hours=5)):
        number = capture_orders(
            [_draft(cups, towels)], channel=Channel.objects.get(code="distributors"), actor="system"
        )[0].number
    with time_is(now() - timedelta(hours=4)):
        confirm_order(number, actor=staff["sales"])
        release_order(number, actor=staff["warehouse"])
    if Order.objects.get(number=number).qty_backordered:  # a smaller business
        return
    with time_is(now() - timedelta(minutes=50)):
        _send(FulfilmentOrder.objects.filter(order__number=number).order_by("pk")[0], staff["warehouse"])
    deliver_due()  # what happened hours ago was told hours ago


def _draft(cups: Product, towels: Product) -> OrderDraft:
    lines = tuple(
        LineDraft(p.sku, p.name, qty, p.price or Decimal(100), ship_to=to)
        for p, qty, to in ((cups, 2, MUMBAI), (cups, 1, NASHIK), (cups, 2, CHENNAI), (towels, 1, CHENNAI))
    )
    draft = OrderDraft(
        external_id="HSC-77", external_name="HSC-77", placed_at=now(), currency="INR", customer_name="Harbour Street Café",
        company="Harbour Street Café", email="orders@harbour-street.example.test", phone=MUMBAI.phone, ship_to=MUMBAI,
        customer_po="PO-BRANCHES-3", lines=lines,
    )  # fmt: skip
    return replace(draft, payments=(PaymentDraft("bank", draft.booked_total(), "captured", "UTR-BRANCHES-3"),))


def _send(fo: FulfilmentOrder, packer: User) -> None:
    start_pick(fo.number, actor=packer)
    rows = list(fo.lines.select_related("product"))
    for row in rows:
        pick_line(fo.number, code=row.product.sku, qty=row.qty, actor=packer)
    finish_pick(fo.number, actor=packer)
    for row in rows:
        for _ in range(row.qty):
            scan(fo.number, code=row.product.sku, actor=packer)
    finish_pack(fo.number, actor=packer)
    dispatch(fo.number, carrier="own", tracking_number="OWN-HSC-1", actor=packer)
