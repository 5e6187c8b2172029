"""What customers order, in a fixed random sequence; every name is invented."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from random import Random

from inventory.models import Product
from orders.channels.draft import AddressDraft, LineDraft, OrderDraft, PaymentDraft
from orders.models import Channel

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
            self._line(channel) for _ in range(r.choice((1, 1, 2, 2, 3, 5) if channel.kind != "b2b" else (3, 4, 5)))
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
        qty = r.choice((1, 1, 1, 2, 3)) if channel.kind != "b2b" else r.randrange(3, 8)
        tax = (price * qty * Decimal("0.10")).quantize(Decimal("0.01"))
        return LineDraft(product.sku, product.name, qty, price, tax=tax)


def paid(draft: OrderDraft, state: str = "captured", method: str = "card", share: str = "1") -> OrderDraft:
    amount = (draft.computed_total() * Decimal(share)).quantize(Decimal("0.01"))
    tender = PaymentDraft(method, amount, state, f"TX{draft.external_id}", at=draft.placed_at)
    return replace(draft, payments=(tender,))
