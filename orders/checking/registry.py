"""Every check with what a fresh house starts from, and the one loop that asks them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from oms.access.roles import Team
from orders.checking import (
    amount,
    blocked,
    cod,
    completeness,
    credit,
    fraud,
    minimum,
    postal_code,
    price,
    twin,
    velocity,
    zone,
)
from orders.checking.facts import OrderFacts
from orders.checking.rulebook import Setting
from orders.models import place_name

# Asked about every address that something goes to.
OF_EACH_ADDRESS = frozenset({"postal_code", "completeness", "zone"})
Look = Callable[[OrderFacts, Setting], str | None]


@dataclass(frozen=True)
class Check:
    """A check and its seeds. Only the ones that say nothing until an admin fills a list or limit, or that cannot be
    wrong, start switched on."""

    key: str
    look: Look
    label: str
    reason: str  # key of the hold reason
    reason_label: str
    clear_step: str
    team: str
    hours: int  # to decide within
    is_on: bool = False
    window_hours: int | None = None
    max_orders: int | None = None
    limit_score: int | None = None
    weigh: Callable[[OrderFacts, Setting], int] | None = None  # how bad it is, kept with the hold


CHECKS: dict[str, Check] = {
    c.key: c
    for c in (
        Check("blocked", blocked.look, "Blocked phone, e-mail or postal code", "blocked", "On the blocked list",
              "Clear it with a reason, or have it cancelled", Team.FINANCE, 4, is_on=True),
        Check("amount", amount.look, "Amount that a second person approves", "approval", "Needs approval",
              "Approve or decline the amount", Team.FINANCE, 8, is_on=True),
        Check("postal_code", postal_code.look, "Form of the postal code (India, Australia)", "postal_code",
              "Postal code is wrong", "Correct the postal code", Team.SUPPORT, 8, is_on=True),
        Check("twin", twin.look, "Same buyer and products twice", "duplicate", "Possible duplicate",
              "Keep one of the two orders", Team.SALES, 8, window_hours=24),
        Check("completeness", completeness.look, "Name, contact and address are there", "incomplete", "Details are missing",
              "Complete the order's details", Team.SUPPORT, 8),
        Check("velocity", velocity.look, "Many orders of one customer", "velocity", "Unusually many orders",
              "Call the customer", Team.FINANCE, 8, window_hours=24, max_orders=5),
        Check("cod", cod.look, "Large cash on delivery", "cod_limit", "Cash on delivery above the limit",
              "Take a payment in advance or call", Team.FINANCE, 8),
        Check("credit", credit.look, "Credit limit and overdue orders", "credit", "Credit hold",
              "Settle what is owed, or allow it", Team.FINANCE, 8, is_on=True),
        Check("minimum", minimum.look, "Minimum quantity or order worth", "minimum", "Below the minimum",
              "Ask the customer to add, or accept it", Team.SALES, 8, is_on=True),
        Check("price", price.look, "Prices agreed with the customer or group", "price", "Price differs from the list",
              "Correct the price or accept it", Team.SALES, 8, is_on=True),
        Check("zone", zone.look, "Delivery area of the channel or its locations", "zone", "Outside the delivery area",
              "Ask for another address or another way", Team.SUPPORT, 8, is_on=True),
        Check("fraud", fraud.look, "Fraud signals, as a sum of scores", "fraud_score", "Looks like fraud",
              "Call the customer before you clear it", Team.FINANCE, 4, window_hours=24, limit_score=60, weigh=fraud.weigh),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """What one check says about one order: the hold it asks for."""

    order: OrderFacts
    setting: Setting
    sentence: str
    score: int | None = None


def _everywhere(check: Check, order: OrderFacts, setting: Setting) -> str | None:
    """What the check says about the order, and about each further address when it looks at addresses."""
    said = check.look(order, setting)
    if not order.further or check.key not in OF_EACH_ADDRESS:
        return said
    found = [said] if said else []
    # Of the buyer everything was said already; here only the place is in question.
    known = replace(order, customer_name=order.customer_name or "-", phone=order.phone or "-")
    for place in order.further:
        if says := check.look(replace(known, ship_to=place.address, outside=place.outside), setting):
            found.append(f"{place_name(place.position, place.address)}: {says}")
    return "; ".join(found) or None


def findings(order: OrderFacts, book: Mapping[str, Setting]) -> list[Finding]:
    """Everything the switched-on checks say about `order`, at most one finding per check."""
    found = []
    for key, setting in book.items():
        if key in CHECKS and (sentence := _everywhere(CHECKS[key], order, setting)):
            weigh = CHECKS[key].weigh
            found.append(Finding(order, setting, sentence, weigh(order, setting) if weigh else None))
    return found
