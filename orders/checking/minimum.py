"""Does the order reach the least this buyer takes?"""

from decimal import Decimal

from oms.kernel.money import format_money
from oms.kernel.plural import plural
from orders.checking.facts import OrderFacts
from orders.checking.rulebook import Setting


def look(order: OrderFacts, rule: Setting) -> str | None:
    missed = "; ".join(_words(part) for part in order.too_few)
    return f"Below the minimum. {missed}" if missed else None


def _words(part: dict) -> str:
    if part["sku"]:
        return f"{part['sku']}: {part['has']} of at least {plural(int(part['least']), 'unit')}"
    has, least = (format_money(Decimal(part[name]), part["currency"]) for name in ("has", "least"))
    return f"The order: {has} of at least {least}"
