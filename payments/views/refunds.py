"""One refund: asking for it, approving, sending, and what became of it."""

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.kernel.money import quantize
from orders.models import Order
from orders.policies import require_may
from payments.actions.refund import (
    approve_refund,
    decline_refund,
    fail_refund,
    own_limit,
    request_refund,
    send_refund,
    succeed_refund,
)  # fmt: skip
from payments.forms import RefundForm
from payments.models import Payment, Refund
from payments.selectors import refund_offers
from payments.states import REFUNDABLE


def find(request: HttpRequest, number: str) -> Refund:
    rows = Refund.objects.visible_to(request.user).select_related("order__channel", "requested_by", "approved_by")
    return get_object_or_404(rows, number=number)


@require_GET
@needs("payments.view")
def refund(request: HttpRequest, number: str) -> HttpResponse:
    row = find(request, number)
    is_own = row.requested_by_id == request.user.pk and (bool(row.way) or row.amount > own_limit(row.currency))
    context = {
        "refund": row, "order": row.order, "here": "payments", "offers": refund_offers(row, request.user),
        "parts": row.parts.select_related("payment"), "needs_other": is_own and row.status == "requested",
    }  # fmt: skip
    return render(request, "payments/refund.html", context)


@require_http_methods(["GET", "POST"])
@needs("payments.refund")
def new(request: HttpRequest, order_number: str) -> HttpResponse:
    """Ask for a refund of an order's money."""
    order = get_object_or_404(Order.objects.visible_to(request.user).select_related("channel"), number=order_number)
    sources = [p for p in Payment.objects.filter(order=order, status__in=REFUNDABLE) if p.refundable > 0]
    room = sum((p.refundable for p in sources), Decimal(0))
    due = quantize(min(max(-order.balance_due, Decimal(0)), room), order.currency)
    form, status = RefundForm(request.POST or None, payments=sources, initial={"amount": due or None}), 200
    if request.method == "POST":
        if form.is_valid() and (made := _request(request, order, form)):
            return redirect(made)
        status = 422
    context = {"order": order, "form": form, "room": room, "sources": sources, "here": "payments"}
    return render(request, "payments/refund_form.html", context, status=status)


def _request(request: HttpRequest, order: Order, form: RefundForm) -> Refund | None:
    made, data, way = None, form.cleaned_data, form.other_way()
    next_ = "Somebody else approves it next." if way else "Finance approves it next."
    with shown_as_message(request, f"The refund is asked for. {next_}"):
        require_may(request.user, "refund", "request")
        made = request_refund(
            order.number, amount=data["amount"], reason=data["reason"], payment=data["payment"] or None,
            request_key=data["request_key"], other_way=way, actor=request.user,
        )  # fmt: skip
    return made


@step_of("payments:refund", "number")
@needs("payments.approve_refund")
def decision(request: HttpRequest, number: str) -> HttpResponse:
    row, approved = find(request, number), request.POST.get("answer") == "approve"
    with shown_as_message(request, "Approved. Send it next." if approved else "Declined."):
        require_may(request.user, "refund", "approve")
        if approved:
            approve_refund(number, actor=request.user)
        else:
            decline_refund(number, reason=request.POST.get("reason", ""), actor=request.user)
    return redirect(row)


@step_of("payments:refund", "number")
@needs("payments.approve_refund")
def sending(request: HttpRequest, number: str) -> HttpResponse:
    row = find(request, number)
    with shown_as_message(request, "Sent. Note here when it has arrived."):
        require_may(request.user, "refund", "send")
        send_refund(number, reference=request.POST.get("reference", ""), actor=request.user)
    return redirect(row)


@step_of("payments:refund", "number")
@needs("payments.approve_refund")
def outcome(request: HttpRequest, number: str) -> HttpResponse:
    row, arrived = find(request, number), request.POST.get("answer") == "arrived"
    with shown_as_message(request, "Refunded." if arrived else "Noted. The money can be refunded again."):
        require_may(request.user, "refund", "send")
        if arrived:
            succeed_refund(number, actor=request.user)
        else:
            fail_refund(number, reason=request.POST.get("reason", ""), actor=request.user)
    return redirect(row)
