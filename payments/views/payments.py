"""One payment: recording it, and every move by a plain form post back to the page."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.kernel.errors import Refused
from oms.kernel.money import format_money, quantize
from orders.models import Order
from orders.policies import require_may
from payments.actions.authorize import capture_payment
from payments.actions.cod import accept_cod, collect_cod, remit_cod
from payments.actions.dispute import open_dispute, settle_dispute
from payments.actions.record import record_payment
from payments.actions.verify import reject_payment, verify_payment
from payments.actions.void import fail_payment, void_payment
from payments.forms import RecordForm
from payments.models import Payment
from payments.selectors import payment_offers


def find(request: HttpRequest, number: str) -> Payment:
    rows = Payment.objects.visible_to(request.user).select_related("order__channel")
    return get_object_or_404(rows, number=number)


@require_GET
@needs("payments.view")
def payment(request: HttpRequest, number: str) -> HttpResponse:
    row = find(request, number)
    context = {
        "payment": row, "order": row.order, "here": "payments", "offers": payment_offers(row, request.user),
        "facts": row.facts.order_by("-pk"), "parts": row.refund_parts.select_related("refund"),
    }  # fmt: skip
    return render(request, "payments/payment.html", context)


@require_http_methods(["GET", "POST"])
@needs("payments.record")
def record(request: HttpRequest, order_number: str) -> HttpResponse:
    """Record a payment of an order."""
    order = get_object_or_404(Order.objects.visible_to(request.user).select_related("channel"), number=order_number)
    due = quantize(max(order.balance_due - order.verifying_total, Decimal(0)), order.currency)
    form, status = RecordForm(request.POST or None, initial={"amount": due or None}), 200
    if request.method == "POST":
        if form.is_valid() and _record(request, order, form.cleaned_data):
            return redirect(order)
        status = 422
    return render(request, "payments/record.html", {"order": order, "form": form, "here": "payments"}, status=status)


def _record(request: HttpRequest, order: Order, data: dict[str, Any]) -> Payment | None:
    made = None
    with shown_as_message(request):
        require_may(request.user, "payment", "record")
        made = record_payment(order.number, actor=request.user, **data)
    if made:
        order.refresh_from_db()
        sum_ = format_money(made.amount, made.currency)
        waits = made.status == "verification_pending"
        messages.success(
            request, f"{made.number}: {sum_} " + ("waits for Finance to verify it." if waits else "received.")
        )
        if order.balance_due < 0:
            over = format_money(-order.balance_due, order.currency)
            messages.warning(request, f"{order.number} is overpaid by {over}. Refund it, or check the amount.")
    return made


@step_of("payments:payment", "number")
@needs("payments.verify")
def verification(request: HttpRequest, number: str) -> HttpResponse:
    """Verify or reject what somebody says has arrived."""
    row, is_there = find(request, number), request.POST.get("answer") == "verify"
    with shown_as_message(request, f"{number} is verified." if is_there else f"{number} is rejected."):
        require_may(request.user, "payment", "verify")
        if is_there:
            verify_payment(number, actor=request.user)
        else:
            reject_payment(number, reason=request.POST.get("reason", ""), actor=request.user)
    return redirect(row)


@step_of("payments:payment", "number")
@needs("payments.verify")
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """Take the money of a pending or authorised payment, or match what the courier sent."""
    row = find(request, number)
    with shown_as_message(request, f"{number} is received."):
        require_may(request.user, "payment", "verify")
        if row.method == "cod":
            reference = request.POST.get("reference", "")
            remit_cod(number, reference=reference, amount=_amount(request), actor=request.user)
        else:
            capture_payment(number, actor=request.user)
    return redirect(row)


@step_of("payments:payment", "number")
@needs("payments.verify")
def collection(request: HttpRequest, number: str) -> HttpResponse:
    """Leave the cash to the courier, then note that it has it."""
    row = find(request, number)
    is_announced = row.status == "pending"
    said = "the courier collects the cash." if is_announced else "the courier holds the cash."
    with shown_as_message(request, f"{number}: {said}"):
        require_may(request.user, "payment", "verify")
        (accept_cod if is_announced else collect_cod)(number, actor=request.user)
    return redirect(row)


@step_of("payments:payment", "number")
@needs("payments.verify")
def ending(request: HttpRequest, number: str) -> HttpResponse:
    """Void or fail a payment that brought nothing."""
    row, failed = find(request, number), request.POST.get("answer") == "fail"
    with shown_as_message(request, f"{number} failed." if failed else f"{number} is voided."):
        require_may(request.user, "payment", "void")
        (fail_payment if failed else void_payment)(number, reason=request.POST.get("reason", ""), actor=request.user)
    return redirect(row)


@step_of("payments:payment", "number")
@needs("payments.verify")
def dispute(request: HttpRequest, number: str) -> HttpResponse:
    row, answer = find(request, number), request.POST.get("answer", "")
    with shown_as_message(request, "Noted."):
        require_may(request.user, "payment", "verify")
        if answer in ("won", "lost"):
            settle_dispute(number, won=answer == "won", actor=request.user)
        else:
            open_dispute(number, reason=request.POST.get("reason", ""), actor=request.user)
    return redirect(row)


def _amount(request: HttpRequest) -> Decimal | None:
    """What was typed; nothing typed means all of it."""
    if not (text := request.POST.get("amount", "").strip()):
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise Refused("amount_unreadable", "Enter the amount as a plain number, like 1250.50.") from error
    if not amount.is_finite():
        raise Refused("amount_unreadable", "Enter the amount as a plain number, like 1250.50.")
    return amount
