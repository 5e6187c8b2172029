"""Make what an order lacks: the assembly its page proposes, planned with one press."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html

from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.kernel.db import retrying
from oms.kernel.errors import Refused
from orders.actions.make import make_for_order
from orders.selectors import order_or_404


class MakeForm(forms.Form):
    sku = forms.CharField(max_length=80)
    qty = forms.IntegerField(min_value=1, max_value=1_000_000)


@step_of("orders:detail", "number")
@needs("inventory.adjust")
def assembly(request: HttpRequest, number: str) -> HttpResponse:
    order = order_or_404(number, request.user)
    form = MakeForm(request.POST)
    with shown_as_message(request):
        if not form.is_valid():
            raise Refused("proposal_unreadable", "That is no proposal of this page. Look again.")
        given = form.cleaned_data
        made = retrying()(make_for_order)(number, sku=given["sku"], qty=given["qty"], actor=request.user)
        said = format_html(
            '{} × {} planned as <a href="{}">{}</a>; {} gets its day.', made.qty, given["sku"], made.get_absolute_url(),
            made.number, number,
        )  # fmt: skip
        messages.success(request, said)
    return redirect(order)
