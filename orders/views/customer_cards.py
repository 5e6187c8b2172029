"""Addresses and contacts of a customer: add one, change one, retire one and take it up again; and the past of it all."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.kernel.db import retrying
from oms.kernel.errors import Busy, Refused
from orders.actions.customer_keep import add_card, change_card
from orders.actions.customer_retire import retire_card, take_up_card
from orders.customers.cards import ADDRESS, CardKind
from orders.customers.past import changes_of
from orders.edits import words
from orders.forms_customer import PARTS, CustomerAddressForm, CustomerContactForm, country_of
from orders.models import Customer
from orders.models.customer import CustomerCard

FORMS = {"address": CustomerAddressForm, "contact": CustomerContactForm}


@require_http_methods(["GET", "POST"])
@needs("customers.edit")
def new(request: HttpRequest, pk: int, kind: CardKind) -> HttpResponse:
    customer = find_customer(request, pk)
    form = _form(kind, customer, request.POST if request.method == "POST" else None)
    said = ""
    if request.method == "POST" and form.is_valid():
        try:
            retrying()(add_card)(kind, customer.pk, form.cleaned_data, actor=request.user)
            messages.success(request, f"The {kind.noun} is kept.")
            return redirect(customer)
        except (Refused, Busy) as refused:
            said = str(refused)
    status = 409 if said else 422 if form.errors else 200
    return _page(request, kind, customer, form, said=said, status=status)


@require_http_methods(["GET", "POST"])
@needs("customers.edit")
def change(request: HttpRequest, pk: int, card_pk: int, kind: CardKind) -> HttpResponse:
    """The card to be changed; saved by somebody else meanwhile, both sides stand side by side and nothing is overwritten."""
    customer = find_customer(request, pk)
    card = _card(kind, customer, card_pk)
    if request.method == "GET":
        return _page(request, kind, customer, _form(kind, customer, None, card), card=card)
    form = _form(kind, customer, request.POST, card)
    if not form.is_valid():
        return _page(request, kind, customer, form, card=card, seen=_seen(request), status=422)
    try:
        retrying()(change_card)(
            kind, customer.pk, card.pk, form.cleaned_data, seen=_seen(request), actor=request.user
        )  # fmt: skip
    except (Refused, Busy) as refused:
        card.refresh_from_db()
        is_stale = isinstance(refused, Refused) and refused.code == "stale"
        crossed = _crossed(kind, card, form) if is_stale else []
        seen = card.version if is_stale else _seen(request)
        return _page(
            request, kind, customer, form, card=card, seen=seen, said=str(refused), crossed=crossed, status=409
        )
    messages.success(request, f"The {kind.noun} is saved. Orders placed already keep what they were given.")
    return redirect(customer)


@step_of("customers:detail", "pk")
@needs("customers.edit")
def retirement(request: HttpRequest, pk: int, card_pk: int, kind: CardKind) -> HttpResponse:
    """Retire the card, or take it up again."""
    customer = find_customer(request, pk)
    card = _card(kind, customer, card_pk)
    if request.POST.get("retire") == "on":
        with shown_as_message(request, f"The {kind.noun} is offered nowhere any more. It can be taken up again below."):
            retrying()(retire_card)(kind, customer.pk, card.pk, actor=request.user)
    else:
        with shown_as_message(request, f"The {kind.noun} is in use again."):
            retrying()(take_up_card)(kind, customer.pk, card.pk, actor=request.user)
    return redirect(customer)


@require_safe
@needs("customers.view")
def past(request: HttpRequest, pk: int) -> HttpResponse:
    """Who changed what about the customer, their addresses and contacts, and when."""
    customer = find_customer(request, pk)
    context = {"here": "customers", "customer": customer, "changes": changes_of(customer, request.user)}
    return render(request, "orders/customer_past.html", context)


def find_customer(request: HttpRequest, pk: int) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(request.user), pk=min(pk, 2**63 - 1))


def _card(kind: CardKind, customer: Customer, pk: int) -> CustomerCard:
    card = kind.of(customer).filter(pk=min(pk, 2**63 - 1)).first()
    if card is None:
        raise Http404
    return card


def _form(kind: CardKind, customer: Customer, post: Any, card: CustomerCard | None = None) -> Any:
    given = {name: getattr(card, name) for name in kind.columns} if card else {}
    country = country_of(customer)
    if kind is not ADDRESS:
        return CustomerContactForm(post, initial=given, country=country)
    return CustomerAddressForm(post, initial=given or {"country": country}, known_country=given.get("country", country))


def _seen(request: HttpRequest) -> int:
    text = request.POST.get("seen", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _crossed(kind: CardKind, card: CustomerCard, form: Any) -> list[tuple[str, str, str]]:
    """(what, as it is saved now, as it is typed here) where they differ."""
    pairs = [(form.fields[name].label, getattr(card, name), form.cleaned_data[name]) for name in kind.columns]
    return [(label, words(theirs), words(mine)) for label, theirs, mine in pairs if theirs != mine]


def _page(
    request: HttpRequest, kind: CardKind, customer: Customer, form: Any, *, card: CustomerCard | None = None, seen: int = 0,
    said: str = "", crossed: Any = (), status: int = 200,
) -> HttpResponse:  # fmt: skip
    context = {
        "here": "customers", "kind": kind, "customer": customer, "form": form, "card": card, "said": said, "crossed": crossed,
        "seen": seen or (card.version if card else 0), "parts": PARTS,
    }  # fmt: skip
    return render(request, "orders/customer_card.html", context, status=status)
