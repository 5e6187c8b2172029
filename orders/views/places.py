"""The further addresses of the new-order form: each is a form of its own, and lines name them by number."""

import re
from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from orders.forms import AddressForm, LineForm
from orders.models import CustomerAddress, Order
from orders.views.typed import MAX_LINES, Typed, head_forms

MAX_PLACES = 20
MARK = re.compile(r"place-(\d{1,2})-on")


def numbers(typed: Typed) -> list[int]:
    """The numbers of the further addresses; the delivery address is number 1."""
    found = sorted({int(m[1]) for name in typed.raw if (m := MARK.fullmatch(name))})
    return [n for n in found if n > 1][:MAX_PLACES]


def press(request: HttpRequest, typed: Typed) -> None:
    """Do what a button about addresses says to the typed text."""
    post = request.POST
    if "add_place" in post:
        _add(typed, {})
    for button in ("use_place", "deliver_to", "bill_to"):
        if pk := post.get(button, ""):
            _take(request, typed, button, pk)
    if (n := post.get("remove_place", "")).isdecimal():
        typed.raw = {k: v for k, v in typed.raw.items() if not k.startswith(f"place-{int(n[:2])}-")}
        for line in typed.lines:
            line["to"] = "" if line["to"] == n else line["to"]
    if (at := post.get("split_line", "")).isdecimal() and int(at[:6]) < len(typed.lines) < MAX_LINES:
        _split(typed, int(at[:6]))


def forms(typed: Typed, *, bound: bool, country: str) -> list[tuple[int, AddressForm]]:
    """Each further address with its number."""
    found = []
    for n in numbers(typed):
        prefix, part = f"place-{n}", typed.part(f"place-{n}")
        given = {f"{prefix}-{k}": v for k, v in part.items()}
        form = AddressForm(given, prefix=prefix) if bound else AddressForm(initial=part, prefix=prefix)
        form.fields["country"].initial = country
        found.append((n, form))
    return found


def forms_of(typed: Typed, *, bound: bool) -> dict[str, Any]:
    """Every form of the page: the head, the further addresses, and the lines that may name them."""
    country, to = typed.channel.country if typed.channel else "IN", choices(typed)
    head, lines = head_forms(typed, bound=bound), []
    spots = head["terms"].fields["place"].choices[1:]
    for i, row in enumerate(typed.lines):
        row["to"] = row["to"] if row["to"] in dict(to) else ""
        row["at"] = row["at"] if row["at"] in dict(spots) else ""
        given = {f"line-{i}-{k}": v for k, v in row.items()}
        prefix = f"line-{i}"
        known: dict[str, Any] = {"prefix": prefix, "places": to, "spots": spots}
        lines.append(LineForm(given, **known) if bound else LineForm(initial=row, **known))
    return head | {"places": forms(typed, bound=bound, country=country), "lines": lines}


def choices(typed: Typed) -> list[tuple[str, str]]:
    """Where a line may go."""
    own = ", ".join(filter(None, ("Address 1", typed.raw.get("ship-city", "").strip())))
    further = [(n, typed.raw.get(f"place-{n}-city", "").strip()) for n in numbers(typed)]
    return [("", own), *((str(n), ", ".join(filter(None, (f"Address {n}", city)))) for n, city in further)]


def known(typed: Typed) -> list[CustomerAddress]:
    """The addresses in use of the customer who was chosen, the usual ones first, but for those that goods go to already."""
    if typed.customer is None:
        return []
    rows = typed.customer.addresses.in_use().order_by("-is_default", "-is_bill_to", "label", "pk")
    there = {typed.raw.get(f"{prefix}-line1", "") for prefix in ("ship", *(f"place-{n}" for n in numbers(typed)))}
    return [row for row in rows[:50] if row.line1 not in there]


def kept_for(order: Order) -> list[CustomerAddress]:
    """The addresses in use of an order's customer, the usual ones first."""
    if order.customer is None:
        return []
    return list(order.customer.addresses.in_use().order_by("-is_default", "label", "pk")[:50])


def written(prefix: str, card: CustomerAddress) -> dict[str, str]:
    """The fields of an address form as if the address were typed."""
    return {f"{prefix}-{name}": getattr(card, name) for name in AddressForm.base_fields}


def _take(request: HttpRequest, typed: Typed, button: str, pk: str) -> None:
    """A known address becomes the delivery address, the billing address, or a further one for some of the lines."""
    card = next((a for a in known(typed) if str(a.pk) == pk), None)
    if card is None:
        messages.error(request, "That address is not kept any more; type it in.")
    elif button == "use_place":
        _add(typed, {name: getattr(card, name) for name in AddressForm.base_fields})
    elif button == "deliver_to":
        typed.raw = {**typed.raw, **written("ship", card)}
    else:
        typed.raw = {**typed.raw, "bill_differs": "on", **written("bill", card)}


def unused(typed: Typed, lines: list[Any]) -> list[int]:
    """Numbers of addresses that no line goes to."""
    return [n for n in numbers(typed) if str(n) not in {line.cleaned_data.get("to") for line in lines}]


def _add(typed: Typed, values: dict[str, str]) -> None:
    there = numbers(typed)
    if len(there) < MAX_PLACES:
        n = max(there, default=1) + 1
        typed.raw = {**typed.raw, f"place-{n}-on": "1", **{f"place-{n}-{k}": v for k, v in values.items()}}


def _split(typed: Typed, at: int) -> None:
    """One half of the units stays, the other becomes a line of its own, for the next address that has none of it."""
    line = typed.lines[at]
    units = int(line["qty"]) if line["qty"].strip().isdecimal() else 0
    taken = {row["to"] for row in typed.lines if row["sku"] == line["sku"]}
    free = next((key for key, _ in choices(typed) if key not in taken), line["to"])
    typed.lines.insert(at + 1, {**line, "qty": str(units // 2), "to": free, "discount": ""})
    line["qty"] = str(units - units // 2)
