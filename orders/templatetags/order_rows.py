"""The rows of the orders list, written in Python: as a template they were half of the page's time at fifty rows.

The page is measured (docs/benchmarks.md); other lists are shorter or rarer and stay templates.
"""

from collections.abc import Iterable
from html import escape

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime

from oms.kernel.money import format_money
from oms.ui.templatetags.oms_ui import brief, due, since, stage, state, tinted
from orders.models import Order

register = template.Library()


@register.simple_tag
def order_rows(rows: Iterable[Order]) -> SafeString:
    """`{% order_rows rows %}`: a `<tr>` each. Orders with channel, assignee, .stage_label .stage_tone .owner_label .is_late .edge."""
    return mark_safe("".join(map(_row, rows)))  # noqa: S308  every value is escaped below or marked safe by its tag


def _row(order: Order) -> str:
    number, channel = escape(order.number), escape(order.channel.name)
    url = escape(reverse("orders:detail", args=[order.number]))
    edge = f' data-edge="{escape(order.edge)}"' if order.edge else ""  # type: ignore[attr-defined]
    stage_word = stage(order.stage, order.stage_label, order.stage_tone)  # type: ignore[attr-defined]
    return (
        f'<tr role="row" id="order-{number}"{edge}>'
        f'<td role="cell" class="pick" data-at="pick"><label><span class="vh">Tick {number}</span>'
        f'<input type="checkbox" name="number" value="{number}"></label></td>'
        f'<td role="cell" data-at="ref"><a class="ref" href="{url}">{number}</a>'
        f'<span class="line2 narrow-only" data-keep>{channel}</span></td>'
        f'<td role="cell" class="wide-only" data-at="skip"><span class="muted">{brief(order.placed_at)}</span></td>'
        f'<td role="cell" class="give" data-at="cust"><span class="clip main">{escape(order.customer_name) or "Unnamed customer"}</span>'
        f'<span class="line2 clip">{escape(order.ship_city)}</span></td>'
        f'<td role="cell" class="wide-only" data-at="skip">{channel}</td>'
        f'<td role="cell" class="num wide-only" data-at="skip">{order.line_count}</td>'
        f'<td role="cell" class="num" data-at="total"><span class="nowrap">{escape(format_money(order.total, order.currency))}</span></td>'
        f'<td role="cell" data-at="pay">{state("payment", order.payment_status)}</td>'
        f'<td role="cell" data-at="ful">{state("fulfilment", order.fulfilment_status)}</td>'
        f'<td role="cell" class="not-mid" data-at="ready">{stage_word}{_short(order)}</td>'
        f'<td role="cell" data-at="next">{_next(order)}</td>'
        f'<td role="cell" data-at="promise">{_due(order)}</td></tr>'
    )


def _short(order: Order) -> str:
    if order.qty_backordered:
        return f'<span class="line2">Short {order.qty_backordered} of {order.qty_ordered}</span>'
    return f'<span class="line2 clip">{escape(order.hold_summary)}</span>' if order.hold_summary else ""


def _next(order: Order) -> str:
    if not order.next_text:
        return '<span class="faint">Nothing to do</span>'
    team = escape(order.owner_label)  # type: ignore[attr-defined]
    if order.claimed_by_id and order.is_claimed:
        until = f"{localtime(order.claimed_until):%H:%M}"
        whose = f'<b>{escape(order.claimed_by.display_name)}</b> until {until}<span class="team">, {team}</span>'
    elif order.assignee:
        whose = f'{escape(order.assignee.display_name)}<span class="team">, {team}</span>'
    else:
        whose = f"<b>No owner</b>, {team}"
    waits = f'<span class="line2 nowrap" data-keep>{whose} · {since(order.stage_since)}</span>'
    return f'<span class="main">{escape(order.next_text)}</span>{waits}'


def _due(order: Order) -> str:
    if not order.due_at:
        return ""
    left = tinted(due(order.due_at), "late", "late") if order.is_late else f"<span>{due(order.due_at)}</span>"  # type: ignore[attr-defined]
    return f'{left}<span class="line2">{brief(order.due_at)}</span>'
