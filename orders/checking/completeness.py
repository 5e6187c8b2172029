"""Is there a name, a way to reach the buyer, and somewhere to send the goods?"""

from orders.checking.facts import OrderFacts
from orders.checking.rulebook import Setting


def look(order: OrderFacts, rule: Setting) -> str | None:
    missing = []
    if not order.customer_name.strip():
        missing.append("the customer's name")
    if not (order.phone.strip() or order.email.strip()):
        missing.append("a phone number or e-mail address")
    if order.ships:
        needed = (
            ("line1", "the street"),
            ("city", "the city"),
            ("postal_code", "the postal code"),
            ("country", "the country"),
        )
        missing += [word for name, word in needed if not str(order.ship_to.get(name, "")).strip()]
    if not missing:
        return None
    return f"Details are missing: {', '.join(missing)}; ask the customer and complete the order"
