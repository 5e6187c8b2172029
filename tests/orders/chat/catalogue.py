"""The invented shop the sample messages are written to: sixty-four products."""

from orders.chat.catalogue import Catalogue, Item

THINGS = {"STB-01": "Steel tiffin box", "CB-02": "Copper bottle", "EK-03": "Enamel kettle", "CT-04": "Cast-iron tawa",
          "CA-05": "Cotton apron", "BL-06": "Brass ladle", "CC-07": "Clay cup", "BT-08": "Bamboo tray", "LT-09": "Linen towel",
          "ST-10": "Spice tin"}  # fmt: skip
COLOURS = {"BLU": "blue", "GRN": "green", "NAT": "natural", "RED": "red"}
OTHERS = {
    "TM-250": "Chai masala 250 g", "TM-500": "Chai masala 500 g", "GHEE-1L": "A2 cow ghee 1 litre", "GHEE-500": "A2 cow ghee 500 ml",
    "HON-250": "Forest honey 250 g", "DG-6": "Diya set of 6", "INC-SDL": "Sandalwood incense sticks", "INC-MOG": "Mogra incense sticks",
    "KUR-M-IND": "Block print kurta, indigo, M", "KUR-L-IND": "Block print kurta, indigo, L", "BED-Q": "Jaipuri bedsheet, queen",
    "BED-K": "Jaipuri bedsheet, king", "SOK-CHA": "Merino socks, charcoal", "SOK-NAV": "Merino socks, navy",
    "KC-340": "Cork keep cup 340 ml", "KC-227": "Cork keep cup 227 ml", "CAN-EUC": "Eucalyptus soy candle",
    "CAN-LEM": "Lemon myrtle soy candle", "BW-3": "Beeswax wraps, pack of 3", "CUSH-SAG": "Linen cushion cover, sage",
    "CUSH-MUS": "Linen cushion cover, mustard", "SOAP-OAT": "Oatmeal soap bar", "NB-A5": "A5 dotted notebook",
    "PEN-BRS": "Brass pen",
}  # fmt: skip


def items() -> list[Item]:
    rows = [Item(f"{sku}-{c}", f"{name}, {colour}") for sku, name in THINGS.items() for c, colour in COLOURS.items()]
    rows += [Item(sku, name) for sku, name in OTHERS.items()]
    return [Item(r.sku, r.name, f"890100{at:06}0") for at, r in enumerate(rows)]


def shop_catalogue(**aliases: str) -> Catalogue:
    return Catalogue(items(), {words.replace("_", " "): sku for words, sku in aliases.items()})
