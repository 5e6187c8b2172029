"""The new-order form for phone, WhatsApp and counter: every button keeps what was typed; saving twice makes one order."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from inventory.models import Product
from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.kernel.clock import day_bounds, now
from oms.kernel.db import retrying
from oms.kernel.errors import Busy, Refusal, Refused
from oms.kernel.money import quantize
from orders.actions.capture import Captured, capture_orders
from orders.actions.entry import content_of, differences, keep_entry
from orders.actions.hold_at import hold_lines
from orders.actions.learn import learn_words
from orders.capture.build import source_hash
from orders.channels.draft import AddressDraft, LineDraft, OrderDraft
from orders.models import Channel, CustomerContact, Entry, Order, OrderLine
from orders.views.again import former, repeat
from orders.views.agreed import Offer, offers_for, offers_of, wanted_of
from orders.views.places import forms_of, known, unused
from orders.views.pressed import fill, press
from orders.views.stocked import Stocked, stocked_for
from orders.views.typed import Typed, blank_line, channels_for, is_blank, many, products_of, read, typed_from

FORM_OF = {
    "lines": "lines",
    "customer_name": "contact",
    "email": "contact",
    "note": "contact",
    "payment_terms": "terms",
}
# Of the session, and of the browser for the first order after signing in: who takes phone orders all day says so once.
LAST_CHANNEL = "order_channel"
REMEMBERED = 180 * 24 * 3600  # seconds
ASK_FOR_LINE = "Add at least one product."


@require_http_methods(["GET", "POST"])
@needs("orders.create")
def new(request: HttpRequest) -> HttpResponse:
    """An empty form, or the form after one of its buttons."""
    if request.method == "GET" and (key := request.GET.get("draft", "")):
        return _go_on(request, key)
    typed = read(request)
    if request.method == "GET":
        typed.raw = {"terms-channel": _usual_channel(request, typed)}
        if number := request.GET.get("repeat", ""):
            repeat(request, typed, number)
        elif pk := request.GET.get("customer", ""):
            fill(request, typed, pk)
    if request.method == "POST" and "draft" in request.POST:
        return _keep(request, typed)
    if request.method == "POST" and "save" in request.POST:
        return _save(request, typed)
    press(request, typed)
    return _page(request, typed, forms_of(typed, bound=False))


def _go_on(request: HttpRequest, key: str) -> HttpResponse:
    """A draft as it is kept; one that was placed leads to its order."""
    entry = Entry.objects.visible_to(request.user).filter(key=key[:32]).first()
    if entry is None:
        order = Order.objects.visible_to(request.user).filter(
            channel__in=channels_for(request.user), external_id=key[:32]
        )
        if placed := order.first():
            return redirect(placed)
        messages.warning(request, "That draft is gone: placed, or thrown away.")
        return redirect("orders:drafts")
    typed = typed_from({**entry.typed, "key": entry.key, "seen": str(entry.version)}, request.user)
    return _page(request, typed, forms_of(typed, bound=False))


def _keep(request: HttpRequest, typed: Typed) -> HttpResponse:
    """The form as it stands becomes a draft, or the newer state of one; an older sight of it sees both sides."""
    forms = forms_of(typed, bound=False)
    try:
        entry = retrying()(keep_entry)(typed.key, typed.raw, seen=_seen_version(typed), actor=request.user)
    except Refused as refused:
        if refused.code == "changed_meanwhile":
            return _both_sides(request, typed, forms, placing=False)
        messages.error(request, refused.message)
        return _page(request, typed, forms, status=422)
    messages.success(request, "Kept as a draft. It holds no stock until it is placed.")
    return redirect(entry)


def _seen_version(typed: Typed) -> int:
    text = typed.raw.get("seen", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _both_sides(request: HttpRequest, typed: Typed, forms: dict[str, Any], *, placing: bool) -> HttpResponse:
    """Somebody kept another one meanwhile: show both, overwrite nothing; the next press knows what it overwrites."""
    entry = Entry.objects.select_related("changed_by").get(key=typed.key)
    conflict = {"entry": entry, "placing": placing, "rows": differences(entry.typed, content_of(typed.raw))}
    typed.raw = {**typed.raw, "seen": str(entry.version)}
    return _page(request, typed, forms, status=409, conflict=conflict)


def _save(request: HttpRequest, typed: Typed) -> HttpResponse:
    typed.lines = [line for line in typed.lines if not is_blank(line)] or [blank_line()]
    forms = forms_of(typed, bound=True)
    if (
        known := Order.objects.visible_to(request.user)
        .filter(channel__in=typed.channels, external_id=typed.key)
        .first()
    ):
        return _known(request, known, same=False) if not _valid(typed, forms) else _seen(request, typed, forms, known)
    if not _valid(typed, forms):
        return _page(request, typed, forms, status=422)
    entry = Entry.objects.filter(key=typed.key).first()
    if entry and entry.version != _seen_version(typed) and content_of(typed.raw) != entry.typed:
        return _both_sides(request, typed, forms, placing=True)
    channel = next(c for c in typed.channels if c.code == forms["terms"].cleaned_data["channel"])
    draft = _draft(typed, forms, channel)
    try:
        result = retrying()(_place)(draft, channel, _held(forms), request.user)
    except Refused as refused:  # a chosen place lacks some of it: nothing is placed
        _say_where(forms, refused.reasons)
        return _page(request, typed, forms, status=422)
    except Busy as busy:
        messages.warning(request, str(busy))
        return _page(request, typed, forms, status=409)
    if result.outcome == "refused":
        _complain(forms, result.refusals)
        return _page(request, typed, forms, status=422)
    order = Order.objects.get(number=result.number)
    if result.outcome != "created":
        return _seen(request, typed, forms, order)
    Entry.objects.filter(key=typed.key).delete()  # it is an order now
    request.session[LAST_CHANNEL] = channel.code
    _learn(request, forms, order)
    messages.success(request, f"{order.number} is placed.")
    answer = redirect(order)
    answer.set_cookie(
        LAST_CHANNEL, channel.code, max_age=REMEMBERED, path=reverse("orders:new"), httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return answer


def _usual_channel(request: HttpRequest, typed: Typed) -> str:
    """The channel of the last order entered in this session or browser, if this person may still enter orders for it."""
    last = request.session.get(LAST_CHANNEL) or request.COOKIES.get(LAST_CHANNEL, "")
    return last if last in {channel.code for channel in typed.channels} else ""


@transaction.atomic
def _place(draft: OrderDraft, channel: Channel, held: dict[int, str], user: Any) -> Captured:
    """Capture the order and hold lines {position: place} where that is chosen: both or neither."""
    result = capture_orders([draft], channel=channel, actor=user)[0]
    if held and result.outcome == "created":
        lines = OrderLine.objects.filter(order__number=result.number, position__in=list(held))
        hold_lines(result.number, places={line.pk: held[line.position] for line in lines}, actor=user)
    return result


def _held(forms: dict[str, Any]) -> dict[int, str]:
    """{position of a line: place} of those to be held at one; a line's own choice goes before the order's."""
    every = forms["terms"].cleaned_data["place"]
    chosen = {n: form.cleaned_data["at"] or every for n, form in enumerate(forms["lines"], 1)}
    return {n: place for n, place in chosen.items() if place}


def _say_where(forms: dict[str, Any], refusals: tuple[Refusal, ...]) -> None:
    """Put what a place lacks beside the field that chose it."""
    for refusal in refusals:
        lines = [forms["lines"][n - 1] for n in refusal.details.get("positions", ())]
        own = [form for form in lines if form.cleaned_data["at"]]
        for form in own:
            form.add_error("at", refusal.message)
        if len(own) < len(lines) or not lines:
            forms["terms"].add_error("place", refusal.message)


def _learn(request: HttpRequest, forms: dict[str, Any], order: Order) -> None:
    """Lines of a pasted message whose product was corrected teach the reader."""
    said = ((line.cleaned_data, line.product) for line in forms["lines"])
    meant = {d["words"]: p.sku for d, p in said if d.get("words") and p and p.sku.lower() != d["read"].lower()}
    if meant:
        everybody = request.POST.get("teach_all") == "on" or order.customer is None
        with shown_as_message(request):
            learn_words(meant, customer=None if everybody else order.customer, actor=request.user)


def _seen(request: HttpRequest, typed: Typed, forms: dict[str, Any], order: Order) -> HttpResponse:
    """The same form a second time: say which order it made, and whether the second content was another."""
    code = forms["terms"].cleaned_data["channel"]
    again = _draft(typed, forms, next(c for c in typed.channels if c.code == code))
    again = replace(again, placed_at=order.placed_at)
    return _known(request, order, same=source_hash(again) == order.source_hash and order.channel.code == code)


def _known(request: HttpRequest, order: Order, *, same: bool) -> HttpResponse:
    if same:
        messages.success(request, f"{order.number} is placed.")
    else:
        text = (
            f"This form was already saved as {order.number}. What you changed since is not saved; edit the order here."
        )
        messages.warning(request, text)
    return redirect(order)


def _valid(typed: Typed, forms: dict[str, Any]) -> bool:
    """Check every form, so that every complaint shows at once."""
    places = [form for _, form in forms["places"]]
    needed = [forms["terms"], forms["contact"], forms["ship"], *places, *forms["lines"]]
    if forms["bill_differs"]:
        needed.append(forms["bill"])
    blank = len(typed.lines) == 1 and is_blank(typed.lines[0])
    bad = [form for form in needed if not form.is_valid()]
    if typed.channel is None:
        return False
    if blank:
        forms["lines"][0].errors["sku"] = forms["lines"][0].error_class([ASK_FOR_LINE])
        forms["lines"][0].errors.pop("qty", None)
        return False
    for n in unused(typed, forms["lines"]):
        form = dict(forms["places"])[n]
        form.add_error(None, f"No line goes to address {n}; send one there, or remove it.")
        bad.append(form)
    products = products_of(typed.lines)
    for line, offer in zip(forms["lines"], offers_for(typed, products), strict=True):
        line.match(products, typed.channel.currency, offer.unit_price if offer else None)
    return not bad and not any(line.errors for line in forms["lines"])


def _draft(typed: Typed, forms: dict[str, Any], channel: Channel) -> OrderDraft:
    contact, terms = forms["contact"].cleaned_data, forms["terms"].cleaned_data
    places = {str(n): form.draft() for n, form in forms["places"]}
    lines = tuple(
        LineDraft(form.product.sku, form.product.name, form.cleaned_data["qty"], form.cleaned_data["price"],
                  form.cleaned_data["discount"] or Decimal(0), ship_to=places.get(form.cleaned_data["to"]))
        for form in forms["lines"]
    )  # fmt: skip
    day = contact["promised_on"]
    return OrderDraft(
        buyer_key=typed.customer.match_key if typed.customer else "",
        external_id=typed.key, placed_at=now(), currency=channel.currency, lines=lines, customer_name=contact["customer_name"],
        email=contact["email"], phone=contact["phone"], company=contact["company"], ship_to=forms["ship"].draft(),
        bill_to=forms["bill"].draft(contact["company"]) if forms["bill_differs"] else AddressDraft(),
        shipping=terms["shipping"] or Decimal(0), payment_terms=terms["payment_terms"], customer_po=contact["customer_po"],
        note=contact["customer_note"], priority=terms["priority"], promised_at=day_bounds(day)[1] - timedelta(minutes=1) if day else None,
    )  # fmt: skip


def _complain(forms: dict[str, Any], refusals: tuple[Refusal, ...]) -> None:
    """Put what capture refused beside the field it is about."""
    names = {"unit_price": "price", "note": "customer_note"}
    for refusal in refusals:
        head, *rest = (refusal.details.get("field") or "").split(".")
        name = names.get(rest[-1] if rest else head, rest[-1] if rest else head)
        form = forms["lines"][int(rest[0])] if head == "lines" and rest else forms[FORM_OF.get(head, "contact")]
        form = form[0] if isinstance(form, list) else form
        form.add_error(name if name in form.fields else None, refusal.message)


def _page(
    request: HttpRequest, typed: Typed, forms: dict[str, Any], status: int = 200, conflict: dict[str, Any] | None = None
) -> HttpResponse:
    products = products_of(typed.lines)
    there = stocked_for(typed.channel, wanted_of(typed, products).items())
    rows, currency = [], typed.channel.currency if typed.channel else "INR"
    for form, raw, offer in zip(forms["lines"], typed.lines, offers_for(typed, products), strict=True):
        product = products.get(raw["sku"].strip()) or products.get(raw["sku"].strip().lower())
        rows.append((form, product, offer, _worth(raw, offer, currency), there.get(product.pk) if product else None))
    bill = [forms["bill"]] if forms["bill_differs"] else []
    shown = (
        forms["contact"],
        forms["ship"],
        *bill,
        *(form for _, form in forms["places"]),
        *forms["lines"],
        forms["terms"],
    )
    wrong = [form for form in shown if form.is_bound and form.errors]  # as they stand on the page
    worth = [w for *_, w, _ in rows if w is not None]
    context = forms | {
        "here": "orders", "typed": typed, "rows": rows, "currency": currency,
        "sum": sum(worth, Decimal(0)), "wrong": sum(len(f.errors) for f in wrong), "find_customer": typed.raw.get("find_customer", ""),
        "find_product": typed.raw.get("find_product", ""), "conflict": conflict, "seen": typed.raw.get("seen", ""),
        "known_places": known(typed), "contacts": _contacts(typed), "found": _found(typed), "former": former(typed, request.user),
        "cursor": _cursor(request, typed, wrong),
    }  # fmt: skip
    _put_cursor(context["cursor"], forms["contact"], wrong)
    return render(request, "orders/order_new.html", context, status=status)


def _contacts(typed: Typed) -> list[CustomerContact]:
    return list(typed.customer.contacts.in_use()[:20]) if typed.customer else []


def _found(typed: Typed) -> list[tuple[Product, Offer | None, Stocked | None]] | None:
    """What the product search found, each with the price this buyer pays and what there is of it; None: nothing was searched."""
    if typed.found_products is None:
        return None
    qty = many(typed.raw.get("find_product", ""))[0]
    wanted = [(p, qty) for p in typed.found_products]
    there = stocked_for(typed.channel, [(p.pk, n) for p, n in wanted])
    return [
        (p, offer, there.get(p.pk)) for p, offer in zip(typed.found_products, offers_of(typed, wanted), strict=True)
    ]


def _cursor(request: HttpRequest, typed: Typed, wrong: list[Any]) -> str:
    """What has the cursor: the customer's search on a first visit, of somebody not known yet what is still to be typed, the
    product's search once the customer is clear; "" where the first wrong field has it."""
    if wrong:
        return ""
    if typed.found_customers == [] and not typed.raw.get("find_customer"):
        return "phone" if typed.raw.get("contact-customer_name") else "customer_name"
    if request.method == "GET" and not typed.raw.get("contact-customer_name"):
        return "customer"
    return "product" if not typed.raw.get("find_product") else ""


def _put_cursor(cursor: str, contact: Any, wrong: list[Any]) -> None:
    at = contact.fields.get(cursor)
    if wrong:
        first = next((form for form in wrong if any(name in form.fields for name in form.errors)), None)
        at = next((first.fields[name] for name in first.fields if name in first.errors), None) if first else None
    if at is not None:
        at.widget.attrs["autofocus"] = True


def _worth(raw: dict[str, str], offer: Offer | None, currency: str) -> Decimal | None:
    """What the line comes to as typed, rounded as it will be stored; None while it cannot be said."""
    try:
        price = Decimal(raw["price"]) if raw["price"].strip() else offer.unit_price if offer else None
        worth = int(raw["qty"]) * price - Decimal(raw["discount"] or 0) if price is not None else None
        said = worth is not None and worth.is_finite() and abs(worth) < Decimal(10) ** 13
        return quantize(worth, currency) if worth is not None and said else None
    except (ValueError, ArithmeticError, TypeError):
        return None
