"""Correct an order's contact, addresses and promise; two people at once see each other's values and lose nothing."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from oms.access.decorators import needs
from oms.kernel.clock import business_date, day_bounds
from oms.kernel.db import retrying
from oms.kernel.errors import Busy, Refused
from oms.live.watch import start, watch
from orders.actions.edit import edit_order, editable, stamp
from orders.billing import bills_elsewhere, moved_along
from orders.forms import AddressForm, ContactForm, ReasonForm
from orders.models import CustomerAddress, Order
from orders.selectors import order_or_404
from orders.views.places import kept_for, written

CONTACT = ("customer_name", "email", "phone", "customer_po", "customer_note")
SALT = "orders.edit.began"
Forms = dict[str, Any]
# The buttons that put a kept address into the form, and what else each of them ticks.
KEPT: dict[str, dict[str, str]] = {"deliver_to": {}, "bill_to": {"bill_differs": "on"}}


@require_http_methods(["GET", "POST"])
@needs("orders.edit")
def edit(request: HttpRequest, number: str) -> HttpResponse:
    order = order_or_404(number, request.user)
    if request.method == "POST" and (asked := next((name for name in KEPT if request.POST.get(name)), "")):
        return _with_kept_address(request, order, asked)
    forms = _forms(order, request.POST if request.method == "POST" else None)
    if request.method == "GET" or editable(order):
        if (at := request.GET.get("at", "")) in CONTACT:  # a step that asks for one field leads to it
            forms["contact"].fields[at].widget.attrs["autofocus"] = True
        return _page(request, order, forms, status=200 if request.method == "GET" else 409)
    if bad := [form for form in _checked(forms) if not form.is_valid()]:
        return _page(request, order, forms, status=422, wrong=len(bad))
    changes = _changes(order, forms)
    seen, why = request.POST.get("seen", ""), forms["reason"].cleaned_data["reason"]
    try:
        retrying()(edit_order)(number, changes=changes, seen=seen, actor=request.user, reason=why)
    except (Refused, Busy) as refused:
        order.refresh_from_db()
        if not isinstance(refused, Refused) or refused.code != "stale":
            return _page(request, order, forms, status=409, said=str(refused))
        crossed = _crossed(order, request.POST)
        forms = _forms(order, _merged(order, request.POST))
        return _page(request, order, forms, status=409, said=str(refused), crossed=crossed, is_merged=not crossed)
    messages.success(request, f"{number} is saved.")
    return redirect(order)


def _with_kept_address(request: HttpRequest, order: Order, asked: str) -> HttpResponse:
    """The form as typed, with one of the customer's addresses in it; nothing is saved or complained about yet."""
    card = next((a for a in kept_for(order) if str(a.pk) == request.POST[asked]), None)
    if card is None:
        said = "That address is not kept any more; choose another."
        return _page(request, order, _forms(order, request.POST), status=409, said=said, goes_on=True)
    post = request.POST.copy()
    for name, value in {**KEPT[asked], **written("bill" if asked == "bill_to" else "ship", card)}.items():
        post[name] = value
    forms = _forms(order, post)
    for name in ("contact", "ship", "bill", "reason"):
        forms[name].quiet()
    return _page(request, order, forms, goes_on=True)


def _shown(order: Order) -> dict[str, str]:
    """What the form of `order` says in each of its fields, by the field's name."""
    forms = _forms(order, None)
    said = {"bill_differs": "on" if forms["bill_differs"] else ""}
    for form in (forms["contact"], forms["ship"], forms["bill"]):
        for name in form.fields:
            value = form.get_initial_for_field(form.fields[name], name)
            said[form.add_prefix(name)] = "" if value is None else str(value)
    return said


def _crossed(order: Order, post: QueryDict) -> list[tuple[str, str, str]]:
    """(what, as saved now, as typed here) of every field that both changed, each to something else."""
    began, forms, found = _began(post), _forms(order, None), []
    labels = {
        form.add_prefix(name): f"{of}{field.label}"
        for of, form in (("", forms["contact"]), ("Delivery: ", forms["ship"]), ("Billing: ", forms["bill"]))
        for name, field in form.fields.items()
    }
    for name, now in _shown(order).items():
        typed, was = post.get(name, ""), began.get(name)
        if not _same(typed, now) and (was is None or not (_same(typed, was) or _same(now, was))):
            found.append((labels.get(name, "Bill to another address"), now, typed))
    return found


def _same(one: str, other: str) -> bool:
    return one.split() == other.split()  # a browser sends other line ends than it got


def _merged(order: Order, post: QueryDict) -> QueryDict:
    """What was typed, with the value saved by now wherever a field was left as it had been found."""
    merged, now = post.copy(), _shown(order)
    for name, was in _began(post).items():
        if _same(post.get(name, ""), was):
            merged[name] = now[name]
    return merged


def _began(post: QueryDict) -> Mapping[str, str]:
    """What the form said when it was opened; empty, so that all of it counts as typed, where that is not ours."""
    try:
        return signing.loads(post.get("began", ""), salt=SALT)
    except signing.BadSignature:
        return {}


def _forms(order: Order, post: Any) -> Forms:
    country = order.ship_to.get("country", "")
    given = {name: getattr(order, name) for name in CONTACT}
    given["promised_on"] = business_date(order.promised_at) if order.promised_at else None
    contact = ContactForm(post, prefix="contact", initial=given)
    contact.country = country
    ship = AddressForm(post, prefix="ship", initial=order.ship_to, known_country=country)
    bill = AddressForm(post, prefix="bill", initial=order.bill_to, known_country=order.bill_to.get("country", ""))
    del contact.fields["company"]
    contact.fields["promised_on"].help_text = "Dispatch by the end of this day."
    for form, known in ((contact, given), (ship, order.ship_to), (bill, order.bill_to)):
        for name, field in form.fields.items():  # marketplaces leave things out; what is there may not be emptied
            field.required = field.required and (bool(known.get(name)) or not known)
    separate = post.get("bill_differs") == "on" if post is not None else bills_elsewhere(order.bill_to, order.ship_to)
    return {"contact": contact, "ship": ship, "bill": bill, "reason": ReasonForm(post), "bill_differs": separate}


def _checked(forms: Forms) -> list[Any]:
    return [forms["contact"], forms["ship"], forms["reason"], *([forms["bill"]] if forms["bill_differs"] else [])]


def _changes(order: Order, forms: Forms) -> dict[str, Any]:
    contact = forms["contact"].cleaned_data
    changes = {name: contact[name] for name in CONTACT} | {"ship_to": _address(order.ship_to, forms["ship"])}
    if forms["bill_differs"]:
        changes["bill_to"] = _address(order.bill_to, forms["bill"])
    else:
        changes["bill_to"] = moved_along(order.bill_to, order.ship_to, changes["ship_to"])
    if day := contact["promised_on"]:  # the same day keeps its hour
        same = order.promised_at is not None and business_date(order.promised_at) == day
        changes["promised_at"] = order.promised_at if same else day_bounds(day)[1] - timedelta(minutes=1)
    else:
        changes["promised_at"] = None
    return changes


def _address(known: dict, form: AddressForm) -> dict:
    """The typed fields over what the source gave; empty ones are left out, as capture does."""
    return {k: v for k, v in {**known, **{name: form.cleaned_data.get(name, "") for name in form.fields}}.items() if v}


def _page(
    request: HttpRequest, order: Order, forms: Forms, *, status: int = 200, said: str = "", crossed: Any = (), wrong: int = 0,
    is_merged: bool = False, goes_on: bool = False,
) -> HttpResponse:  # fmt: skip
    keeps = bool(wrong) or goes_on
    kept = kept_for(order)
    context = forms | {
        "watch": watch(request.user, start(), [order.number], doing="is editing it"),
        "here": "orders", "order": order, "closed": editable(order), "said": said, "crossed": crossed, "wrong": wrong,
        "is_merged": is_merged,
        "deliver_to": _others(kept, forms["ship"]), "bill_to": _others(kept, forms["bill"]),
        "seen": request.POST.get("seen", "") if keeps else stamp(order),
        "began": request.POST.get("began", "") if keeps else signing.dumps(_shown(order), salt=SALT, compress=True),
    }  # fmt: skip
    return render(request, "orders/order_edit.html", context, status=status)


def _others(kept: list[CustomerAddress], form: AddressForm) -> list[CustomerAddress]:
    """The kept addresses but for the one in the form."""
    return [row for row in kept if row.line1 != form["line1"].value()]
