"""Find products to add to a placed order, with this buyer's price and what is free, and write them into the form."""

import re
from dataclasses import dataclass

from django.http import QueryDict

from inventory.models import Product
from inventory.offering import find_products
from oms.kernel.clock import business_date
from orders.models import Order
from orders.pricing.lists import Buyer, prices_for
from orders.views.agreed import Offer, offer_of
from orders.views.pressed import meant
from orders.views.stocked import Stocked, stocked_for
from orders.views.typed import many, products_of

BLANK_ROWS, MOST_ROWS = 3, 50
FULL = f"{{sku}} is not added: a change adds {MOST_ROWS} lines at most. Apply this one, then change the order again."
ROW = re.compile(r"add-(\d{1,2})-sku")
Found = tuple[Product, Offer | None, Stocked | None]


@dataclass(frozen=True)
class Search:
    """What stands in the search field, and what it found; None: nothing was searched. `goes_on`: the cursor stays there.
    `said`: why what was chosen is not among the lines."""

    text: str = ""
    found: list[Found] | None = None
    goes_on: bool = False
    said: str = ""


def row_count(post: QueryDict | None) -> int:
    """How many lines to add the form has room for."""
    rows = [int(m[1]) for name in post or () if (m := ROW.fullmatch(name))]
    return min(max([BLANK_ROWS, *(n + 1 for n in rows)]), MOST_ROWS)


def search(order: Order, post: QueryDict) -> tuple[QueryDict, Search] | None:
    """The form as typed after its search: with the product in it that was pressed or named exactly, else with what was found.

    None where nobody searches: the form is meant as a whole.
    """
    text, sku = post.get("find_product", "").strip(), post.get("add_sku", "").strip()
    if "preview" in post or not (text or sku):
        return None
    qty, what = many(text)
    found = [] if sku else find_products(what)
    product = products_of([{"sku": sku}]).get(sku) if sku else meant(found, what) if "go" in post else None
    if product is None:
        return post, Search(text, told(order, [(p, qty) for p in found]), goes_on=True)
    filled = _with_line(post, product, qty)
    if filled is None:
        return post, Search(text, goes_on=True, said=FULL.format(sku=product.sku))
    return filled, Search(goes_on=True)


def told(order: Order, wanted: list[tuple[Product, int]]) -> list[Found]:
    """Each product with its price for the order's buyer, and what its channel may sell of it."""
    buyer = Buyer.of(order.customer, order.channel_id, order.currency)
    asked = [(product.pk, qty) for product, qty in wanted]
    prices = prices_for(buyer, asked, on=business_date())
    there = stocked_for(order.channel, asked)
    return [(p, offer_of(p, prices.get(p.pk), order.currency), there.get(p.pk)) for p, _ in wanted]


def told_of_rows(order: Order, post: QueryDict | None) -> list[Found | None]:
    """The same for each line to add, None where its SKU is no product (yet)."""
    rows = [{name: (post or {}).get(f"add-{n}-{name}", "") for name in ("sku", "qty")} for n in range(row_count(post))]
    products = products_of(rows)
    named = [products.get(row["sku"].strip()) or products.get(row["sku"].strip().lower()) for row in rows]
    units = [int(row["qty"]) if row["qty"].isdecimal() and len(row["qty"]) < 8 else 1 for row in rows]
    about = iter(told(order, [(p, qty) for p, qty in zip(named, units, strict=True) if p]))
    return [next(about) if product else None for product in named]


def _with_line(post: QueryDict, product: Product, qty: int) -> QueryDict | None:
    """`post` with `qty` of the product on the line that has it already, else on the first free one; None without any."""
    post = post.copy()
    rows = range(min(row_count(post) + 1, MOST_ROWS))
    skus = [post.get(f"add-{n}-sku", "").strip() for n in rows]
    same = next((n for n in rows if skus[n].lower() == product.sku.lower()), None)
    at = same if same is not None else next((n for n in rows if not skus[n]), None)
    if at is None:
        return None
    has = post.get(f"add-{at}-qty", "") if same is not None else ""
    post[f"add-{at}-sku"], post["find_product"] = product.sku, ""
    post[f"add-{at}-qty"] = str(qty + (int(has) if has.isdecimal() and len(has) < 8 else 0))
    return post
