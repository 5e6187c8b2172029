"""Are the prices those agreed with the buyer?"""

from decimal import Decimal

from oms.kernel.money import format_money
from orders.checking.facts import OrderFacts
from orders.checking.rulebook import Setting


def look(order: OrderFacts, rule: Setting) -> str | None:
    if not order.off_list:
        return None
    money = order.currency
    return "; ".join(
        f"{line['sku']} at {format_money(Decimal(line['price']), money)}, agreed {format_money(Decimal(line['agreed']), money)}"
        f" from {line['from']} on ({line['list']})"
        for line in order.off_list
    )
