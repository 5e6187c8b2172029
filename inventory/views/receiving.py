"""The receiving station: count a delivery with a scanner, then book it in."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from inventory.actions._supply import Document
from inventory.actions.arriving import counted
from inventory.actions.purchases.book import book_delivery
from inventory.actions.purchases.count import count_delivery, undo_count
from inventory.views.purchases import find
from inventory.views.typed import key_of, whole
from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.kernel.db import retrying
from oms.kernel.errors import Refused
from oms.kernel.lifecycle import refusals

TONES = {"ok": "done", "complete": "done", "over": "wait", "wrong": "late"}
SHOWN = 6
TYPED = ("reference", "reason", "quarantine", "last")


@dataclass(frozen=True)
class Verbs:
    """What a station does to the document it counts."""

    count: Callable[..., str]
    undo: Callable[..., Any]
    book: Callable[..., Any]


PURCHASE = Verbs(count_delivery, undo_count, book_delivery)


@require_GET
@needs("inventory.adjust")
def station(request: HttpRequest, number: str) -> HttpResponse:
    return _station(request, number)


def _station(request: HttpRequest, number: str) -> HttpResponse:
    purchase = find(request, number)
    most = purchase.supplier.over_percent
    words = {
        "from": purchase.supplier.name, "reference": purchase.reference, "foreign": "Not on this order",
        "foreign_why": "was not ordered here and counts nothing. Put it aside and ask Purchasing.",
        "over": "More than ordered", "over_why": "counted, and not ordered. Undo it, or keep it; "
        + (f"more than {most}% over, say why when you book in." if most else "say why when you book in."),
        "code": "Barcode, SKU or supplier’s code", "reason": "more than ordered is kept", "later": "they stay on order",
    }  # fmt: skip
    context = tally_of(purchase) | {"words": words, "count_url": reverse("purchases:count", args=[number])}
    return drawn(request, context)


def drawn(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """The station, with what was typed about the delivery before it was refused, or before the last scan."""
    refused = request.method == "POST"
    given = request.POST if refused else request.GET
    typed = {name: given.get(name, "") for name in TYPED}
    return render(request, "purchases/receive.html", context | {"typed": typed}, status=422 if refused else 200)


def tally_of(document: Document) -> dict[str, Any]:
    """What the station shows: each line with what is counted of it, and the last scans."""
    receipt: Any = next((r for r in document.receipts.all() if r.booked_at is None), None)
    here, tally = counted(receipt), []
    for line in document.lines.all():
        asked, done = line.qty_open, here[line.pk]
        at = "over" if done > asked else "done" if done == asked else "now" if done else ""
        tally.append({"line": line, "asked": asked, "done": done, "left": max(asked - done, 0),
                      "over": max(done - asked, 0), "at": at})  # fmt: skip
    scans = list(receipt.scans.all()[:SHOWN]) if receipt else []
    for scan in scans:
        scan.tone = "" if scan.undone_at else TONES[scan.verdict]
    asked, done = sum(t["asked"] for t in tally), sum(t["done"] for t in tally)
    return {
        "document": document, "receipt": receipt, "tally": tally, "scans": scans, "asked": asked, "counted": done,
        "left": sum(t["left"] for t in tally), "over": sum(t["over"] for t in tally), "key": uuid.uuid4(),
        "percent": min(100, round(100 * done / asked)) if asked else 0,
        "last": scans[0] if scans and not scans[0].undone_at else None,
        "refused": refusals(document, "receive_part"),
        "can_undo": any(s.line_id and not s.undone_at for s in scans),
    }  # fmt: skip


@step_of("purchases:receiving", "number")
@needs("inventory.adjust")
def step(request: HttpRequest, number: str) -> HttpResponse:
    """One step of the count, and back to the station; a delivery that is booked in leads back to the order."""
    purchase = find(request, number)
    if take_step(request, number, PURCHASE):
        return redirect(purchase)
    return _station(request, number) if books(request) else counting("purchases:receiving", request, number)


def counting(page: str, request: HttpRequest, number: str) -> HttpResponse:
    """Back to the station to count on; what is typed about the delivery so far goes along in the address."""
    typed = {name: value[:300] for name in TYPED if (value := request.POST.get(name, "").replace("\x00", ""))}
    return redirect(reverse(page, args=[number], query=typed or None))


def books(request: HttpRequest) -> bool:
    """Whether the delivery was to be booked in: what was typed about it is not asked for again."""
    return request.POST.get("step") == "book"


def take_step(request: HttpRequest, number: str, verbs: Verbs) -> bool:
    """Run the step that was sent; True when it booked the delivery in. What is refused is said on the next page."""
    given = request.POST
    with shown_as_message(request):
        match given.get("step", ""):
            case "scan":
                qty = given.get("qty", "1").strip() or "1"
                retrying()(verbs.count)(
                    number, code=given.get("sku") or given.get("code", ""), key=key_of(given.get("key", "")),
                    qty=whole(qty), actor=request.user,
                )  # fmt: skip
            case "undo":
                retrying()(verbs.undo)(number, actor=request.user)
            case "book":
                receipt = retrying()(verbs.book)(
                    number, reference=given.get("reference", ""), reason=given.get("reason", ""),
                    is_quarantined="quarantine" in given, is_last="last" in given, actor=request.user,
                )  # fmt: skip
                where = "into quarantine" if receipt.is_quarantined else "on the shelf; waiting orders are served now"
                messages.success(request, f"{receipt.number} is booked in, {where}.")
                return True
            case _:
                raise Refused("step_unknown", "Use one of the buttons on the page.")
    return False
