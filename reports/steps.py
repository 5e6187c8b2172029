"""The next action of a listed order as one button: where it is done, or the form that does it."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from fulfilment.models import FulfilmentOrder, Shipment
from orders.models import Order
from orders.policies import open_moves
from payments.models import Payment, Refund
from payments.states import WITH_COURIER
from returns.models import Return

# Next action -> what the button says.
LABELS = {
    "confirm": "Confirm", "release": "Release", "pick": "Pick", "pack": "Pack", "dispatch": "Hand over", "verify": "Verify",
    "collect": "Record payment", "refund": "Refund", "match_cod": "Match",
    "void_cod": "Void", "clear_hold": "Decide", "answer_no": "Decide", "customer_po": "Enter PO",
    "decide_return": "Decide",
    "receive_return": "Receive", "receive_rto": "Receive", "deliver": "Track", "answer_attempt": "Answer", "answer_customer": "Answer",
    "answer_loss": "Answer",
    "receive_stock": "See shortage", "share_stock": "Share out",
}  # fmt: skip
# These need no more than a yes: the button does them.
PRESSED = {"confirm": "orders:confirmation", "release": "orders:release"}
WORK = {"pick": ("open", "picking"), "pack": ("picked",), "dispatch": ("packed",)}


def add_steps(orders: Sequence[Order], user: Any) -> None:
    """Set `act_label`, `act_url`, `act_is_post` and `act_in_hand` (somebody else is at it) on each order.

    Asks only about steps that one of them waits for, whatever their number.
    """
    targets, busy = _targets({o.pk for o in orders}, user, {o.next_action for o in orders})
    mine = open_moves(user, "order", {o.next_action for o in orders} & PRESSED.keys())
    for order in orders:
        action = order.next_action
        url, pressed = targets.get((order.pk, action), ""), action in mine
        if pressed:
            url = reverse(PRESSED[action], args=[order.number])
        elif action == "answer_customer":
            url = f"{order.get_absolute_url()}#conversation"
        elif action in ("clear_hold", "answer_no"):
            url = f"{order.get_absolute_url()}#holds-{order.number}"
        elif action == "share_stock" and user.can("orders.share"):
            url = f"{reverse('orders:sharing')}?{urlencode({'sku': order.scarce_sku})}"
        elif action == "customer_po" and user.can("orders.edit"):
            url = f"{reverse('orders:edit', args=[order.number])}?at=customer_po"
        elif action == "collect" and user.can("payments.record"):
            url = reverse("payments:record", args=[order.number])
        elif action == "refund" and not url and user.can("payments.refund"):
            url = reverse("payments:refund-new", args=[order.number])
        order.act_url = url or order.get_absolute_url()  # type: ignore[attr-defined]
        theirs = action in PRESSED and not pressed  # their order page says who may
        order.act_label = "Open" if theirs else LABELS.get(action, "Open")  # type: ignore[attr-defined]
        order.act_is_post = pressed  # type: ignore[attr-defined]
        order.act_in_hand = (order.pk, action) in busy  # type: ignore[attr-defined]


Step = tuple[int, str]  # order, next action


def _targets(ids: set[int], user: Any, wanted: set[str]) -> tuple[dict[Step, str], set[Step]]:
    """The page of the work, payment, refund, return or parcel each step is about, the oldest first; and the steps whose
    work on the floor is all in other people's hands."""
    found: dict[Step, str] = {}
    busy: set[Step] = set()
    if user.can("fulfilment.view"):
        for action, states in WORK.items():
            if action not in wanted:
                continue
            works = list(FulfilmentOrder.objects.filter(status__in=states, order__in=ids).order_by("pk"))
            taken = [work for work in works if work.is_claimed and work.claimed_by_id != user.pk]
            busy |= {(work.order_id, action) for work in taken}
            for work in sorted(works, key=taken.__contains__):
                found.setdefault((work.order_id, action), reverse("fulfilment:work", args=[work.number]))
                if work not in taken:
                    busy.discard((work.order_id, action))
        parcels = {
            "answer_loss": {"loss__answer": "open"}, "deliver": {"status__in": ROAD}, "receive_rto": {"status__in": BACK},
            "answer_attempt": {"status": "attempt_failed"},
        }  # fmt: skip
        _find(found, parcels, wanted, Shipment, "fulfilment:shipment", ids)
    if user.can("payments.view"):
        with_courier = {"status__in": WITH_COURIER}
        paid = {"verify": {"status": "verification_pending"}, "match_cod": with_courier, "void_cod": with_courier}
        _find(found, paid, wanted, Payment, "payments:payment", ids)
        _find(found, {"refund": {"status__in": REFUNDING}}, wanted, Refund, "payments:refund", ids)
    if user.can("returns.view"):
        files = {"decide_return": {"status": "requested"}, "receive_return": {"status__in": RETURNING}}
        _find(found, files, wanted, Return, "returns:detail", ids)
    return found, busy


ROAD = ("picked_up", "in_transit", "out_for_delivery", "attempt_failed", "delayed")
REFUNDING = ("requested", "approved", "sent")
BACK = ("rto_initiated", "rto_in_transit")
RETURNING = ("approved", "awaiting_item", "in_transit", "partially_received", "received", "inspected")


def _find(
    found: dict[Step, str], which: Mapping[str, dict[str, Any]], wanted: set[str], model: Any, page: str, ids: set[int]
) -> None:
    """Add the page of the oldest row of `model` for each wanted action; `which`: the rows that each action is about."""
    for action in which.keys() & wanted:
        rows = model.objects.filter(order__in=ids, **which[action]).order_by("pk")
        for pk, number in rows.values_list("order_id", "number"):
            found.setdefault((pk, action), reverse(page, args=[number]))
