"""The demo's places, channels, products and opening stock."""

from decimal import Decimal
from random import Random

from inventory.actions.adjust import receive_stock
from inventory.models import Location, MovementKind, Product
from orders.models import Channel

LOCATIONS = (
    # code, name, kind, city, state, postal code, country, zone
    ("pune", "Pune", "warehouse", "Pune", "Maharashtra", "411001", "IN", "Asia/Kolkata"),
    ("bengaluru", "Bengaluru", "warehouse", "Bengaluru", "Karnataka", "560001", "IN", "Asia/Kolkata"),
    ("melbourne", "Melbourne", "warehouse", "Melbourne", "VIC", "3000", "AU", "Australia/Melbourne"),
    ("fitzroy", "Fitzroy store", "store", "Fitzroy", "VIC", "3065", "AU", "Australia/Melbourne"),
)
INDIA, AUSTRALIA = ["pune", "bengaluru"], ["melbourne", "fitzroy"]
CHANNELS = (
    # code, name, kind, currency, country, locations, confirmation basis, advance %, dispatch within hours
    ("web-in", "Website India", "web", "INR", "IN", INDIA, "manual", 100, 48),
    ("whatsapp", "WhatsApp", "whatsapp", "INR", "IN", INDIA, "manual", 100, 48),
    ("bazaar", "Marketplace", "marketplace", "INR", "IN", INDIA, "payment", 100, 24),
    ("distributors", "Distributors", "b2b", "INR", "IN", INDIA, "customer_po", 50, 96),
    ("web-au", "Website Australia", "web", "AUD", "AU", AUSTRALIA, "manual", 100, 48),
    ("phone-au", "Sales desk Australia", "phone", "AUD", "AU", AUSTRALIA, "sales", 100, 72),
)
THINGS = ("Steel tiffin box", "Copper bottle", "Enamel kettle", "Cast-iron tawa", "Cotton apron", "Brass ladle", "Clay cup",
          "Bamboo tray", "Linen towel", "Spice tin")  # fmt: skip
# Some things lie in one place of a country only, so that an order with both is worked on by two.
KEPT_IN = {4: ("bengaluru", "fitzroy"), 20: ("pune", "melbourne"), 25: ("pune", "melbourne")}
COLOURS = (("BLU", "blue"), ("GRN", "green"), ("NAT", "natural"), ("RED", "red"))


def make_places() -> None:
    for rank, (code, name, kind, city, state, postal_code, country, zone) in enumerate(LOCATIONS):
        Location.objects.create(
            code=code, name=name, kind=kind, city=city, state=state, postal_code=postal_code, country=country,
            time_zone=zone, rank=rank, count_limit=20,
        )  # fmt: skip
    for code, name, kind, currency, country, places, basis, advance, hours in CHANNELS:
        Channel.objects.create(
            code=code, name=name, kind=kind, currency=currency, country=country, location_codes=places,
            confirmation_basis=basis, advance_percent=advance, dispatch_within_hours=hours,
            tells_stock=code == "web-in",
        )  # fmt: skip


def make_products(random: Random) -> list[Product]:
    """Forty products; every tenth is scarce, so that some orders come up short."""
    products: list[Product] = []
    for number, thing in enumerate(THINGS):
        for suffix, colour in COLOURS:
            letters = "".join(word[0] for word in thing.replace("-", " ").split()).upper()
            price = Decimal(random.randrange(120, 2400, 10))
            weight = random.randrange(150, 2400, 50)
            product = Product(
                sku=f"{letters}-{number + 1:02}-{suffix}", name=f"{thing}, {colour}", price=price, weight_grams=weight
            )
            product.barcode = f"890100{len(products) + 1:06}0"
            product.save()
            products.append(product)
    return products


def make_stock(products: list[Product], random: Random) -> None:
    for i, product in enumerate(products):
        for code, *_ in LOCATIONS:
            if code not in KEPT_IN.get(i, (code,)):
                continue
            qty = random.randrange(2, 6) if i % 10 == 9 else random.randrange(60, 240)
            if code == "fitzroy":
                qty //= 6
            if qty:
                receive_stock(
                    product.sku,
                    location=code,
                    qty=qty,
                    source=f"opening {code}",
                    actor="system",
                    kind=MovementKind.OPENING,
                )
