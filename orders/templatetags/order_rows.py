"""The rows of the orders list, written in Python: as a template they were half of the page's time at fifty rows.

The page is measured (docs/benchmarks.md); other lists are shorter or rarer and stay templates.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from html import escape
from operator import attrgetter
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime

from oms.kernel.clock import business_date, now
from oms.kernel.money import format_money
from oms.ui.kept import Kept
from oms.ui.templatetags.oms_ui import brief, due, since, stage, state, tinted
from oms.ui.words import duration
from orders.columns import COLUMNS, USUAL
from orders.models import Order

register = template.Library()
# Class of the cell, its place on a phone's card ("skip": not there), and what it says.
Cell = tuple[str, str, Callable[[Order], str]]


# All that a row says besides the time and what a chosen column reads.
SAID = attrgetter(
    "number", "external_id", "edge", "placed_at", "customer_name", "ship_city", "address_count", "channel_name", "line_count",
    "total", "currency", "book_total", "book_currency",
    "payment_status", "fulfilment_status", "stage", "stage_label", "stage_tone", "qty_backordered", "qty_ordered",
    "hold_summary", "next_text", "owner_label", "assignee_name", "claimer_name", "claimed_until", "is_claimed",
    "stage_since", "due_at", "is_late",
)  # fmt: skip
_drawn = Kept(2048)


@register.simple_tag
def order_rows(rows: Iterable[Order], keys: Sequence[str] = USUAL) -> SafeString:
    """`{% order_rows rows keys %}`: a `<tr>` each. Orders with .channel_name .assignee_name .claimer_name .owner_label
    .stage_label .stage_tone .is_late .edge. Open lists are drawn anew at every change, and most rows say what they said before.
    """
    keys, today = tuple(keys), business_date()
    too = [name for key in keys for name in COLUMNS[key].reads]
    return mark_safe("".join(_kept(order, keys, too, today) for order in rows))  # noqa: S308  every value is escaped or marked by its tag


def _kept(order: Order, keys: tuple[str, ...], too: list[str], today: date) -> SafeString:
    times = today, duration(now() - order.stage_since), due(order.due_at)
    said = SAID(order), keys, times, *(_firm(getattr(order, name)) for name in too)
    return _drawn.piece(said, lambda: mark_safe(_row(order, [CELLS[key] for key in keys], keys == USUAL)))  # noqa: S308  as above


def _firm(value: Any) -> Any:
    """A value that can be looked up."""
    return tuple(value) if isinstance(value, list) else value


def _row(order: Order, cells: Sequence[Cell], usual: bool) -> str:
    number = escape(order.number)
    url = escape(order.get_absolute_url())
    edge = f' data-edge="{escape(order.edge)}"' if order.edge else ""  # type: ignore[attr-defined]
    channel = f'<span class="line2 narrow-only" data-keep>{escape(order.channel_name)}</span>' if usual else ""  # type: ignore[attr-defined]
    return (
        f'<tr role="row" id="order-{number}"{edge}>'
        f'<td role="cell" class="pick" data-at="pick"><label><span class="vh">Tick {number}</span>'
        f'<input type="checkbox" name="number" value="{number}"></label></td>'
        f'<td role="cell" data-at="ref"><a class="ref" href="{url}">{number}</a>{channel}</td>'
        + "".join(_cell(cell, order, usual) for cell in cells)
        + "</tr>"
    )


def _cell(cell: Cell, order: Order, usual: bool) -> str:
    """What a person chose is there on every width; only the usual layout gives columns up by itself."""
    css, at, draw = cell
    css = css if usual else css.replace("wide-only", "").replace("not-mid", "").strip()
    named = f' class="{css}"' if css else ""
    return f'<td role="cell"{named} data-at="{at}">{draw(order)}</td>'


def _customer(order: Order) -> str:
    name = escape(order.customer_name) or "Unnamed customer"
    more = f" + {order.address_count - 1}" if order.address_count > 1 else ""
    return f'<span class="clip main">{name}</span><span class="line2 clip">{escape(order.ship_city)}{more}</span>'


def _total(order: Order) -> str:
    """The total, and in another currency than the books' what it is worth in theirs, which the sort goes by."""
    total = f'<span class="nowrap">{escape(format_money(order.total, order.currency))}</span>'
    if order.currency == order.book_currency:
        return total
    known = order.book_total is not None
    told = f"≈ {escape(format_money(order.book_total, order.book_currency))}" if known else "no rate"
    return f'{total}<span class="line2 nowrap">{told}</span>'


def _stage(order: Order) -> str:
    return stage(order.stage, order.stage_label, order.stage_tone) + _short(order)  # type: ignore[attr-defined]


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
        whose = f'<b>{escape(order.claimer_name)}</b> until {until}<span class="team">, {team}</span>'
    elif order.assignee_id:
        whose = f'{escape(order.assignee_name)}<span class="team">, {team}</span>'
    else:
        whose = f"<b>No owner</b>, {team}"
    waits = f'<span class="line2 nowrap" data-keep>{whose} · {since(order.stage_since)}</span>'
    return f'<span class="main">{escape(order.next_text)}</span>{waits}'


def _due(order: Order) -> str:
    if not order.due_at:
        return ""
    left = tinted(due(order.due_at), "late", "late") if order.is_late else f"<span>{due(order.due_at)}</span>"  # type: ignore[attr-defined]
    return f'{left}<span class="line2">{brief(order.due_at)}</span>'


CELLS: dict[str, Cell] = {
    "placed": ("wide-only", "skip", lambda o: f'<span class="muted">{brief(o.placed_at)}</span>'),
    "customer": ("give", "cust", _customer),
    "channel": ("wide-only", "skip", lambda o: escape(o.channel_name)),
    "lines": ("num wide-only", "skip", lambda o: str(o.line_count)),
    "total": ("num", "total", _total),
    "payment": ("", "pay", lambda o: state("payment", o.payment_status)),
    "fulfilment": ("", "ful", lambda o: state("fulfilment", o.fulfilment_status)),
    "stage": ("not-mid", "ready", _stage),
    "next": ("", "next", _next),
    "due": ("", "promise", _due),
    "external": ("", "skip", lambda o: escape(o.external_id)),
    "units": ("num", "skip", lambda o: str(o.qty_ordered)),
    "phone": ("", "skip", lambda o: f'<span class="nowrap">{escape(o.phone)}</span>'),
    "promised": ("", "skip", lambda o: brief(o.promised_at) if o.promised_at else ""),
    "tags": ("", "skip", lambda o: " ".join(f'<span class="tag">{escape(tag)}</span>' for tag in o.tags)),
    "held": ("", "skip", lambda o: f'<span class="clip">{escape(o.hold_summary)}</span>'),
}
