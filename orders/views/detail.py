"""The page of one order: where it stands, what to do, what happened."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.views.decorators.http import require_GET

from inventory.decisions import why_here
from inventory.dropping import held_by_suppliers
from inventory.kits import contents
from oms.access.decorators import needs
from oms.access.models import User
from oms.kernel.compiled import rows_of
from oms.live.watch import start, watch
from orders import selectors
from orders.actions.edit import editable
from orders.amending.rules import amendable
from orders.answer import OVER
from orders.answering import seen_holds
from orders.automatic.selectors import by_itself
from orders.billing import bills_elsewhere
from orders.blocking import other_blockers
from orders.customers.likely import also_reached
from orders.edits import edits_of
from orders.exchange import worth
from orders.files.kinds import KINDS
from orders.making import makings
from orders.models import CancelReason, HoldReason, Order, Priority, SubStage
from orders.moves import TEAM_LABELS, moves_for, remainder_closed
from orders.nearby import no_order
from orders.policies import may_move
from orders.readiness import readiness
from orders.rules import movable_units
from orders.stagebook import stages
from orders.timeline import timeline
from orders.tracks import fulfilment_track, payment_track
from orders.undoing import open_steps

# What somebody must answer now stands before the facts.
FIRST_PANELS = ("fulfilment/_losses.html",)
PANELS = (
    "fulfilment/_order_panel.html",
    "payments/_order_panel.html",
    "returns/_order_panel.html",
    "notifications/_order_panel.html",
)


@require_GET
@needs("orders.view")
def detail(request: HttpRequest, number: str) -> HttpResponse:
    place = start()
    order = find(request, number)
    moves, happened = moves_for(order, request.user), timeline(number)
    still_open = {step.seq for step in open_steps(line.event for line in happened)}
    inside = contents({x.pk: x.product_id for x in order.lines.all() if x.product and x.product.is_kit})
    at_supplier = held_by_suppliers(number) if order.supplier_units else {}
    context: dict[str, Any] = {
        "order": order,
        "watch": watch(request.user, place, [number], doing="has it open"),
        "here": "orders",
        "stage": stages()[order.stage],
        "team": TEAM_LABELS.get(order.owner_team, ""),
        "moves": [move for move in moves if move.is_open],
        "closed": [move for move in moves if not move.is_open],
        "lines": [readiness(x, inside.get(x.pk, ""), at_supplier.get(x.pk, 0)) for x in order.lines.all()],
        "payment_track": payment_track(order),
        "fulfilment_track": fulfilment_track(order),
        "holds": [] if order.status in OVER else seen_holds(order, request.user),
        "other_blockers": other_blockers(order, request.user),
        "makings": makings(order) if order.qty_backordered else [],
        "may_make": request.user.can("inventory.adjust"),
        "at_desk_since": next(
            (datetime.fromisoformat(b["since"]) for b in order.blockers if b["code"] == "stock:scarce"), None
        ),
        "addresses": list(order.further_addresses.all()) if order.address_count > 1 else [],
        "approval": selectors.approval(order, request.user),
        "why": why_here(number, {line.product_id: line.sku for line in order.lines.all() if line.product_id}),
        "timeline": happened,
        "by_itself": by_itself(order),
        "priorities": Priority.choices if order.is_open else (),
        "may_tag": request.user.can("orders.assign"),
        "known_tags": selectors.known_tags(request.user),
        "undo": [line for line in happened if line.event.seq in still_open],
        "first_panels": [name for name in FIRST_PANELS if _exists(name)],
        "panels": [name for name in PANELS if _exists(name)],
        # Called by the template where there is something to choose.
        "hold_reasons": lambda: rows_of("hold reasons", lambda: HoldReason.objects.filter(is_active=True)),
        "cancel_reasons": lambda: rows_of("cancel reasons", lambda: CancelReason.objects.filter(is_active=True)),
        "sub_stages": rows_of(
            ("sub stages", order.stage), lambda: SubStage.objects.filter(stage__key=order.stage, is_active=True)
        ),
        "may_see_customer": request.user.can("customers.view"),
        "may_merge_customers": request.user.can("customers.merge"),
        "bills_elsewhere": bills_elsewhere(order.bill_to, order.ship_to),
        "also": also_reached(order, request.user) if order.is_open and request.user.can("customers.view") else [],
        "may_see_standing": request.user.can("standing.view"),
        "may_repeat": request.user.can("standing.change") and order.customer_id is not None,
        "may_create": request.user.can("orders.create"),
        "may_edit": request.user.can("orders.edit"),
        "may_place": request.user.can("orders.edit") and movable_units(order, order.lines.all()) is None,
        "edit_closed": editable(order),
        "amend_closed": amendable(order),
        "remainder_closed": remainder_closed(order, request.user),
        "worth": worth(order),
        "may_rate": order.currency != order.book_currency and may_move(request.user, "order", "record_rate") is None,
        "amendments": [amendment for amendment in order.amendments.all() if amendment.is_live],
        "files": [f for f in order.attachments.all() if f.removed_at is None],
        "file_mb": settings.ATTACHMENT_MB,
        "file_endings": ",".join(f".{end}" for end in KINDS),
        "may_remove_files": request.user.can("orders.remove_file"),
        "called": selectors.mentions_on(order, request.user),
        "people": rows_of("people", lambda: User.objects.filter(is_active=True).order_by("username")),
    }
    return render(request, "orders/order_detail.html", context)


@require_GET
@needs("orders.history")
def history(request: HttpRequest, number: str) -> HttpResponse:
    """What people edited on the order, newest first."""
    order = selectors.order_or_404(number, request.user)
    edits, first = edits_of(order)
    context = {"order": order, "here": "orders", "edits": edits, "first": first}
    return render(request, "orders/order_history.html", context)


def find(request: HttpRequest, number: str) -> Order:
    """The order `number`, if this person may see it."""
    order = selectors.order_page(number, request.user)
    if order is None:
        raise no_order(number, request.user)
    return order


def _exists(name: str) -> bool:
    try:
        get_template(name)
    except TemplateDoesNotExist:
        return False
    return True
