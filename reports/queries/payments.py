"""Payments by method: what was received, given back and is still waiting, per method and currency."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse

from payments.models import Method, Payment
from payments.states import VOIDABLE, WITH_COURIER
from reports.queries.base import Col, Report, Row, Span

WAITING = tuple(dict.fromkeys((*VOIDABLE, *WITH_COURIER)))
RATE = F("order__book_rate")  # what the order was placed at: gains and losses since are Finance's own books
LABELS: dict[str, str] = dict(Method.choices)


def rows(user: Any, span: Span) -> list[Row]:
    zero = Sum("amount") * 0
    found = (
        Payment.objects.visible_to(user)
        .filter(received_at__gte=span.start, received_at__lt=span.end)
        .values("method", "currency", "order__book_currency")
        .annotate(
            n=Count("pk"), got=Sum("captured_amount"), back=Sum("refunded_amount"),
            net=Sum(F("captured_amount") - F("refunded_amount")),
            waits=Coalesce(Sum("amount", filter=Q(status__in=WAITING)), zero),
            book_got=Sum(F("captured_amount") * RATE), book_back=Sum(F("refunded_amount") * RATE),
            book_net=Sum((F("captured_amount") - F("refunded_amount")) * RATE),
            book_waits=Sum(F("amount") * RATE, filter=Q(status__in=WAITING)), unrated=Count("pk", filter=Q(order__book_rate__isnull=True)),
        )
        .order_by("currency", "-got", "method")
    )  # fmt: skip
    return [_row(s, span) for s in found]


def _row(s: dict[str, Any], span: Span) -> Row:
    query = {
        "view": "all",
        "method": s["method"],
        "currency": s["currency"],
        "received_from": span.first,
        "received_to": span.last,
    }
    url = f"{reverse('payments:list')}?{urlencode(query)}"
    values = (LABELS[s["method"]], s["currency"], s["n"], s["got"], s["back"], s["net"], s["waits"])
    book = {3: s["book_got"], 4: s["book_back"], 5: s["book_net"], 6: s["book_waits"]}
    return Row(values, {0: url, 2: url}, book, s["order__book_currency"], s["unrated"])


REPORT = Report(
    "payments-by-method", "Payments by method", "What came in, what went back, and what is still waiting.",
    (Col("Method"), Col("Currency"), Col("Payments", "number", True), Col("Received", "money", True), Col("Refunded", "money", True),
     Col("Net", "money", True), Col("Not received yet", "money", True)),
    rows, permission="payments.view", dated_by="recorded", currency_at=1,
)  # fmt: skip
