"""About 400 orders over 60 days: the older ones are history, the last days are live work in every state."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from inventory.models import Product
from oms.access.models import User
from oms.kernel.clock import now, time_is
from oms.kernel.errors import Refused
from orders.actions.cancel import cancel_order
from orders.actions.capture import capture_orders
from orders.actions.confirm import confirm_order
from orders.actions.hold import hold_order
from orders.actions.release import release_order
from orders.channels.draft import AddressDraft, LineDraft, OrderDraft, Past, PaymentDraft
from orders.models import Channel

HISTORY, LIVE = 280, 120
FIRST = (
    "Asha",
    "Kavya",
    "Zoya",
    "Imran",
    "Dev",
    "Rohan",
    "Isla",
    "Owen",
    "Mia",
    "Noah",
    "Priyanka",
    "Arjun",
    "Ruby",
    "Leo",
)
LAST = ("Example", "Sample", "Placeholder", "Invented", "Demo", "Fictional")
SHOPS = ("Lakeside School Stores", "Hilltop Homestay", "Harbour Street Café", "Green Lane Pharmacy", "Old Mill Canteen",
         "Station Road Traders", "Banksia Community Kitchen", "Riverbend Caterers")  # fmt: skip
TOWNS = {
    "IN": (("Mumbai", "Maharashtra", "400001"), ("Jaipur", "Rajasthan", "302001"), ("Kochi", "Kerala", "682001"),
           ("Nagpur", "Maharashtra", "440001"), ("Hyderabad", "Telangana", "500001"), ("Surat", "Gujarat", "395003")),
    "AU": (("Melbourne", "VIC", "3004"), ("Brisbane", "QLD", "4000"), ("Hobart", "TAS", "7000"), ("Geelong", "VIC", "3220")),
}  # fmt: skip


class Generator:
    """Drafts in a fixed random sequence."""

    def __init__(self, products: list[Product], random: Random) -> None:
        self.products, self.random, self.count = products, random, 0

    def draft(self, channel: Channel, at: datetime) -> OrderDraft:
        self.count += 1
        r = self.random
        company = r.choice(SHOPS) if channel.kind == "b2b" or r.random() < 0.12 else ""
        name = company or f"{r.choice(FIRST)} {r.choice(LAST)}"
        person = name.lower().replace(" ", ".").replace("é", "e")
        city, state, postal_code = r.choice(TOWNS[channel.country])
        phone = (
            f"+91 90000 {r.randrange(10000, 99999)}"
            if channel.country == "IN"
            else f"+61 491 570 {r.randrange(100, 999)}"
        )
        home = AddressDraft(name=name, line1=f"{r.randrange(1, 180)} Example Road", city=city, state=state,
                            postal_code=postal_code, country=channel.country, phone=phone)  # fmt: skip
        lines = tuple(
            self._line(channel) for _ in range(r.choice((1, 1, 2, 2, 3, 5) if channel.kind != "b2b" else (4, 6, 9)))
        )
        return OrderDraft(
            external_id=f"D{self.count:05}", external_name=f"#{self.count + 1000}", placed_at=at, currency=channel.currency,
            lines=lines, customer_name=name, company=company, email=f"{person}@customers.example", phone=phone, ship_to=home,
            customer_po=f"PO-{r.randrange(1000, 9999)}" if channel.kind == "b2b" else "",
            shipping=Decimal(r.choice((0, 0, 49, 99)) if channel.currency == "INR" else r.choice((0, 9))),
        )  # fmt: skip

    def _line(self, channel: Channel) -> LineDraft:
        r = self.random
        scarce = [p for i, p in enumerate(self.products) if i % 10 == 9]
        product = r.choice(scarce) if r.random() < 0.05 else r.choice(self.products)
        price = product.price or Decimal(100)
        if channel.currency == "AUD":
            price = (price / 50).quantize(Decimal("0.01"))
        qty = r.choice((1, 1, 1, 2, 3)) if channel.kind != "b2b" else r.randrange(4, 16)
        tax = (price * qty * Decimal("0.10")).quantize(Decimal("0.01"))
        return LineDraft(product.sku, product.name, qty, price, tax=tax)


def paid(draft: OrderDraft, state: str = "captured", method: str = "card", share: str = "1") -> OrderDraft:
    amount = (draft.computed_total() * Decimal(share)).quantize(Decimal("0.01"))
    tender = PaymentDraft(method, amount, state, f"TX{draft.external_id}", at=draft.placed_at)
    return replace(draft, payments=(tender,))


def make_history(generator: Generator, random: Random) -> None:
    """Orders of the last 60 days that are over: delivered, a few cancelled."""
    channels = list(Channel.objects.order_by("code"))
    for _ in range(HISTORY):
        channel = random.choice(channels)
        placed = now() - timedelta(days=random.uniform(8, 60))
        took = timedelta(hours=random.gauss(24, 9) if random.random() < 0.9 else random.uniform(50, 90))
        sent = placed + max(took, timedelta(hours=2))
        draft = paid(generator.draft(channel, placed))
        if random.random() < 0.06:
            past = Past("cancelled", "Customer changed their mind", cancelled_at=placed + timedelta(hours=3))
            draft = replace(draft, payments=(), past=past)
        else:
            past = Past("completed", confirmed_at=placed + timedelta(hours=1), dispatched_at=sent,
                        delivered_at=sent + timedelta(days=random.uniform(1, 5)), carrier="own",
                        tracking_number=f"TRK{draft.external_id}")  # fmt: skip
            draft = replace(draft, past=past)
        capture_orders([draft], channel=channel, actor="system")


def make_live(generator: Generator, random: Random, staff: dict[str, User]) -> None:
    """The last six days, worked on by the demo's staff in working order."""
    channels = list(Channel.objects.order_by("code"))
    moments = sorted(now() - timedelta(hours=random.uniform(3, 140)) for _ in range(LIVE))
    for i, at in enumerate(moments):
        channel = random.choice(channels)
        with time_is(at):
            draft = generator.draft(channel, at)
            number = _place(draft, channel, i)
            _work(number, i, at, staff)


def _place(draft: OrderDraft, channel: Channel, i: int) -> str:
    """Every way to pay, in turn."""
    kind = i % 8
    if kind in (0, 1, 2, 3):
        draft = paid(draft)
    elif kind == 4 and channel.currency == "INR":
        draft = replace(draft, payment_terms="cod")
    elif kind == 5:
        draft = paid(draft, "verification_pending", "upi" if channel.currency == "INR" else "bank")
    elif kind == 6:
        draft = paid(draft, share="0.5", method="bank")
    return capture_orders([draft], channel=channel, actor="system")[0].number


HOLDS = (
    ("address", "PIN code missing"),
    ("customer_request", "Call after the festival"),
    ("fraud_check", "Third card tried"),
)


def _work(number: str, i: int, at: datetime, staff: dict[str, User]) -> None:
    sales, support = staff["sales"], staff["support"]
    age = timedelta(hours=1)
    try:
        if i % 17 == 5:
            reason, detail = HOLDS[i % 3]
            hold_order(number, reason=reason, detail=detail, actor=support)
            return
        if i % 23 == 7:
            cancel_order(number, reason="customer_changed_mind", actor=support)
            return
        if i % 9 == 8:
            return
        with time_is(at + age):
            confirm_order(number, actor=sales)
        with time_is(at + 2 * age):
            release_order(number, actor=staff["warehouse"])
    except Refused:
        # The guard said no, as it does on a real day: the order stays where it is, waiting for its next step.
        return
