"""What suppliers send to customers: the list of it, the page of one piece, and its steps."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from fulfilment import selectors
from fulfilment.actions.supplier.answer import supplier_confirms, supplier_refuses
from fulfilment.actions.supplier.ship import supplier_ships
from fulfilment.actions.supplier.stop import ask_to_stop, supplier_goes_on, supplier_stops
from fulfilment.actions.supplier.tell import order_again, send_to_supplier
from fulfilment.filters import WorkFilter
from fulfilment.models import Carrier, FulfilmentOrder
from fulfilment.supplier_answer import answer
from fulfilment.views.steps import elsewhere, whole
from inventory.decisions import why_here
from inventory.purchasing import total
from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.kernel.clock import now
from oms.kernel.db import retrying
from oms.kernel.errors import Refusal, Refused
from oms.kernel.plural import plural
from oms.ui.keyset import Sort
from oms.ui.listpage import ListPage, SavedView
from orders.policies import may_move, require_may
from orders.rules import no_blocking_hold, payment_gate_met


class SupplierWork(ListPage):
    """Work that suppliers have, the soonest first."""

    queryset = FulfilmentOrder.objects.filter(status="with_supplier")
    name, nouns = "supplier work", ("order", "orders")
    template_name, fragment_name = "fulfilment/supplier_list.html", "fulfilment/_supplier_list.html"
    permission = "fulfilment.view"
    filterset_class = WorkFilter
    views = (
        SavedView("all", "All", empty="No supplier has anything to send",
                  empty_why="An order appears here when it is confirmed and a supplier sends some of it."),
        SavedView("send", "To send", lambda rows, user: rows.filter(purchase__status="draft", order__status="processing"),
                  empty="Every released order is with its supplier", empty_why="A released order waits here until it is sent."),
        SavedView("late", "Overdue", lambda rows, user: rows.told().filter(due_at__lt=now()), tone="late",
                  empty="No supplier is late", empty_why="What should have left a supplier and did not appears here."),
        SavedView("answer", "To be answered", lambda rows, user: rows.filter(Q(stop_asked_at__isnull=False) | Q(purchase=None)),
                  empty="No supplier owes an answer", empty_why="A supplier asked to stop appears here until they answer."),
        SavedView("ship", "To ship", lambda rows, user: rows.told(), empty="Nothing waits for a parcel"),
    )  # fmt: skip
    sorts = {
        "urgent": Sort("soonest first", ("due_at", "created_at"), frozenset({"due_at"}), "Sooner", "Later"),
        "oldest": Sort("longest waiting first", ("created_at",), back="Older", on="Newer"),
    }

    def prefetch(self, rows):
        return selectors.with_units(rows.select_related("order__channel", "location", "ship_to", "purchase"))

    def context(self, request, *, part):
        return super().context(request, part=part) | {"here": "purchases"}


def page(request: HttpRequest, fo: FulfilmentOrder) -> HttpResponse:
    """The page of work that a supplier has."""
    lines = list(fo.lines.select_related("product", "line", "purchase_line").filter(qty__gt=0))
    bought = [row.purchase_line for row in lines if row.purchase_line]
    sum_ = total(bought)
    closed = [r for r in (no_blocking_hold(fo.order), payment_gate_met(fo.order)) if r]
    if fo.order.status == "confirmed":
        closed.append(Refusal("not_released", f"{fo.order.number} is not released yet. Release it first."))
    context = {
        "fo": fo, "here": "purchases", "lines": lines, "answer": answer(fo), "refused": closed, "total": sum_,
        "why": why_here(fo.order.number, dict(fo.order.lines.values_list("product_id", "sku"))),
        "carriers": Carrier.objects.filter(is_active=True),
        "may": not may_move(request.user, "fulfilment", "supplier"),
        "may_stop": not may_move(request.user, "fulfilment", "stop_supplier"),
        "below_minimum": fo.purchase is not None and sum_ < fo.purchase.supplier.minimum,
    }  # fmt: skip
    return render(request, "fulfilment/supplier.html", context)


@step_of("fulfilment:work", "number")
@needs("fulfilment.view")
def step(request: HttpRequest, number: str) -> HttpResponse:
    """Make one step with the supplier and come back to the page, or go on to the parcel that was made."""
    name = request.POST.get("step", "")
    with shown_as_message(request):
        if name not in STEPS:
            raise Refused("step_unknown", "Use one of the buttons on the page.")
        require_may(request.user, "fulfilment", "stop_supplier" if name == "stop" else "supplier")
        if not FulfilmentOrder.objects.visible_to(request.user).filter(number=number).exists():
            raise Refused("work_not_found", f"There is no fulfilment order {number}.")
        messages.success(request, retrying()(STEPS[name])(number, request.POST, request.user))
    return redirect("fulfilment:work", number)


Given = Mapping[str, str]


def _send(number: str, given: Given, who: Any) -> str:
    fo = send_to_supplier(number, actor=who)
    return f"{fo.purchase.number if fo.purchase else number} goes to {fo.location.name}."


def _again(number: str, given: Given, who: Any) -> str:
    fo = order_again(number, actor=who)
    return f"{fo.purchase.number if fo.purchase else number} is drafted. Look it over, then send it."


def _confirm(number: str, given: Given, who: Any) -> str:
    supplier_confirms(number, on=_day(given.get("on", "")), reference=given.get("reference", ""), actor=who)
    return "The day is noted."


def _refuse(number: str, given: Given, who: Any) -> str:
    got = supplier_refuses(
        number, reason=given.get("reason", ""), quantities=_units(given), none_left="none_left" in given, actor=who
    )
    return f"Noted. {elsewhere(got)}"


def _ship(number: str, given: Given, who: Any) -> str:
    sent = supplier_ships(
        number, carrier=given.get("carrier", ""), tracking_number=given.get("tracking_number", ""),
        quantities=_units(given), actor=who,
    )  # fmt: skip
    units = sum(row.qty for row in sent.lines.all())
    return f"{sent.number} is on its way with {plural(units, 'unit')}; the customer is told."


def _stop(number: str, given: Given, who: Any) -> str:
    fo = ask_to_stop(number, reason=given.get("reason", ""), actor=who)
    return f"{fo.location.name} is asked to stop. Note what they answer."


def _stopped(number: str, given: Given, who: Any) -> str:
    supplier_stops(number, actor=who)
    return "They do not send it. Cancel the units on the order, or order them again."


def _goes_on(number: str, given: Given, who: Any) -> str:
    supplier_goes_on(number, reason=given.get("reason", ""), actor=who)
    return "It goes out as ordered."


STEPS: dict[str, Callable[[str, Given, Any], str]] = {
    "send": _send, "again": _again, "confirm": _confirm, "refuse": _refuse, "ship": _ship, "stop": _stop,
    "stopped": _stopped, "goes-on": _goes_on,
}  # fmt: skip


def _units(given: Given) -> dict[str, int]:
    """{SKU: units} of the fields named qty-SKU; a SKU on two lines of the order has one field."""
    return {name.removeprefix("qty-"): whole(given[name]) for name in given if name.startswith("qty-")}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refused("day_unreadable", "Enter the day it leaves them, such as 2026-12-03.") from error
