"""Customers, and one customer with everything they ordered."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import django_filters
from django.contrib import messages
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from oms.access.decorators import needs
from oms.kernel.clock import now
from oms.ui.keyset import Sort
from oms.ui.listpage import Column, ListPage, SavedView
from orders.customers.apart import told_apart
from orders.customers.likely import likely_same
from orders.models import Customer, CustomerMerge, Order, OrderMinimum
from orders.pricing.credit import standing
from orders.pricing.purchase_orders import SHOWN, reconciled
from orders.querysets import CustomerQuerySet
from orders.views.listing import OrderList

TERMS = ("addresses", "contacts", "price_lists", "group__price_lists")


class CustomerFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="find", label="Search")

    class Meta:
        model = Customer
        fields = ()

    def find(self, rows: CustomerQuerySet, name: str, value: str) -> CustomerQuerySet:
        return rows.search(value)


def waiting(rows: QuerySet, user: Any) -> QuerySet:
    return rows.filter(
        pk__in=Order.objects.visible_to(user).open().filter(customer__isnull=False).values("customer_id")
    )


class CustomerList(ListPage):
    queryset = Customer.objects.present()
    name, nouns = "customers", ("customer", "customers")
    template_name, fragment_name = "orders/customer_list.html", "orders/_customers.html"
    permission, export_permission = "customers.view", "orders.export"
    filterset_class = CustomerFilter
    views: ClassVar = (
        SavedView("all", "All", empty="No customers yet", empty_why="They are made with their first order."),
        SavedView("open", "With open orders", waiting, empty="Nobody waits for an order"),
    )
    sorts: ClassVar = {
        "name": Sort("A to Z", ("name", "id"), frozenset(), "Towards A", "Towards Z"),
        "newest": Sort("newest first", ("-id",), frozenset(), "Newer", "Older"),
    }
    columns = (
        Column("Name", lambda c: c.name), Column("Company", lambda c: c.company), Column("E-mail", lambda c: c.email),
        Column("Phone", lambda c: c.phone), Column("Orders", lambda c: c.order_count or 0), Column("Last order", lambda c: c.last_at),
    )  # fmt: skip

    def prefetch(self, rows: QuerySet) -> QuerySet:
        """Counts and last order of the rows shown, from what this person may see."""
        theirs = Order.objects.visible_to(self.request.user).filter(customer=OuterRef("pk")).order_by()
        counted = theirs.values("customer").annotate(n=Count("pk")).values("n")
        newest = theirs.order_by("-placed_at", "-id")
        return rows.annotate(
            order_count=Subquery(counted), open_count=Subquery(theirs.open().values("customer").annotate(n=Count("pk")).values("n")),
            last_at=Subquery(newest.values("placed_at")[:1]), last_number=Subquery(newest.values("number")[:1]),
        )  # fmt: skip

    def extra(self, rows: list[Any]) -> dict[str, Any]:
        return {"here": "customers"}


class CustomerOrders(OrderList):
    """One customer: how to reach them, and their orders as the orders list shows them."""

    template_name = "orders/customer.html"
    name = "customer-orders"
    permission = "customers.view"
    views: ClassVar = (
        SavedView("all", "All", sort="newest", empty="No orders"),
        SavedView("open", "Open", lambda rows, user: rows.open(), empty="No open orders"),
    )

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.views = type(self).views  # type: ignore[misc]  # the saved views of the orders list stay there

    def base(self, request: HttpRequest) -> QuerySet:
        return super().base(request).filter(customer=self.customer)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.can(self.permission):
            return super().get(request, *args, **kwargs)  # which refuses
        pk = kwargs["pk"]
        rows = Customer.objects.visible_to(request.user).select_related("group").prefetch_related(*TERMS)
        self.customer = rows.present().filter(pk=pk).first() if pk < 2**63 else None
        if self.customer is None:
            return self._where_they_are(request, pk)
        return super().get(request, *args, **kwargs)

    def _where_they_are(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The number of a customer who was merged leads to the one they are part of."""
        customer = Customer.objects.staying(pk, request.user)
        if customer is None:
            raise Http404
        messages.info(request, f"Customer {pk} is part of this one.")
        return redirect(customer)

    def extra(self, rows: list[Order]) -> dict[str, Any]:
        owed = F("total") - F("cancelled_total") - F("returned_total") - F("written_off_total")
        sums = self.base(self.request).values("currency").annotate(
            n=Count("pk"), worth=Sum(owed), due=Sum(owed - F("paid_total") + F("refunded_total"))
        )  # fmt: skip
        return super().extra(rows) | {  # noqa: S610  a ListPage's extra, not a QuerySet's
            "here": "customers",
            "customer": self.customer,
            "sums": list(sums.order_by("currency")),
            "credit": standing(self.customer, at=now()),
            "minimums": OrderMinimum.objects.filter(
                Q(group=self.customer.group_id) | Q(group__isnull=True)
            ).select_related("product"),
            "may_create": self.request.user.can("orders.create"),
            "may_repeat": self.request.user.can("standing.change"),
            "may_erase": self.request.user.can("customers.erase"),
            "likely": likely_same(self.customer, self.request.user),
            "apart": told_apart(self.customer, self.request.user),
            "merges": CustomerMerge.objects.filter(
                Q(kept=self.customer) | Q(kept__merged_into=self.customer)
            ).select_related("gone"),
            "may_merge": self.request.user.can("customers.merge"),
            "may_edit_cards": self.request.user.can("customers.edit"),
            "addresses": _apart(
                self.customer.addresses.all(), lambda a: (not a.is_default, not a.is_bill_to, a.label, a.pk)
            ),
            "contacts": _apart(self.customer.contacts.all(), lambda c: (c.name, c.pk)),
            "has_po": self.base(self.request).exclude(customer_po="").exists(),
        }


def _apart(cards: Iterable[Any], order: Callable[[Any], Any]) -> dict[str, list[Any]]:
    """Cards in use, the usual ones first, and retired ones."""
    rows = sorted(cards, key=order)
    return {"in_use": [c for c in rows if not c.retired_at], "retired": [c for c in rows if c.retired_at]}


@require_safe
@needs("customers.view")
def purchase_orders(request: HttpRequest, pk: int) -> HttpResponse:
    """How far each of the customer's own purchase orders got."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=min(pk, 2**63 - 1))
    rows = reconciled(Order.objects.visible_to(request.user).filter(customer=customer))
    context = {"here": "customers", "customer": customer, "rows": rows, "is_cut": len(rows) == SHOWN}
    return render(request, "orders/customer_pos.html", context)
