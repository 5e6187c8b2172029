"""A kit in the shop: two mugs and a kettle."""

from inventory.actions.recipe import Part, set_recipe
from inventory.models import Product

SET = "TEA-SET"


def tea_set(actor="system", **parts: int) -> Product:
    kit = Product.objects.create(sku=SET, name="Tea set", price=250)
    made = parts or {"MUG": 2, "KETTLE": 1}
    return set_recipe(kit.sku, parts=[Part(sku, qty) for sku, qty in made.items()], actor=actor)
