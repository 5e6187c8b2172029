"""What the order desk does when another app announces something."""

from inventory.models import Backorder
from oms.events.models import Event
from oms.events.registry import after, within
from oms.kernel.actors import Actor
from orders.actions.allocate import serve_freed, serve_waiting
from orders.actions.automate import call_the_rules
from orders.actions.check import check_placed
from orders.actions.credit_check import check_held_for_credit
from orders.actions.customer_check import check_merged
from orders.actions.promise import nobody_waits, promise_waiting

SUPPLY_CHANGED = tuple(
    f"inventory.purchase_{what}" for what in ("sent", "eta", "cut", "part_received", "received", "closed", "cancelled")
) + tuple(f"inventory.transfer_{what}" for what in ("sent", "eta", "part_received", "received", "closed", "recalled"))
SUPPLY_CHANGED += tuple(
    f"inventory.assembly_{what}" for what in ("planned", "eta", "part_done", "done", "closed", "cancelled")
)


@after("inventory.received", in_steps=True)
def serve_waiting_orders(event: Event) -> None:
    """Stock arrived: the orders that waited longest get it first. Run twice, the second finds nothing left."""
    sku = event.payload.get("sku", event.subject)
    if nobody_waits(sku):
        return
    serve_waiting(sku, actor="Stock arrival")
    promise_waiting([sku], actor="Stock arrival", reason=f"{event.payload.get('qty', '')} arrived")


@after(
    "orders.cancelled", "orders.remainder_cancelled", "orders.units_withdrawn", "orders.amended", "orders.unconfirmed",
    "orders.reservation_expired", "orders.undone", "orders.place_chosen", "orders.place_left_to_rules", in_steps=True,
)  # fmt: skip
def serve_what_was_let_go(event: Event) -> None:
    """Units an order no longer holds go to those who wait for them. Run twice, the second finds nothing free."""
    if skus := serve_freed(event.stream, actor="Freed stock"):
        promise_waiting(skus, actor="Freed stock", reason=f"{event.stream} let units go")


@after(
    "payments.recorded", "payments.captured", "payments.verified", "payments.written_off", "orders.cancelled",
    "orders.remainder_cancelled", "orders.amended",
)  # fmt: skip
def ask_credit_again(event: Event) -> None:
    """Less may be owed for an order: those of its buyer that wait for it go on by themselves. Run twice, the second finds none held."""
    check_held_for_credit(event.stream)


@after("customers.merged", in_steps=True)
def ask_again_after_merge(event: Event) -> None:
    """The page of the merge has asked already, as a rule; this goes on where that stopped. Run twice, nothing is left to ask."""
    who = Actor(event.actor_kind, event.actor_name, event.actor_user_id)
    check_merged(event.payload["merge"], actor=who)


@after("fulfilment.dispatched", in_steps=True)
def serve_the_rest(event: Event) -> None:
    """A parcel left and something of the order still waits: planned by itself it may come from where the whole could not."""
    if skus := list(Backorder.objects.filter(order_number=event.stream).values_list("product__sku", flat=True)):
        for sku in skus:
            serve_waiting(sku, actor="Rest of an order")
        promise_waiting(skus, actor="Rest of an order", reason="A part of it left")


@after("inventory.kept_back", in_steps=True)
def serve_what_is_kept_no_more(event: Event) -> None:
    """A channel that has to leave fewer units may give them to those who wait there."""
    if event.payload["qty"] < event.payload["before"]:
        serve_waiting(event.payload["sku"], actor="Safety stock")
        promise_waiting([event.payload["sku"]], actor="Safety stock", reason="Less is kept back")


@after("inventory.rationed", in_steps=True)
def decide_or_serve(event: Event) -> None:
    """Waiting orders say whose move it is now; who need not wait for a decision any more is served at once."""
    sku = event.payload["sku"]
    serve_waiting(sku, actor="Stock arrival")
    promise_waiting(
        [sku], actor="Stock promises", reason="Shared by decision" if event.payload["on"] else "Served oldest first"
    )


@after("inventory.supplier_offers", in_steps=True)
def serve_from_supplier(event: Event) -> None:
    """A supplier who sends to our customers has some of it: those who waited longest get it first."""
    serve_waiting(event.payload["sku"], actor="Supplier's stock")
    promise_waiting([event.payload["sku"]], actor="Supplier's stock", reason="A supplier sends it")


@after(*SUPPLY_CHANGED, in_steps=True)
def promise_again(event: Event) -> None:
    """What is on its way changed: waiting orders get their day from what comes now. Run twice, the second changes nothing."""
    actor, reason = Actor(event.actor_kind, event.actor_name, event.actor_user_id), event.payload.get("reason", "")
    said = event.name.removeprefix("inventory.").partition("_")[2].replace("_", " ")
    promise_waiting(event.payload["skus"], actor=actor, reason=reason or f"{event.subject}: {said}")


@within("orders.placed")
def check_new_orders(events: list[Event]) -> None:
    check_placed(events)


@within(
    "orders.placed", "orders.hold_cleared", "orders.checked", "orders.approved", "orders.edited", "orders.amended",
    "orders.confirmed", "orders.allocated", "orders.rate_recorded", "payments.captured", "payments.verified",
)  # fmt: skip
def let_rules_look(events: list[Event]) -> None:
    """Something an order may have waited for: a worker looks after the commit. Nothing is stored: the order is the note."""
    call_the_rules()
