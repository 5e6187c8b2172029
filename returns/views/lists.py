"""The list of returns: queues as tabs, search, filters, export."""

from django.db.models import Sum

from oms.ui.keyset import Sort
from oms.ui.listpage import Column, ListPage, SavedView
from returns.filters import ReturnFilter
from returns.models import Return
from returns.selectors import answer


class ReturnList(ListPage):
    queryset = Return.objects.all()
    name, nouns = "returns", ("return", "returns")
    template_name, fragment_name = "returns/return_list.html", "returns/_table.html"
    permission = "returns.view"
    export_permission = "orders.export"
    filterset_class = ReturnFilter
    views = (
        SavedView("open", "Open", lambda rows, user: rows.open(), empty="No open returns", empty_why="Nothing is on its way back."),
        SavedView(
            "to-decide", "To decide", lambda rows, user: rows.to_decide(), tone="late", empty="Nothing to decide",
            empty_why="Every request has its answer.",
        ),
        SavedView(
            "waiting", "Waiting for parcel", lambda rows, user: rows.waiting_for_parcel(), empty="No parcel is expected",
        ),
        SavedView("to-inspect", "To inspect", lambda rows, user: rows.to_inspect(), tone="late", empty="None to inspect"),
        SavedView("to-settle", "To settle", lambda rows, user: rows.to_settle(), tone="late", empty="None to settle"),
        SavedView("all", "All", sort="newest", empty="No returns yet", empty_why="Start one from a delivered order."),
    )  # fmt: skip
    sorts = {
        "oldest": Sort("longest waiting first", ("status_since",), back="Longer", on="Shorter"),
        "newest": Sort("newest first", ("-requested_at",), back="Newer", on="Older"),
    }
    columns = (
        Column("Return", lambda r: r.number),
        Column("Order", lambda r: r.order.number),
        Column("Customer", lambda r: r.order.customer_name),
        Column("Kind", lambda r: r.get_type_display()),
        Column("State", lambda r: r.get_status_display()),
        Column("Reason", lambda r: r.reason.label),
        Column("Units", lambda r: r.units),
        Column("Refund", lambda r: r.refund_total),
        Column("Currency", lambda r: r.order.currency),
        Column("Asked", lambda r: r.requested_at),
        Column("Since", lambda r: r.status_since),
    )

    def prefetch(self, rows):
        return rows.select_related("order__channel", "reason").annotate(units=Sum("lines__qty"))

    def extra(self, rows):
        for rma in rows:
            rma.answer = answer(rma)
        return {}
