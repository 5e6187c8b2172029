"""The columns of the orders list: which there are, which a person sees, in which order. The order itself always comes first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from oms.kernel.db import fetch
from oms.kernel.errors import Refused
from oms.ui.listpage import Column
from orders.exchange import plain
from orders.models import ListColumns
from orders.moves import TEAM_LABELS
from orders.stagebook import stages

KEYS = "cols"


@dataclass(frozen=True)
class ListColumn:
    """`css` is what the usual layout gives the column on narrow screens; `export` is what it is in a file."""

    key: str
    title: str
    export: tuple[Column, ...]
    css: str = ""
    sort: str = ""
    is_usual: bool = True
    reads: tuple[str, ...] = ()  # fields of the order beside those every row reads


def _plain(title: str, read: Callable[[Any], Any]) -> tuple[Column, ...]:
    return (Column(title, read),)


MONEY = (
    Column("Currency", lambda o: o.currency), Column("Total", lambda o: o.total), Column("Book currency", lambda o: o.book_currency),
    Column("Exchange rate", lambda o: "" if o.book_rate is None else plain(o.book_rate)),
    Column("Rate of", lambda o: o.book_rate_on), Column("Total in book currency", lambda o: o.book_total),
)  # fmt: skip
NUMBER = Column("Order", lambda o: o.number)
COLUMNS: dict[str, ListColumn] = {
    c.key: c
    for c in (
        ListColumn("placed", "Placed", _plain("Placed", lambda o: o.placed_at), "wide-only", "newest"),
        ListColumn(
            "customer", "Customer",
            (Column("Customer", lambda o: o.customer_name), Column("City", lambda o: o.ship_city)),
        ),
        ListColumn("channel", "Channel", _plain("Channel", lambda o: o.channel.name), "wide-only"),
        ListColumn("lines", "Lines", _plain("Lines", lambda o: o.line_count), "num wide-only"),
        ListColumn("total", "Total", MONEY, "num", "total"),
        ListColumn("payment", "Payment", _plain("Payment", lambda o: o.get_payment_status_display())),
        ListColumn("fulfilment", "Fulfilment", _plain("Fulfilment", lambda o: o.get_fulfilment_status_display())),
        ListColumn("stage", "Stage", _plain("Stage", lambda o: stages()[o.stage].label), "not-mid"),
        ListColumn(
            "next", "Next step and owner",
            (Column("Next step", lambda o: o.next_text), Column("Owner", lambda o: TEAM_LABELS.get(o.owner_team, ""))),
        ),
        ListColumn("due", "Due", _plain("Due", lambda o: o.due_at), "", "promise"),
        ListColumn("external", "Channel's id", _plain("Channel's id", lambda o: o.external_id), is_usual=False),
        ListColumn("units", "Units", _plain("Units", lambda o: o.qty_ordered), "num", is_usual=False),
        ListColumn("phone", "Phone", _plain("Phone", lambda o: o.phone), is_usual=False, reads=("phone",)),
        ListColumn(
            "promised", "Promised", _plain("Promised", lambda o: o.promised_at), is_usual=False, reads=("promised_at",)
        ),
        ListColumn("tags", "Tags", _plain("Tags", lambda o: ", ".join(o.tags)), is_usual=False, reads=("tags",)),
        ListColumn("held", "Holds", _plain("Holds", lambda o: o.hold_summary), is_usual=False),
    )
}  # fmt: skip
USUAL = tuple(key for key, column in COLUMNS.items() if column.is_usual)


def known(keys: Sequence[str]) -> tuple[str, ...]:
    """`keys` without what is no column, each once, in their order."""
    return tuple(dict.fromkeys(key for key in keys if key in COLUMNS))


def columns_of(user: Any, asked: str = "") -> tuple[str, ...]:
    """The columns on screen: those `asked` for ("total,due", from the address or a saved view), else the person's, else the usual."""
    if given := known(asked.split(",")):
        return given
    kept = fetch("SELECT keys FROM orders_listcolumns WHERE user_id = %s::bigint", [user.pk])
    return known(kept[0][0] if kept else ()) or USUAL


def choose_columns(user: Any, keys: Sequence[str]) -> tuple[str, ...]:
    """Keep `keys` as the person's columns; the usual ones in their usual order are kept as no choice at all.

    Refuses to leave no column beside the order's number.
    """
    chosen = known(keys)
    if not chosen:
        raise Refused("no_columns", "Tick at least one column.")
    if chosen == USUAL:
        ListColumns.objects.filter(user=user).delete()
    else:
        ListColumns.objects.update_or_create(user=user, defaults={"keys": list(chosen)})
    return chosen
