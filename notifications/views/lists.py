"""The list of messages to customers: waiting, failed, sent."""

from notifications.filters import OutgoingFilter
from notifications.models import OutgoingMessage
from oms.ui.keyset import Sort
from oms.ui.listpage import Column, ListPage, SavedView


class OutgoingList(ListPage):
    queryset = OutgoingMessage.objects.all()
    name, nouns = "messages", ("message", "messages")
    template_name, fragment_name = "notifications/message_list.html", "notifications/_table.html"
    permission = "messages.view"
    export_permission = "orders.export"
    filterset_class = OutgoingFilter
    views = (
        SavedView("all", "All", empty="No messages yet", empty_why="Confirm an order and its customer is written to."),
        SavedView(
            "failed", "Failed", lambda rows, user: rows.failed(), tone="late", empty="Nothing failed",
            empty_why="Every message went out or is on its way.",
        ),
        SavedView("waiting", "Waiting", lambda rows, user: rows.waiting(), empty="Nothing waits"),
        SavedView("skipped", "Not sent", lambda rows, user: rows.filter(status="skipped"), empty="Everybody was written to"),
    )  # fmt: skip
    sorts = {"newest": Sort("newest first", ("-id",), back="Newer", on="Older")}
    columns = (
        Column("Order", lambda m: m.order.number),
        Column("Message", lambda m: m.get_template_key_display()),
        Column("To", lambda m: m.to),
        Column("State", lambda m: m.get_status_display()),
        Column("Sent", lambda m: m.sent_at),
        Column("Error", lambda m: m.error),
    )

    def prefetch(self, rows):
        return rows.select_related("order")
