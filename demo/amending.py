"""Changes the demo's people asked for: one at every stop between a draft and the order."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from inventory.models import Product
from oms.access.models import User
from oms.kernel.clock import now, time_is
from orders.actions.amend import draft_amendment
from orders.actions.amend_apply import apply_amendment
from orders.actions.amend_approve import decide_amendment, request_approval
from orders.actions.edit import edit_order, stamp
from orders.amending.change import Change
from orders.models import Amendment, ApprovalRule, Order

# From here on the owner approves; dearer than any order of the past, so that none of them is held for it.
LIMITS = {"INR": Decimal(60000), "AUD": Decimal(3000)}


def make_amendments(products: Sequence[Product], staff: dict[str, User]) -> None:
    """One change waits for a yes, one has it and waits for its author, one was declined, one is a draft, one is applied."""
    for currency, amount in LIMITS.items():
        ApprovalRule.objects.update_or_create(currency=currency, defaults={"approve_from": amount})
    rows = Order.objects.open().filter(
        status="confirmed", qty_dispatched=0, qty_picked=0, currency="INR", placed_at__lt=now() - timedelta(hours=3)
    )
    orders = list(rows.order_by("-total", "pk")[:5])
    if len(orders) < 5:  # a smaller business
        return
    dearest = max((p for p in products if p.currency == "INR" and p.price), key=lambda p: (p.price, p.sku))
    large = int(LIMITS["INR"] * 3 / 2 / (dearest.price or 1)) + 1  # distributors pay less
    waiting, approved, declined, draft, applied = orders
    with time_is(now() - timedelta(minutes=95)):
        no = _ask(declined, dearest, large, "The café opens a second branch", staff["sales"])
    with time_is(now() - timedelta(minutes=80)):
        decide_amendment(no.number, approve=False, note="Not before the first invoice is paid.", actor=staff["owner"])
        yes = _ask(approved, dearest, large + 1, "Doubled for the wedding season", staff["sales"])
    with time_is(now() - timedelta(minutes=60)):  # meanwhile the order moves on, so that its author must look again
        edit_order(
            approved.number, changes={"customer_po": "PO-WEDDING-7"},
            seen=stamp(Order.objects.get(pk=approved.pk)), actor=staff["support"],
        )  # fmt: skip
        _ask(waiting, dearest, large, "The caterer takes them for the whole canteen", staff["sales"])
    with time_is(now() - timedelta(minutes=45)):
        decide_amendment(yes.number, approve=True, note="Good customer.", actor=staff["owner"])
    with time_is(now() - timedelta(minutes=25)):
        _draft(draft, dearest, 2, "She thinks about two more", staff["support"])
    small = _draft(applied, dearest, 1, "Forgot one, asked by phone", staff["sales"])  # just now: its mail still leaves
    apply_amendment(small.number, seen=Order.objects.get(pk=applied.pk).version, actor=staff["sales"])


def _draft(order: Order, product: Product, units: int, reason: str, author: User) -> Amendment:
    return draft_amendment(order.number, [Change("add", sku=product.sku, qty=units)], reason=reason, actor=author)


def _ask(order: Order, product: Product, units: int, reason: str, author: User) -> Amendment:
    drafted = _draft(order, product, units, reason, author)
    return request_approval(drafted.number, seen=Order.objects.get(pk=order.pk).version, actor=author)
