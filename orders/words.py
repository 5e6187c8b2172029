"""What happened, in the words people use."""

from decimal import Decimal, InvalidOperation

from oms.events.models import Event
from oms.kernel.money import format_money

SAID = {
    "orders.placed": "placed the order",
    "blanket.started": "agreed on it",
    "blanket.changed": "changed the agreement",
    "blanket.closed": "closed it",
    "blanket.reopened": "opened it again",
    "blanket.released": "released an order",
    "recurring.started": "started the schedule",
    "recurring.changed": "changed the schedule",
    "recurring.paused": "paused it",
    "recurring.resumed": "resumed it",
    "recurring.ended": "ended it",
    "recurring.run_skipped": "skipped a day",
    "recurring.run_kept": "took a skipped day back",
    "recurring.run_changed": "changed the contents of one day",
    "recurring.placed": "placed the order",
    "recurring.failed": "could not place the order",
    "orders.imported": "took the order over from an earlier system",
    "orders.confirmed": "confirmed the order",
    "orders.released": "released it to picking",
    "orders.held": "put it on hold",
    "orders.checked": "checked the order again",
    "orders.approved": "approved the amount",
    "orders.declined": "declined the amount",
    "orders.hold_declined": "said no to what a hold asks",
    "orders.asked_again": "asked again",
    "orders.rate_recorded": "recorded the exchange rate",
    "orders.rates_imported": "brought in exchange rates",
    "orders.hold_cleared": "cleared a hold",
    "orders.cancelled": "cancelled the order",
    "orders.withdrawn": "took the order back with its import",
    "orders.remainder_cancelled": "cancelled a part of it",
    "orders.amount_lowered": "lowered what the customer owes",
    "orders.completed": "completed the order",
    "orders.closed": "closed the books",
    "orders.reopened": "reopened the order",
    "orders.stock_promised": "gave the waiting units a day",
    "orders.production_planned": "planned what is missing",
    "orders.promise_moved": "moved the day of the waiting units",
    "orders.promise_renewed": "promised the customer a new day",
    "orders.stock_shared": "shared scarce stock out",
    "orders.allocated": "allocated stock",
    "orders.reservation_expired": "gave its reserved stock back",
    "orders.source_changed": "noticed that the channel changed the order",
    "orders.place_chosen": "chose the place it comes from",
    "orders.place_left_to_rules": "let the routing rules decide where it comes from",
    "orders.stock_asked_again": "had the channel told all its stock again",
    "orders.edited": "corrected the order",
    "orders.amendment_drafted": "drafted a change",
    "orders.amendment_requested": "asked for approval of a change",
    "orders.amendment_approved": "approved a change",
    "orders.amendment_declined": "gave up a change",
    "orders.amended": "changed the order",
    "orders.units_withdrawn": "took units off the order",
    "orders.undone": "took a step back",
    "orders.unconfirmed": "took the confirmation back",
    "orders.restored": "took the cancellation back",
    "orders.sub_stage_set": "changed its step",
    "orders.file_attached": "attached a file",
    "orders.file_removed": "removed a file",
    "fulfilment.pick_reopened": "took the end of the pick back",
    "fulfilment.dispatch_undone": "took the dispatch back",
    "fulfilment.hand_over_undone": "took the parcel back from the courier",
    "orders.split": "split a part off",
    "orders.split_off": "made it from a part of another order",
    "orders.merged": "put the order together with another one",
    "orders.merged_in": "took another order into this one",
    "orders.noted": "wrote a note",
    "orders.customer_merged": "said whose order it is: two customers became one",
    "customers.merged": "put two customers together",
    "orders.person_erased": "erased the customer's personal data",
    "orders.prioritized": "chose how urgent it is",
    "orders.tagged": "changed its tags",
    "orders.assigned": "changed who it is assigned to",
    "orders.claimed": "took it in hand",
    "orders.claim_released": "gave it back to the queue",
    "orders.claim_taken_over": "took it over",
    "payments.imported": "took over a payment",
    "payments.recorded": "recorded a payment",
    "payments.authorized": "noted that the amount is blocked on the card",
    "payments.captured": "noted that the money arrived",
    "payments.verified": "verified a payment",
    "payments.rejected": "did not find a payment",
    "payments.voided": "took back a payment that had not arrived",
    "payments.moved_out": "moved money to another order",
    "payments.moved_in": "moved money from another order here",
    "payments.withdrawn": "took back a payment that the import had reported",
    "payments.failed": "noted that a payment failed",
    "payments.expired": "noted that the time to pay ran out",
    "payments.cod_due": "noted cash to collect on delivery",
    "payments.cod_lowered": "lowered the cash to collect on delivery",
    "payments.cod_raised": "raised the cash to collect on delivery",
    "payments.cod_collected": "noted that the courier has the cash",
    "payments.cod_remitted": "matched the courier's remittance",
    "payments.written_off": "wrote off what the lost goods were worth",
    "payments.write_off_taken_back": "took the write-off back, the goods were found",
    "payments.disputed": "noted that the customer disputes a payment",
    "payments.dispute_won": "won the dispute",
    "payments.dispute_lost": "lost the dispute",
    "payments.refund_requested": "asked for a refund",
    "payments.refund_approved": "approved the refund",
    "payments.refund_declined": "declined the refund",
    "payments.refund_sent": "sent the refund",
    "payments.refund_succeeded": "noted that the refund arrived",
    "payments.refund_failed": "noted that the refund came back",
    "payments.refund_imported": "took over a refund",
    "payments.refunded": "gave money back",
    "fulfilment.claimed": "took the work in hand",
    "fulfilment.claim_released": "gave the work back to the queue",
    "fulfilment.claim_taken_over": "took the work over",
    "fulfilment.opened": "gave the work to the warehouse",
    "fulfilment.pick_started": "started the pick",
    "fulfilment.picked": "picked it",
    "fulfilment.short_picked": "found too few on the shelf",
    "fulfilment.put_back": "put picked units back",
    "fulfilment.units_let_go": "let go of units already picked",
    "fulfilment.split": "split the warehouse's work",
    "fulfilment.adjusted": "gave the warehouse more of it",
    "fulfilment.rejected": "sent the work back from the warehouse",
    "fulfilment.pack_reopened": "opened the pack again",
    "fulfilment.shipment_imported": "took over a parcel",
    "fulfilment.shipment_cancelled": "cancelled the parcel",
    "fulfilment.labelled": "made the label",
    "fulfilment.manifested": "listed the parcel for the courier",
    "fulfilment.packed": "packed it",
    "fulfilment.handed_over": "handed the parcels to the courier",
    "fulfilment.left": "let the parcel leave",
    "fulfilment.dispatched": "dispatched it",
    "fulfilment.shipment_created": "made the parcel",
    "fulfilment.tracked": "noted where the parcel is",
    "fulfilment.parcel_delivered": "noted that the parcel was delivered",
    "fulfilment.delivered": "delivered it",
    "fulfilment.completed": "finished the warehouse's work",
    "fulfilment.supplier_drafted": "drafted the order to the supplier who sends it",
    "fulfilment.supplier_told": "asked the supplier to send it",
    "fulfilment.supplier_confirmed": "noted that the supplier confirmed it",
    "fulfilment.supplier_cut": "noted that the supplier does not send it",
    "fulfilment.supplier_stop_asked": "asked the supplier to stop",
    "fulfilment.supplier_stopped": "noted that the supplier stopped",
    "fulfilment.supplier_goes_on": "noted that the supplier cannot stop",
    "fulfilment.cancelled": "stopped the warehouse's work",
    "fulfilment.lost": "noted that the parcel is lost",
    "fulfilment.found": "noted that the lost parcel turned up",
    "fulfilment.loss_opened": "asked what becomes of the lost goods",
    "fulfilment.loss_sent_again": "sends the lost goods again",
    "fulfilment.loss_refunded": "gives the money of the lost goods back",
    "fulfilment.loss_written_off": "leaves it at that: the customer owes nothing for the lost goods",
    "fulfilment.loss_undone": "has nothing to answer any more, the lost goods turned up",
    "fulfilment.claim_filed": "claimed the loss from the carrier",
    "fulfilment.claim_paid": "noted that the carrier paid for the loss",
    "fulfilment.claim_refused": "noted that the carrier does not pay for the loss",
    "fulfilment.claim_dropped": "claims nothing from the carrier",
    "fulfilment.claim_opened_again": "asks for the claim on the carrier again",
    "orders.total_mended": "booked a rounding rest, so that the total is the sum of its parts",
    "orders.sent_again": "put lost units back to work",
    "fulfilment.taken_up": "took the work up again",
    "fulfilment.rto_initiated": "noted that the parcel is coming back",
    "fulfilment.parcel_back": "received the parcel that came back",
    "fulfilment.rto_received": "received everything that came back",
    "returns.requested": "asked for a return",
    "returns.approved": "approved the return",
    "returns.declined": "declined the return",
    "returns.awaiting_item": "waits for the returned item",
    "returns.in_transit": "noted that the return is on its way",
    "returns.part_received": "received a part of the return",
    "returns.received": "received the return",
    "returns.item_waived": "let the customer keep the item",
    "returns.inspected": "inspected the return",
    "returns.quarantine_cleared": "decided what becomes of the returned items",
    "returns.resolved": "settled the return",
    "returns.closed": "closed the return",
    "returns.cancelled": "cancelled the return",
    "returns.expired": "gave up waiting for the return",
    "returns.reopened": "reopened the return",
    "notifications.queued": "wrote to the customer",
    "notifications.written": "wrote to the customer",
    "notifications.contacted": "reached the customer",
    "notifications.customer_wrote": "heard from the customer",
    "notifications.customer_answered": "needs no answer to the customer",
}


# What somebody said to a hold: the note is the answer.
ANSWERS = {
    "orders.hold_cleared", "orders.hold_declined", "orders.asked_again", "orders.approved", "orders.declined"
}  # fmt: skip
# The same fact where a supplier sends it.
FROM_SUPPLIER = {
    "fulfilment.opened": "gave it to the supplier who sends it",
    "notifications.queued": "wrote to the supplier",
}


def said(event: Event) -> str:
    """The fact as the rest of a sentence that starts with the actor's name; what it is about at the end."""
    words = FROM_SUPPLIER.get(event.name) if event.payload.get("supplier") else ""
    words = words or SAID.get(event.name) or event.name.partition(".")[2].replace("_", " ")
    if event.payload.get("by_itself"):
        words = f"{words} by itself"
    return words if event.subject == event.stream else f"{words}, {event.subject}"


def detail(event: Event) -> str:
    """What a reader wants to know beside it: the text, the reason, the amount."""
    given = event.payload
    if event.name.startswith("fulfilment.supplier_") and given.get("why"):
        return f"{given.get('label', '')}. {given['why']}"
    if event.name in ANSWERS and given.get("note"):
        gone = given.get("taken_from")
        return f"{given.get('label', '')}: {given['note']}" + (f". {gone} no longer looks after it" if gone else "")
    if event.name == "notifications.queued":
        return f"{given.get('message', '')}, to {given.get('to', '')}"
    text = str(
        given.get("text") or given.get("detail") or given.get("label") or given.get("reason") or given.get("why") or ""
    )
    return ". ".join(part for part in (_amount(given), text) if part)


def _amount(given: dict) -> str:
    try:
        return format_money(Decimal(given["amount"]), given["currency"])
    except (KeyError, TypeError, ValueError, InvalidOperation):
        return ""
