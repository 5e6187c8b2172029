"""What is the status, what must happen next, who owns it, since when, why is it blocked: computed, never typed.

Pure: reads the order's own columns, its open holds and the stage book; sets attributes, saves nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from oms.access.roles import Team
from oms.kernel.clock import business_date, business_zone, day_bounds, end_of
from oms.kernel.money import format_money
from oms.kernel.plural import plural
from orders import axes
from orders.rules import confirmation_basis_met, gate_missing, payment_gate_met
from orders.stagebook import StageInfo
from orders.states import OrderStatus, StageKey

K = StageKey


@dataclass(frozen=True)
class NextStep:
    """The imperative a stranger could follow. `is_fixed`: the team comes from the facts, not from the stage's owner."""

    action: str
    text: str
    team: str
    is_fixed: bool = False


NOTHING = NextStep("", "", "")
OVER = (OrderStatus.CANCELLED, OrderStatus.CLOSED)
ANSWER = NextStep("answer_customer", "Answer the customer", Team.SUPPORT, is_fixed=True)


def derive(order: Any, holds: Sequence[Any], book: dict[str, StageInfo], at: datetime) -> None:
    """Set axes, stage, since, next action, owner, due and blockers on `order` from its stored facts."""
    order.open_holds = len(holds)
    order.hold_summary = "; ".join(_summary(h) for h in holds)[:300]
    order.payment_status = axes.payment_status(order)
    order.fulfilment_status = axes.fulfilment_status(order)
    order.return_status = axes.return_status(order)
    _enter_stage(order, axes.stage(order), at)
    info = book[order.stage]
    step = next_step(order, holds, at)
    if step is NOTHING and order.answer_due_at:
        step = ANSWER  # beside other work it stands on support's own queue
    order.next_action, order.next_text = step.action, step.text[:120]
    order.owner_team = "" if not step.action else (step.team if step.is_fixed else info.owner_team or step.team)
    order.due_at = _due(order, holds, info) if step.action else None
    order.blockers = blockers(order, holds, at)


def _enter_stage(order: Any, stage: str, at: datetime) -> None:
    if order.stage != stage:
        order.stage, order.stage_since, order.sub_stage_id = stage, at, None


def _due(order: Any, holds: Sequence[Any], info: StageInfo) -> datetime | None:
    """When the next step is late. After a no that step is the decision of the team that has the order now: neither the end
    of the hold, which nothing ends by itself any more, nor what is asked of others is its clock."""
    if order.next_action == "answer_no":
        moments = [m for h in holds if h.declined_at and (m := _decision_due(h, info))]
        return min([*moments, *_promise(order)], default=None)
    moments = _promise(order)
    # The house's usual time to clear a hold is no clock of one that ends by itself.
    if info.sla_minutes is not None and not (holds and all(h.until for h in holds)):
        moments.append(order.stage_since + timedelta(minutes=info.sla_minutes))
    if order.next_action == "await_supplier" and order.supplier_due_on:
        moments = [end_of(order.supplier_due_on)]  # the supplier's own day, not the house's usual one
    if order.next_action == "answer_attempt":
        moments.append(order.attempt_due_at)
    if order.next_action == "answer_customer":
        moments.append(order.answer_due_at)
    if order.next_action == "answer_loss":
        moments = [order.loss_due_at]
    moments += [h.due_at for h in holds if h.due_at]
    if ends := [h.until for h in holds if h.until]:
        moments.append(max(ends) if len(ends) == len(holds) else min(ends))
    return min(moments) if moments else None


def _promise(order: Any) -> list[datetime]:
    return [order.promised_at] if order.promised_at and order.stage in BEFORE_DISPATCH else []


def _decision_due(hold: Any, info: StageInfo) -> datetime | None:
    """The clock of a check begins anew with the no; without one the house's usual time does."""
    if hold.due_at or info.sla_minutes is None:
        return hold.due_at
    return hold.declined_at + timedelta(minutes=info.sla_minutes)


BEFORE_DISPATCH = {
    K.NEW, K.CONFIRMED, K.PAYMENT_PENDING, K.AWAITING_STOCK, K.READY_TO_PACK, K.PACKING, K.PACKED, K.PARTLY_DISPATCHED,
    K.ON_HOLD,
}  # fmt: skip


def next_step(o: Any, holds: Sequence[Any], at: datetime) -> NextStep:
    """The one thing to do now, from the stage and the facts behind it."""
    if o.stage in (K.CANCELLED, K.CLOSED):
        return _give_back(o) or NOTHING
    if o.stage == K.ON_HOLD:
        return _clear(holds)
    if o.stage == K.RETURN_IN_PROGRESS:
        if o.return_status == "requested":
            return NextStep("decide_return", "Approve or decline the return", Team.SUPPORT, is_fixed=True)
        return NextStep("receive_return", "Receive and inspect the return", Team.WAREHOUSE, is_fixed=True)
    if o.stage in (K.RETURNED, K.DELIVERED, K.LOST):
        return _after_delivery(o, at)
    if o.stage in WORK:
        return _work(o, at)
    return _before_work(o, at)


def _clear(holds: Sequence[Any]) -> NextStep:
    """A hold until a moment ends by itself: what somebody must clear comes before it, and without such it is only waited.

    A no comes before all: clearing the rest would not make the order go on.
    """
    if declined := next((h for h in holds if h.declined_at), None):
        return NextStep("answer_no", f"Cancel it or change it. {declined.said}", declined.owner_team, is_fixed=True)
    hold = next((h for h in holds if h.until is None), None)
    if hold:
        return NextStep("clear_hold", hold.reason.clear_step, hold.owner_team, is_fixed=True)
    last = max(holds, key=lambda h: h.until)
    return NextStep("clear_hold", f"Wait until {_at(last.until)}, or clear the hold", last.owner_team, is_fixed=True)


def _at(until: datetime) -> str:
    """23 Nov, 10:00: true on any day, for the words are stored."""
    local = until.astimezone(business_zone())
    return f"{local.day} {local:%b, %H:%M}"


WORK = {
    K.PARTLY_DELIVERED,
    K.DISPATCHED,
    K.PARTLY_DISPATCHED,
    K.RETURNING_TO_ORIGIN,
    K.PACKED,
    K.PACKING,
    K.READY_TO_PACK,
}


def _give_back(o: Any) -> NextStep | None:
    if o.balance_due < 0:
        return NextStep("refund", f"Refund {format_money(-o.balance_due, o.currency)}", Team.FINANCE, is_fixed=True)
    return None


def _after_delivery(o: Any, at: datetime) -> NextStep:
    if o.status == OrderStatus.PROCESSING:
        return _work(o, at)
    if o.is_historical:
        return NOTHING
    if o.cod_outstanding > 0 and o.qty_written_off > 0 and not o.qty_delivered:
        # No courier has this cash. Voiding it is left to a person: what is lost today may turn up tomorrow.
        amount = format_money(o.cod_outstanding, o.currency)
        return NextStep("void_cod", f"Void {amount} cash on delivery, the parcel is lost", Team.FINANCE, is_fixed=True)
    if o.cod_outstanding > 0:
        return NextStep("match_cod", "Match the COD remittance", Team.FINANCE, is_fixed=True)
    if o.loss_due_at:
        return _answer_loss(o)
    if o.balance_due > 0:
        return NextStep("collect", f"Collect {format_money(o.balance_due, o.currency)}", Team.FINANCE, is_fixed=True)
    # Settled orders close by themselves when the return window is over (orders.tasks.close_settled).
    return _give_back(o) or NOTHING


def _work(o: Any, at: datetime) -> NextStep:
    """The nearest warehouse step among what is still in the building, then what is on the road."""
    if o.qty_packed > 0:
        return NextStep("dispatch", f"Dispatch {plural(o.qty_packed, 'unit')}", Team.WAREHOUSE)
    if o.qty_picked > 0:
        return NextStep("pack", f"Pack {plural(o.qty_picked, 'unit')}", Team.WAREHOUSE)
    if o.qty_allocated > o.supplier_units:
        if o.status == OrderStatus.CONFIRMED:
            return NextStep("release", "Release to picking", Team.WAREHOUSE)
        if o.is_picking:
            return NextStep("pick", "Finish the pick", Team.WAREHOUSE)
        return NextStep("pick", "Start the pick", Team.WAREHOUSE)
    if o.attempt_due_at:
        return NextStep("answer_attempt", "Answer the failed delivery", Team.SUPPORT, is_fixed=True)
    if o.loss_due_at:
        return _answer_loss(o)
    if o.qty_returning > 0:
        return NextStep("receive_rto", "Receive the parcel coming back", Team.WAREHOUSE)
    if o.qty_backordered > 0 or o.supplier_units > 0:
        return _procurement(o, at)
    return NextStep("deliver", "Confirm the delivery", Team.WAREHOUSE)


def _answer_loss(o: Any) -> NextStep:
    amount = format_money(o.loss_value, o.currency)
    return NextStep("answer_loss", f"Send again or refund: {amount} of goods lost", Team.SUPPORT, is_fixed=True)


def _before_work(o: Any, at: datetime) -> NextStep:
    if o.stage == K.PAYMENT_PENDING:
        return _payment(o)
    if o.stage == K.AWAITING_STOCK:
        return _procurement(o, at)
    if o.stage == K.NEW:
        if o.confirmation_basis == "payment" and payment_gate_met(o):
            if o.verifying_total > 0:
                return NextStep("verify", "Verify the payment", Team.FINANCE, True)
            return NextStep("collect", f"Collect {format_money(gate_missing(o), o.currency)}", Team.SALES)
        if confirmation_basis_met(o):
            return NextStep("customer_po", "Enter the customer's PO number", Team.SALES, is_fixed=True)
        return NextStep("confirm", "Confirm the order", Team.SALES)
    if o.stage == K.DRAFT:
        return NextStep("place", "Complete and place the order", Team.SALES)
    return NextStep("allocate", "Allocate stock", Team.WAREHOUSE)


def released(o: Any) -> str:
    """What is said of an order about to be released: who begins with it."""
    if o.qty_allocated > o.supplier_units:
        return f"{o.number} is in the pick queue."
    return f"{o.number} is released. {'Tell the supplier who sends it.' if o.supplier_units else 'It waits for stock.'}"


def _procurement(o: Any, at: datetime) -> NextStep:
    """What somebody must do with a supplier who sends it comes before waiting, for stock or for the supplier."""
    if o.supplier_units and o.status == OrderStatus.CONFIRMED:
        return NextStep("release", "Release to the supplier", Team.WAREHOUSE, is_fixed=True)
    match o.supplier_step if o.supplier_units else "":
        case "stopped":
            return NextStep(
                "cancel_stopped", f"Cancel or order again: {o.supplier_ref} stopped", Team.SUPPORT, is_fixed=True
            )
        case "stop":
            return NextStep(
                "supplier_stop", f"Get the answer of {o.supplier_ref}: can they stop?", Team.PURCHASING, is_fixed=True
            )
        case "order":
            return NextStep("order_supplier", f"Send the order to {o.supplier_ref}", Team.PURCHASING, is_fixed=True)
        case "ship" if not o.qty_backordered:
            return NextStep("await_supplier", _ships(o, at), Team.PURCHASING, is_fixed=True)
    return _stock(o)


def _ships(o: Any, at: datetime) -> str:
    """Wait for Acme Pottery, PO-10004, expected 3 Dec, to ship; past that day they are asked (orders.tasks.ask_suppliers)."""
    if o.supplier_due_on and o.supplier_due_on < business_date(at):
        return f"Ask {o.supplier_ref}, for the parcel or a new day"
    day = f", expected {o.supplier_due_on.day} {o.supplier_due_on:%b}," if o.supplier_due_on else ""
    return f"Wait for {o.supplier_ref}{day} to ship"


def _stock(o: Any) -> NextStep:
    """Who waits for stock waits for somebody who shares it out, if it is scarce; else for a document and a day, once
    purchasing has one."""
    if o.scarce_sku:
        return NextStep("share_stock", f"Share out scarce {o.scarce_sku}", Team.SALES, is_fixed=True)
    text = f"Receive stock for {plural(o.qty_backordered, 'unit')}"
    if o.stock_due_ref:
        verb, more = ("Make", "Make") if _is_made(o) else ("Receive", "Order")
        text = f"{verb} {_supply(o)}" if o.stock_due_on else f"{more} the rest; {o.stock_due_ref} brings a part"
    return NextStep("receive_stock", text, Team.WAREHOUSE if _is_made(o) else Team.PURCHASING, is_fixed=True)


def _is_made(o: Any) -> bool:
    """Whether our own hands bring the last of what is missing: production is pending, not a supplier."""
    return o.stock_due_ref.startswith("AS-")


def _supply(o: Any) -> str:
    """PO-10004, expected 3 Dec: true on any day, for the words are stored."""
    return f"{o.stock_due_ref}, expected {o.stock_due_on.day} {o.stock_due_on:%b}"


def _payment(o: Any) -> NextStep:
    if o.verifying_total > 0:
        return NextStep("verify", f"Verify {format_money(o.verifying_total, o.currency)}", Team.FINANCE, is_fixed=True)
    if o.payment_status == "failed":
        return NextStep("collect", "Ask for a new payment", Team.SALES, is_fixed=True)
    due, whole = gate_missing(o), o.balance_due
    part = f" of {format_money(whole, o.currency)}" if due < whole else ""
    return NextStep("collect", f"Collect {format_money(due, o.currency)}{part}", Team.FINANCE)


def _at_supplier(o: Any) -> dict:
    day = f", expected {o.supplier_due_on.day} {o.supplier_due_on:%b}" if o.supplier_due_on else ""
    until = end_of(o.supplier_due_on).isoformat() if o.supplier_due_on else None
    text = f"Waiting for the supplier to ship {plural(o.supplier_told, 'unit')}: {o.supplier_ref}{day}"
    return {"code": "supplier:ships", "text": text, "team": Team.PURCHASING.value, "until": until}


def _unmet(o: Any) -> dict | None:
    """What an order still waits for before it may be confirmed: money, or the customer's word in writing."""
    refusal = confirmation_basis_met(o)
    if refusal is None:
        return None
    if refusal.code == "needs_customer_po":
        return {"code": "customer_po", "text": "The customer's PO number is missing", "team": Team.SALES.value}
    if o.verifying_total > 0:
        text = f"{format_money(o.verifying_total, o.currency)} waits for Finance to verify it"
        return {"code": "payment:verification_pending", "text": text, "team": Team.FINANCE.value}
    text = f"Not confirmed before {format_money(gate_missing(o), o.currency)} is received"
    return {"code": "payment:payment_due", "text": text, "team": Team.SALES.value}


def _lost(o: Any) -> dict:
    text = f"Goods of {format_money(o.loss_value, o.currency)} are lost, "
    is_cash = o.next_action == "void_cod"
    text += "Finance has not voided the cash yet" if is_cash else "Support has not answered the customer yet"
    team = Team.FINANCE if is_cash else Team.SUPPORT
    return {"code": "parcel:lost", "text": text, "team": team.value, "until": o.loss_due_at.isoformat()}


def _why_held(hold: Any) -> str:
    """The reason once, although the sentence of a check may begin with it."""
    label, detail = hold.reason.label, hold.detail
    why = detail if detail.startswith(label) else f"{label}: {detail}" if detail else label
    end = "" if why.endswith((".", "?", "!")) else "."
    return f"{why}{end} {hold.said}" if hold.said else why


def _summary(hold: Any) -> str:
    """A no before what it was said to, for the list cuts the end off."""
    if hold.declined_at:
        return f"{hold.said} ({hold.reason.label.lower()})"
    return hold.detail if hold.rule and hold.detail else _why_held(hold)


def _short(o: Any) -> dict:
    text, until = f"Short {o.qty_backordered} of {o.qty_ordered - o.qty_cancelled}", None
    if o.scarce_sku:
        text = f"{text}: {o.scarce_sku} is scarce and waits to be shared out"
        return {"code": "stock:scarce", "text": text, "team": Team.SALES.value}
    if o.stock_due_ref and o.stock_due_on:
        what = "production pending, " if _is_made(o) else ""
        text, until = f"{text}: {what}{_supply(o)}", day_bounds(o.stock_due_on)[1].isoformat()
    team = Team.WAREHOUSE if _is_made(o) else Team.PURCHASING
    return {"code": "stock:short", "text": text, "team": team.value, "until": until}


def blockers(o: Any, holds: Sequence[Any], at: datetime) -> list[dict]:
    """Everything in the way, each with its own clock: {code, text, team, since, until}. A blocker keeps its first `since`."""
    # What was cancelled on hold waits for nobody. Its holds stay open underneath, for a cancellation can be undone.
    stopped = [] if o.status in OVER else holds
    found = [
        {"code": f"hold:{h.reason.key}", "text": _why_held(h), "team": h.owner_team,
         "since": h.placed_at.isoformat(), "until": h.until.isoformat() if h.until and not h.declined_at else None}
        for h in stopped
    ]  # fmt: skip
    if o.status == OrderStatus.NEW and (unmet := _unmet(o)):
        found.append(unmet)
    if o.status in (OrderStatus.CONFIRMED, OrderStatus.PROCESSING):
        if refusal := payment_gate_met(o):
            found.append({"code": f"payment:{refusal.code}", "text": refusal.message, "team": Team.FINANCE.value})
        if o.qty_backordered > 0:
            found.append(_short(o))
        if o.supplier_told > 0:
            found.append(_at_supplier(o))
        if o.supplier_units > 0 and o.supplier_step == "stopped":
            text = f"{o.supplier_ref} stopped: {plural(o.supplier_units, 'unit')} will not come"
            found.append({"code": "supplier:stopped", "text": text, "team": Team.SUPPORT.value})
    if o.attempt_due_at:
        found.append(
            {"code": "parcel:attempt_failed", "text": "Delivery failed", "team": Team.SUPPORT.value,
             "until": o.attempt_due_at.isoformat()}
        )  # fmt: skip
    if o.loss_due_at:
        found.append(_lost(o))
    if o.return_status == "requested":
        found.append(
            {"code": "return:requested", "text": "A return waits for Support's decision", "team": Team.SUPPORT.value}
        )
    known = {b["code"]: b["since"] for b in (o.blockers or [])}
    for blocker in found:
        blocker.setdefault("since", known.get(blocker["code"], at.isoformat()))
        blocker.setdefault("until", None)
    return found
