"""The lists of payments and refunds: Finance's queues as tabs, search, filters, export."""

from oms.ui.keyset import Sort
from oms.ui.listpage import Column, ListPage, SavedView
from payments.filters import PaymentFilter, RefundFilter
from payments.models import Payment, Refund


class PaymentList(ListPage):
    queryset = Payment.objects.all()
    name, nouns = "payments", ("payment", "payments")
    template_name, fragment_name = "payments/payment_list.html", "payments/_payments.html"
    permission = "payments.view"
    export_permission = "orders.export"
    filterset_class = PaymentFilter
    views = (
        SavedView(
            "to-verify", "To verify", lambda rows, user: rows.to_verify(), tone="late", empty="Nothing to verify",
            empty_why="Every reference was looked up.",
        ),
        SavedView("cod", "COD with couriers", lambda rows, user: rows.with_couriers(), empty="No cash is outstanding"),
        SavedView("disputed", "Disputed", lambda rows, user: rows.disputed(), tone="late", empty="Nothing is disputed"),
        SavedView("all", "All", sort="newest", empty="No payments yet", empty_why="Record one from an order."),
    )  # fmt: skip
    sorts = {
        "oldest": Sort("oldest first", ("received_at",), back="Older", on="Newer"),
        "newest": Sort("newest first", ("-received_at",), back="Newer", on="Older"),
    }
    columns = (
        Column("Payment", lambda p: p.number),
        Column("Order", lambda p: p.order.number),
        Column("Customer", lambda p: p.order.customer_name),
        Column("Method", lambda p: p.get_method_display()),
        Column("State", lambda p: p.get_status_display()),
        Column("Amount", lambda p: p.amount),
        Column("Received", lambda p: p.captured_amount),
        Column("Refunded", lambda p: p.refunded_amount),
        Column("Currency", lambda p: p.currency),
        Column("Reference", lambda p: p.reference),
        Column("At", lambda p: p.received_at),
    )

    def prefetch(self, rows):
        return rows.select_related("order__channel")


class RefundList(ListPage):
    queryset = Refund.objects.all()
    name, nouns = "refunds", ("refund", "refunds")
    template_name, fragment_name = "payments/refund_list.html", "payments/_refunds.html"
    permission = "payments.view"
    export_permission = "orders.export"
    filterset_class = RefundFilter
    views = (
        SavedView(
            "to-approve", "To approve", lambda rows, user: rows.to_approve(), tone="late", empty="No refund to approve",
            empty_why="Every request has its answer.",
        ),
        SavedView("to-send", "To send", lambda rows, user: rows.to_send(), tone="late", empty="No refund to send"),
        SavedView("sent", "On their way", lambda rows, user: rows.on_their_way(), empty="No refund is on its way"),
        SavedView("all", "All", sort="newest", empty="No refunds yet", empty_why="Ask for one from an order."),
    )  # fmt: skip
    sorts = {
        "oldest": Sort("longest waiting first", ("requested_at",), back="Longer", on="Shorter"),
        "newest": Sort("newest first", ("-requested_at",), back="Newer", on="Older"),
    }
    columns = (
        Column("Refund", lambda r: r.number),
        Column("Order", lambda r: r.order.number),
        Column("Customer", lambda r: r.order.customer_name),
        Column("State", lambda r: r.get_status_display()),
        Column("Amount", lambda r: r.amount),
        Column("Currency", lambda r: r.currency),
        Column("Reason", lambda r: r.reason),
        Column("Another way", lambda r: r.get_way_display()),
        Column("To", lambda r: r.way_to),
        Column("Why another way", lambda r: r.way_reason),
        Column("Asked by", lambda r: r.requested_by_name),
        Column("Asked", lambda r: r.requested_at),
        Column("Reference", lambda r: r.reference),
    )

    def prefetch(self, rows):
        return rows.select_related("order__channel")
