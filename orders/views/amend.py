"""Change a placed order: write the document, look at what it would do, apply it or let it go."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.events.models import Event
from oms.kernel.clock import business_date, day_bounds
from oms.kernel.db import retrying
from oms.kernel.errors import Busy, Refused
from oms.live.watch import start, watch
from orders.actions.amend import draft_amendment, set_message, withdraw_amendment
from orders.actions.amend_apply import apply_amendment
from orders.actions.amend_approve import decide_amendment, may_decide, request_approval
from orders.actions.amend_preview import preview_amendment
from orders.amending.change import Change, rows_of
from orders.amending.rules import amendable
from orders.amending.words import draft_message, said
from orders.asof.compare import differences
from orders.asof.rewind import standing_at_version
from orders.forms import AddressForm
from orders.forms_amend import AddLineForm, HeadChangeForm, LineChangeForm, plain
from orders.models import Amendment, ChangeKind, CustomerAddress, Order, place_name
from orders.policies import may_move, require_may
from orders.selectors import order_or_404
from orders.views.amend_add import Search, row_count, search, told_of_rows
from orders.views.places import kept_for, written

Forms = dict[str, Any]
NO_SEARCH = Search()


@require_http_methods(["GET", "POST"])
@needs("orders.edit")
def new(request: HttpRequest, number: str) -> HttpResponse:
    """The form; a valid one becomes a draft and its preview."""
    order = order_or_404(number, request.user)
    if request.method == "POST" and (pk := request.POST.get("use_address", "")):
        return _with_known_address(request, order, pk)
    if request.method == "POST" and (searched := search(order, request.POST)):
        return _searched(request, order, *searched)
    forms = _forms(order, request.user, request.POST if request.method == "POST" else None)
    if request.method == "GET":
        return _page(request, order, forms)
    if wrong := [form for form in _all(forms) if not form.is_valid()]:
        return _page(request, order, forms, status=422, wrong=len(wrong))
    seen = request.POST.get("seen", "")
    try:
        require_may(request.user, "order", "amend")
        document = retrying()(draft_amendment)(
            number, _changes(order, forms), reason=forms["head"].cleaned_data["reason"], actor=request.user,
            seen=int(seen) if seen.isdecimal() and len(seen) < 10 else None,
        )  # fmt: skip
    except (Refused, Busy) as refused:
        return _page(request, order, forms, status=409, said=str(refused))
    return redirect("orders:amendment", number, document.number)


def _with_known_address(request: HttpRequest, order: Order, pk: str) -> HttpResponse:
    """The form as typed, with one of the customer's addresses as the new delivery address; nothing is complained about yet."""
    post, card = request.POST.copy(), next((a for a in _known_addresses(order) if str(a.pk) == pk), None)
    if card is None:
        said = "That address is not kept any more; choose another."
        return _page(request, order, _forms(order, request.user, post), status=409, said=said)
    for name, value in {"readdress": "on", **written("ship", card)}.items():
        post[name] = value
    forms = _forms(order, request.user, post)
    for form in _all(forms):
        form.quiet()
    return _page(request, order, forms)


def _searched(request: HttpRequest, order: Order, post: QueryDict, found: Search) -> HttpResponse:
    """The form as typed, with what the product search found or put into it; nothing is complained about yet."""
    forms = _forms(order, request.user, post)
    for form in _all(forms):
        form.quiet()
    return _page(request, order, forms, post=post, found=found, said=found.said)


def _known_addresses(order: Order) -> list[CustomerAddress]:
    """Where the order could go instead: the customer's addresses in use, but for the one it goes to."""
    return [row for row in kept_for(order) if row.line1 != order.ship_to.get("line1")]


@require_GET
@needs("orders.view")
def detail(request: HttpRequest, number: str, amendment: str) -> HttpResponse:
    """A live document with what it would do now; a finished one with what it did."""
    order, document = _found(request, number, amendment)
    context: dict[str, Any] = {"here": "orders", "order": order, "amendment": document}
    if not document.is_live:
        event = Event.objects.filter(stream=number, subject=document.number, name="orders.amended").first()
        return render(request, "orders/amendment.html", context | {"event": event, "rows": _sentences(order, document)})
    try:
        effects = retrying()(preview_amendment)(document.number, actor=request.user)
    except Busy as busy:
        return render(request, "orders/amendment.html", context | {"busy": str(busy)}, status=503)
    moved = _moved(order, document.base_version)
    context |= {
        "effects": effects, "moved": moved, "may_amend": may_move(request.user, "order", "amend"),
        "may_decide": may_decide(document, request.user),
        "draft": document.message or draft_message(order, effects.sentences),
    }  # fmt: skip
    return render(request, "orders/amendment.html", context)


@step_of("orders:amendment", "number", "amendment")
@needs("orders.edit")
def application(request: HttpRequest, number: str, amendment: str) -> HttpResponse:
    order, document = _found(request, number, amendment)
    with shown_as_message(request, f"{number} is changed."):
        require_may(request.user, "order", "amend")
        text = request.POST.get("message", "") if request.POST.get("tell") == "on" else ""
        set_message(document.number, message=text, actor=request.user)
        retrying()(apply_amendment)(document.number, seen=_seen(request), actor=request.user)
        return redirect(order)
    return redirect("orders:amendment", number, document.number)


@step_of("orders:amendment", "number", "amendment")
@needs("orders.edit")
def request_(request: HttpRequest, number: str, amendment: str) -> HttpResponse:
    _, document = _found(request, number, amendment)
    with shown_as_message(request, "A second person is asked. The order goes on as it is meanwhile."):
        require_may(request.user, "order", "amend")
        retrying()(request_approval)(document.number, seen=_seen(request), actor=request.user)
    return redirect("orders:amendment", number, document.number)


@step_of("orders:amendment", "number", "amendment")
@needs("orders.view")
def decision(request: HttpRequest, number: str, amendment: str) -> HttpResponse:
    _, document = _found(request, number, amendment)
    approve = request.POST.get("decision") == "approve"
    with shown_as_message(request):
        note = request.POST.get("note", "")
        done = retrying()(decide_amendment)(document.number, approve=approve, note=note, actor=request.user)
        words = {"applied": f"Approved: {number} is changed.", "declined": "Declined."}
        messages.success(
            request, words.get(done.status, "Approved. The order has moved: its author compares and applies.")
        )
    return redirect("orders:amendment", number, document.number)


@step_of("orders:amendment", "number", "amendment")
@needs("orders.edit")
def withdrawal(request: HttpRequest, number: str, amendment: str) -> HttpResponse:
    order, document = _found(request, number, amendment)
    with shown_as_message(request, f"{document.number} is withdrawn; {number} is as it was."):
        withdraw_amendment(document.number, actor=request.user)
    return redirect(order)


def _found(request: HttpRequest, number: str, amendment: str) -> tuple[Order, Amendment]:
    order = order_or_404(number, request.user)
    document = Amendment.objects.filter(order=order, number=amendment).first()
    if document is None:
        raise Http404
    return order, document


def _seen(request: HttpRequest) -> int:
    text = request.POST.get("seen", "")
    if not text.isdecimal() or len(text) > 9:
        raise Refused("version_missing", "Look at the change again before it is applied.")
    return int(text)


def _moved(order: Order, version: int) -> list[Any]:
    """What is different from the order that the document was written for."""
    then, today = standing_at_version(order, version), standing_at_version(order, order.version)
    return differences(then, today) if then and today else []


def _sentences(order: Order, document: Amendment) -> list[str]:
    return [said(order, row) for row in rows_of(document)]


def _forms(order: Order, user: Any, post: Any) -> Forms:
    priced = may_move(user, "order", "amend_price") is None
    country = order.ship_to.get("country", "")
    head = HeadChangeForm(post, prefix="head", initial={
        "shipping": plain(order.shipping_total), "promised_on": business_date(order.promised_at) if order.promised_at else None,
    })  # fmt: skip
    head.fields["shipping"].disabled = not priced
    ship = AddressForm(post, prefix="ship", initial=order.ship_to, known_country=country)
    for name, field in ship.fields.items():  # marketplaces leave things out; what is there may not be emptied
        field.required = field.required and (bool(order.ship_to.get(name)) or not order.ship_to)
    further = list(order.further_addresses.all()) if order.address_count > 1 else []
    places = [("1", place_name(1, order.ship_to)), *((str(row.position), str(row)) for row in further)]
    rows = order.lines.select_related("ship_to").order_by("position")
    lines = [LineChangeForm(post, line=line, may_price=priced, places=places) for line in rows]
    added = [AddLineForm(post, prefix=f"add-{i}") for i in range(row_count(post))]
    readdress = post.get("readdress") == "on" if post is not None else False
    corrected = [
        (row, post is not None and post.get(f"readdress-{row.position}") == "on",
         AddressForm(post, prefix=f"place-{row.position}", initial=row.address, known_country=row.address.get("country", "")))
        for row in further
    ]  # fmt: skip
    is_new = post is not None and any(post.get(form.add_prefix("to")) == "new" for form in lines)
    elsewhere = AddressForm(post if is_new else None, prefix="new", initial={"country": country})
    return {"lines": lines, "added": added, "head": head, "ship": ship, "readdress": readdress, "priced": priced,
            "further": corrected, "elsewhere": elsewhere, "is_new": is_new}  # fmt: skip


def _all(forms: Forms) -> list[Any]:
    places = [form for _, is_asked, form in forms["further"] if is_asked]
    places += [forms["ship"]] if forms["readdress"] else []
    places += [forms["elsewhere"]] if forms["is_new"] else []
    return [*forms["lines"], *forms["added"], forms["head"], *places]


def _changes(order: Order, forms: Forms) -> list[Change]:
    found = [change for form in (*forms["lines"], *forms["added"]) for change in form.changes()]
    head = forms["head"].cleaned_data
    if head["shipping"] is not None and head["shipping"] != order.shipping_total:
        found.append(Change(ChangeKind.SHIPPING, amount=head["shipping"]))
    day = head["promised_on"]
    if day and (order.promised_at is None or business_date(order.promised_at) != day):
        found.append(Change(ChangeKind.DATE, moment=day_bounds(day)[1] - timedelta(minutes=1)))
    if forms["readdress"]:
        found.append(Change(ChangeKind.ADDRESS, address=_typed(order.ship_to, forms["ship"])))
    for row, is_asked, form in forms["further"]:
        if is_asked:
            found.append(Change(ChangeKind.ADDRESS, place=row.position, address=_typed(row.address, form)))
    there = {"1": order.ship_to} | {str(row.position): row.address for row, _, _ in forms["further"]}
    if forms["is_new"]:
        there["new"] = _typed({}, forms["elsewhere"])
    for form in forms["lines"]:
        if to := form.cleaned_data["to"]:
            qty = form.cleaned_data["to_qty"]
            found.append(Change(ChangeKind.SHIP_TO, line_id=form.line.pk, qty=qty, address=there[to]))
    return found


def _typed(known: dict, form: AddressForm) -> dict[str, Any]:
    """The typed address over what is known of it beyond the form."""
    typed = {name: form.cleaned_data.get(name, "") for name in form.fields}
    return {k: v for k, v in {**known, **typed}.items() if v}


def _page(
    request: HttpRequest, order: Order, forms: Forms, *, status: int = 200, said: str = "", wrong: int = 0,
    post: QueryDict | None = None, found: Search = NO_SEARCH,
) -> HttpResponse:  # fmt: skip
    post = post or (request.POST if request.method == "POST" else None)
    context = forms | {
        "watch": watch(request.user, start(), [order.number], doing="is changing it"),
        "here": "orders", "order": order, "said": said, "wrong": wrong,
        "adding": list(zip(forms["added"], told_of_rows(order, post), strict=True)), "search": found,
        "known_addresses": _known_addresses(order), "closed": amendable(order) or may_move(request.user, "order", "amend"),
        "seen": request.POST.get("seen", "") or order.version, "back": reverse("orders:detail", args=[order.number]),
    }  # fmt: skip
    return render(request, "orders/amendment_new.html", context, status=status)
