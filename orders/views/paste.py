"""Paste a message, see what was read out of it, and go on to the new-order form with everything filled in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from oms.access.decorators import needs
from oms.kernel.clock import business_date
from orders.chat.known import KnownReading, read_for
from orders.chat.reading import ReadLine
from orders.forms_chat import PasteForm
from orders.models import Channel, ChannelKind
from orders.views.typed import MAX_LINES, channels_for

SURE = {"sure": ("Sure", "done"), "likely": ("Likely", ""), "unsure": ("Check", "wait"), "none": ("Not found", "late")}
WHY = {"sku": "by its SKU", "barcode": "by its barcode", "alias": "learned", "last order": "from the last order"}


@require_http_methods(["GET", "HEAD", "POST"])
@needs("orders.create")
def paste(request: HttpRequest) -> HttpResponse:
    """The empty box; after a post the reading, with a form that leads to the new order."""
    channels = channels_for(request.user)
    first = next((c for c in channels if c.kind == ChannelKind.WHATSAPP), None)
    form = PasteForm(request.POST or None, channels=channels, initial={"channel": first and first.code})
    context: dict[str, Any] = {"here": "orders", "form": form, "channels": channels}
    if request.method == "POST" and form.is_valid():
        channel = next(c for c in channels if c.code == form.cleaned_data["channel"])
        known = read_for(form.cleaned_data["text"], channel.country, request.user)
        fields = prefill(known, channel, form.cleaned_data["text"])
        context |= {"known": known, "rows": [_row(i, line) for i, line in enumerate(known.reading.lines[:MAX_LINES])],
                    "prefill": fields, "channel": channel}  # fmt: skip
    elif form.is_bound:
        form.cut()
    return render(request, "orders/paste.html", context, status=422 if form.errors else 200)


def prefill(known: KnownReading, channel: Channel, text: str) -> dict[str, str]:
    """The fields of the new-order form, lines aside, as its page names them."""
    r = known.reading
    ahead = r.wanted_on and r.wanted_on >= business_date()
    fields = {
        "terms-channel": channel.code, "terms-payment_terms": r.payment.terms, "contact-customer_name": r.customer_name,
        "contact-phone": r.phone, "contact-email": r.email, "contact-customer_note": text,
        "contact-promised_on": r.wanted_on.isoformat() if r.wanted_on and ahead else "",
        "contact-company": known.customer.company if known.customer else "",
        "ship-name": r.customer_name, "ship-line1": r.address.line1, "ship-city": r.address.city, "ship-state": r.address.state,
        "ship-postal_code": r.address.postal_code, "ship-country": r.address.country or channel.country, "ship-phone": r.phone,
    }  # fmt: skip
    for n, place in enumerate(r.elsewhere, start=2):
        fields |= {f"place-{n}-on": "1", f"place-{n}-line1": place.line1, f"place-{n}-city": place.city,
                   f"place-{n}-state": place.state, f"place-{n}-postal_code": place.postal_code,
                   f"place-{n}-country": place.country}  # fmt: skip
    if known.customer:
        fields["known_customer"] = str(known.customer.pk)
    return {name: value for name, value in fields.items() if value}


def _row(at: int, line: ReadLine) -> dict[str, Any]:
    word, tone = SURE[line.level]
    choices = [(line.sku, line.name)] if line.sku else []
    choices += [(c.sku, c.name) for c in line.candidates]
    said = line.phrase if any(c.isalpha() for c in line.phrase) else ""
    return {"at": at, "line": line, "word": word, "tone": tone, "why": WHY.get(line.why, ""), "choices": choices,
            "percent": round(line.confidence * 100), "said": said[:200]}  # fmt: skip
