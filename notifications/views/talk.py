"""Talking with the customer from the order page: each a POST, back to the conversation with a sentence."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from notifications.actions.converse import log_contact, need_no_answer, write_to_customer
from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.kernel.db import retrying
from orders.selectors import order_or_404


@step_of("orders:detail", "number")
@needs("messages.send")
def writing(request: HttpRequest, number: str) -> HttpResponse:
    text = request.POST.get("text", "")
    return _do(
        request, number, "The message is on its way.", lambda: write_to_customer(number, text=text, actor=request.user)
    )


@step_of("orders:detail", "number")
@needs("messages.log")
def contacts(request: HttpRequest, number: str) -> HttpResponse:
    given = {name: request.POST.get(name, "") for name in ("direction", "medium", "text")}
    asks = "asks" in request.POST
    return _do(request, number, "It is kept.", lambda: log_contact(number, asks=asks, actor=request.user, **given))


@step_of("orders:detail", "number")
@needs("messages.log")
def no_answer(request: HttpRequest, number: str) -> HttpResponse:
    return _do(request, number, "Nothing is left to answer.", lambda: need_no_answer(number, actor=request.user))


def _do(request: HttpRequest, number: str, done: str, act: Callable[[], Any]) -> HttpResponse:
    order = order_or_404(number, request.user)
    with shown_as_message(request, done):
        retrying()(act)()
    return redirect(f"{order.get_absolute_url()}#conversation")
