"""Make an amendment true: the one function that both the preview and the real application run."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from inventory.actions.reserve import reserve_orders
from inventory.kits import components, held_places, with_parts
from inventory.ledger import lock_levels
from inventory.models import Allocation, Backorder, Occasion
from inventory.routing.plan import Demand
from oms.access.models import User
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders.actions._readdress import correct_places, send_units
from orders.actions._take_off import take_units_off
from orders.actions.progress import add_search_terms, report_quantities, report_value
from orders.amending import rules
from orders.amending.change import Wanted, wanted
from orders.amending.terms import Terms, cancelled_part, changed, new_terms, tax_of_fee
from orders.capture.catalogue import locations_for
from orders.exchange import value
from orders.finding import search_terms
from orders.locks import lines_of
from orders.models import Amendment, Order, OrderLine
from orders.sending import demands_of
from orders.states import OrderStatus

SAME_RATE = Decimal("0.0005")  # shares of tax closer than this differ by rounding only


def carry_out(order: Order, amendment: Amendment, *, actor: Any) -> None:
    """Change the locked order as the document says: units, prices, stock, head. Raises Refused with every obstacle.

    The caller publishes and brings checks and money up to date.
    """
    want, lines = wanted(amendment), {line.pk: line for line in lines_of(order)}
    if closed := rules.refusals(order, lines, want):
        raise Refused.because(closed)
    live = {pk: line.qty_ordered - line.qty_cancelled for pk, line in lines.items()}
    less = {pk: live[pk] - qty for pk, qty in want.qty.items() if qty < live[pk]}
    more = {pk: qty - live[pk] for pk, qty in want.qty.items() if qty > live[pk]}
    _lock_stock(order, lines, less, more, want)
    if less:
        take_units_off(order, less, event="orders.units_withdrawn", actor=actor, reason=amendment.reason)
    tax_share = _tax_share(list(lines.values()))  # of the lines as they were
    _reprice(order, want, more)
    more |= _add_lines(order, amendment, want, tax_share)
    send_units(order, want.sent, amendment)
    correct_places(order, want.places)
    _set_head(order, amendment, want, actor)
    _add_units(order, more)
    order.refresh_from_db()


def _lock_stock(
    order: Order, lines: Mapping[int, OrderLine], less: Mapping[int, int], more: Mapping[int, int], want: Wanted
) -> None:
    # Every level that freeing and claiming may touch, in one order: two amendments can then never wait crosswise.
    places = held_places(Allocation.objects.filter(order_number=order.number, line_id__in=list(less)))
    asked = [Demand(-n, pk, 1) for n, row in enumerate(want.added) if (pk := row.product_id)]  # lines that are to come
    asked += [Demand(line_id, pk, 1) for line_id in more if (pk := lines[line_id].product_id)]
    products = components(with_parts(asked))
    if products:
        places |= {(pk, place) for pk in products for place in locations_for(order.channel)}
    lock_levels(places)


def _reprice(order: Order, want: Wanted, more: Mapping[int, int]) -> None:
    """Give touched lines their new frozen money; what was cancelled of them is worth its share of the new amount."""
    touched = {*want.price, *want.discount, *more}
    cancelled = Decimal(0)
    for line in lines_of(order):
        if line.pk not in touched:
            continue
        before = cancelled_part(line.total, line.qty_cancelled, line.qty_ordered, order.currency)
        units = line.qty_ordered + more.get(line.pk, 0)
        old = Terms(line.qty_ordered, line.unit_price, line.discount, line.tax, line.tax_rate)
        price, discount = want.price.get(line.pk), want.discount.get(line.pk)
        _write(order, line, changed(old, currency=order.currency, qty=units, unit_price=price, discount=discount))
        cancelled += cancelled_part(line.total, line.qty_cancelled, units, order.currency) - before
    if cancelled:
        report_value(order, cancelled=cancelled)


def _write(order: Order, line: OrderLine, terms: Terms) -> None:
    line.unit_price, line.discount, line.tax = terms.unit_price, terms.discount, terms.tax
    line.total = terms.total(tax_included=order.tax_included, currency=order.currency)
    line.save(update_fields=["unit_price", "discount", "tax", "total"])


def _add_lines(order: Order, amendment: Amendment, want: Wanted, tax_share: Decimal) -> dict[int, int]:
    """Store the added lines without units; returns the units that each is to get."""
    if not want.added:
        return {}
    position, units = max((line.position for line in lines_of(order)), default=0), {}
    for row in want.added:
        position += 1
        assert row.product is not None
        assert row.qty is not None
        assert row.amount is not None
        terms = new_terms(row.qty, row.amount, row.discount, tax_share, order.currency)
        line = OrderLine(
            order=order, position=position, product=row.product, sku=row.product.sku, name=row.product.name,
            unit_price=terms.unit_price, discount=terms.discount, tax=terms.tax, qty_ordered=0, amendment=amendment,
            total=terms.total(tax_included=order.tax_included, currency=order.currency),
        )  # fmt: skip
        line.save()
        units[line.pk] = row.qty
    return units


def _tax_share(lines: list[OrderLine]) -> Decimal:
    """The one share of tax that every line of the order has; zero when they differ, and the preview shows it."""
    shares = [Terms(x.qty_ordered, x.unit_price, x.discount, x.tax, x.tax_rate) for x in lines]
    known = [terms.tax_share for terms in shares if terms.net]
    if not known or max(known) - min(known) > SAME_RATE:
        return Decimal(0)
    return max(known)


def _set_head(order: Order, amendment: Amendment, want: Wanted, actor: Any) -> None:
    """Shipping, address, promise and the sums; the edit history remembers who and why."""
    lines = lines_of(order)
    if want.shipping is not None:
        order.shipping_tax = tax_of_fee(want.shipping, order.shipping_total, order.shipping_tax, order.currency)
        order.shipping_total = want.shipping
    if want.address:
        order.ship_to = want.address
        order.ship_city, order.ship_country = want.address.get("city", "")[:100], want.address.get("country", "")[:2]
    if want.moment:
        order.promised_at = want.moment
    order.discount_total = sum((x.discount for x in lines), Decimal(0))
    order.tax_total = sum((x.tax for x in lines), order.shipping_tax)
    parts = order.shipping_total + order.adjustment_total + (Decimal(0) if order.tax_included else order.shipping_tax)
    order.total = sum((x.total for x in lines), parts)
    value(order)
    order._change_reason = f"{amendment.number}: {amendment.reason}"[:100]  # type: ignore[attr-defined]  # simple-history
    if isinstance(actor, User):
        order._history_user = actor  # type: ignore[attr-defined]
    order.save(update_fields=[
        "shipping_total", "shipping_tax", "ship_to", "ship_city", "ship_country", "promised_at", "discount_total",
        "tax_total", "total", "book_total", "updated_at",
    ])  # fmt: skip
    terms = (order.ship_to.get("postal_code", ""), *(row.product.sku for row in want.added if row.product))
    add_search_terms(order, search_terms(*terms, phones=(order.ship_to.get("phone", ""),)))


def _add_units(order: Order, more: Mapping[int, int]) -> None:
    """Order `more` {line id: units} and promise stock to them; what nobody has waits, with what waited already."""
    lines = {line.pk: line for line in lines_of(order) if line.pk in more}
    stocked = {pk for pk, line in lines.items() if line.product_id and not line.is_channel_fulfilled}
    deltas: dict[int, dict[str, int]] = {pk: {"ordered": qty} for pk, qty in more.items()}
    if stocked:
        # The queue has one place per line: waiting units are asked for again together with the new ones.
        queued = {q.line_id: q for q in Backorder.objects.filter(order_number=order.number, line_id__in=stocked)}
        Backorder.objects.filter(pk__in=[q.pk for q in queued.values()]).delete()
        waited = {pk: queued[pk].qty if pk in queued else 0 for pk in stocked}
        demands = tuple(Demand(pk, lines[pk].product_id or 0, more[pk] + waited[pk]) for pk in sorted(stocked))
        kind, counter = ("soft", "reserved") if order.status == OrderStatus.NEW else ("hard", "allocated")
        wanted_stock = demands_of(order, demands)
        got = reserve_orders(wanted_stock, kind=kind, expires_at=_expiry(order, kind), occasion=Occasion.CHANGED)[
            order.number
        ]
        for pk, old in queued.items():
            Backorder.objects.filter(line_id=pk).update(created_at=old.created_at)
        for pk in stocked:
            deltas[pk] |= {counter: got.held.get(pk, 0), "backordered": got.short.get(pk, 0) - waited[pk]}
    report_quantities(order, deltas)


def _expiry(order: Order, kind: str) -> datetime | None:
    return now() + timedelta(hours=order.channel.reservation_hours) if kind == "soft" else None
