"""The status board: the orders list's own views and filters, shown as columns."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from oms.ui.keyset import Page, Sort
from orders.board import columns
from orders.views.listing import OrderList


class OrderBoard(OrderList):
    template_name, fragment_name = "orders/board.html", "orders/_board.html"
    columns = ()  # the export is the list's

    def page(self, request: HttpRequest, parts: Any, sort: Sort, size: int) -> tuple[Page, str]:
        """No rows: the columns read their own."""
        return Page([]), ""

    def context(self, request: HttpRequest, *, part: bool) -> dict[str, Any]:
        """The list's context with the columns in place of the rows."""
        context = super().context(request, part=part)
        filters, rows = self.narrowed(request)
        return context | {
            "board": columns(rows, request.user, request.GET) if filters.form.is_valid() else [],
            "table_url": f"{reverse('orders:list')}?{request.GET.urlencode()}",
        }
