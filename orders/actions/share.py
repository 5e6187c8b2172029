"""Share a scarce product out between the orders that want it, as somebody has decided on the fair-share desk."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction

from inventory.actions.share import Gain, Loss, Wait, move_shares
from inventory.decisions import keep_chosen
from inventory.models import Location, Product
from oms.events.publish import publish
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.kernel.numbers import next_number
from orders.actions.progress import report_quantities, report_scarce
from orders.locks import lock_orders
from orders.models import Order, ShareDecision
from orders.sharing.picture import Ask, Picture, picture_of
from orders.sharing.proposals import Proposal, ShareRule, propose

NAMED = 3  # orders named in the sentence of another one


@transaction.atomic
def share_out(sku: str, *, rule: str, seen: str, reason: str, actor: Any) -> ShareDecision:
    """Give the free and softly held units of `sku` to the orders that want them by `rule`, all of it or nothing.

    `seen` is the version of the picture that was decided on. Refuses when it changed since, without a reason, and when
    nothing would move. Units allocated to confirmed orders are never touched; what an order loses it waits for again,
    at its old place in the queue, and every order's timeline says what moved and why.
    """
    if rule not in ShareRule.values:
        raise Refused("rule_unknown", "Choose one of the proposals.")
    if not reason.strip():
        raise Refused("reason_missing", "Say why it is shared so; every order that gains or loses will show it.")
    product = Product.objects.filter(sku=sku).first()
    if product is None:
        raise Refused("sku_unknown", f"There is no SKU {sku}.")
    orders = {order.number: order for order in lock_orders({a.number for a in picture_of(product).asks})}
    picture = picture_of(product)  # as it stands under the locks
    if picture.version != seen or {a.number for a in picture.asks} != orders.keys():
        raise Refused("picture_changed", f"Who waits for {sku}, or what there is of it, has just changed. Look again.")
    proposal = propose(picture, ShareRule(rule))
    changed = [a for a in picture.asks if proposal.change(a)]
    if not changed:
        raise Refused("nothing_moves", "By this proposal every order keeps what it has.")
    decision = _store(picture, proposal, reason.strip(), actor)
    _move(picture, proposal, orders)
    _tell(decision, changed, proposal, orders, actor)
    return decision


def _store(picture: Picture, proposal: Proposal, reason: str, actor: Any) -> ShareDecision:
    who = as_actor(actor)
    rows = [[a.number, a.line_id, a.wants, a.has, proposal.units(a.line_id)] for a in picture.asks]
    return ShareDecision.objects.create(
        number=next_number("orders_share_seq", "FS"), product=picture.product, rule=proposal.rule, reason=reason[:300],
        pool=picture.to_share, rows=rows, actor_name=who.name, actor_user_id=who.user_id, at=now(),
    )  # fmt: skip


def _move(picture: Picture, proposal: Proposal, orders: Mapping[str, Order]) -> None:
    losses, gains = [], []
    for ask in picture.asks:
        given = proposal.given.get(ask.line_id, {})
        for place in sorted(given.keys() | ask.held.keys()):
            delta = (given.get(place, 0) - ask.held.get(place, 0)) // ask.per
            if delta < 0:
                losses.append(Loss(ask.line_id, ask.product_id, place, -delta))
            elif delta:
                order = orders[ask.number]
                until = now() + timedelta(hours=order.channel.reservation_hours) if ask.is_new else None
                gains.append(Gain(ask.line_id, ask.number, ask.product_id, place, delta, until))
    waits = [
        Wait(a.line_id, a.number, a.product_id, (a.wants - proposal.units(a.line_id)) // a.per, a.since)
        for a in picture.asks
    ]
    move_shares(losses, gains, waits)


def _tell(
    decision: ShareDecision, changed: list[Ask], proposal: Proposal, orders: Mapping[str, Order], actor: Any
) -> None:
    """Bring lines and orders up to date, keep why the units lie where they lie, and say it on every timeline."""
    by_order: dict[str, Counter[int]] = {}
    units: Counter[str] = Counter()
    for ask in changed:
        by_order.setdefault(ask.number, Counter())[ask.line_id] = proposal.change(ask) // ask.per
        units[ask.number] += proposal.change(ask)
    is_new = {a.number: a.is_new for a in changed}
    _keep_why(decision, changed, proposal)
    for number, order in orders.items():
        scarce = "" if order.scarce_sku == decision.product.sku else order.scarce_sku
        if number not in by_order:
            if scarce != order.scarce_sku:  # it was asked, too, and waits for other units now
                report_scarce(order, scarce)
            continue
        counter = "reserved" if is_new[number] else "allocated"
        moved = {pk: {"backordered": -delta, counter: delta} for pk, delta in by_order[number].items()}
        report_quantities(order, moved, scarce=scarce)
        publish(
            "orders.stock_shared", subject=number, actor=actor, label=_sentence(number, units, decision),
            sku=decision.product.sku, decision=decision.number, units=units[number],
        )  # fmt: skip


def _keep_why(decision: ShareDecision, changed: list[Ask], proposal: Proposal) -> None:
    codes = dict(Location.objects.values_list("pk", "code"))
    sent: dict[str, list[tuple[int, int, str, int]]] = {}
    for ask in changed:
        for place, qty in proposal.given.get(ask.line_id, {}).items():
            sent.setdefault(ask.number, []).append((ask.line_id, ask.product_id, codes[place], qty // ask.per))
    reason = f"{decision.number} by {decision.actor_name}: {decision.reason}"
    keep_chosen(list(sent), rule=f"Fair share: {proposal.rule.label.lower()}", reason=reason, sent=sent)


def _sentence(number: str, units: Mapping[str, int], decision: ShareDecision) -> str:
    """What happened to this order, and who has what it lost."""
    mine, rule = units[number], ShareRule(decision.rule).label.lower()
    why = f"by decision {decision.number} ({rule}): {decision.reason}"
    if mine >= 0:
        return f"{mine} × {decision.product.sku} came here {why}"
    winners = [n for n, delta in units.items() if delta > 0]
    named = ", ".join(winners[:NAMED]) + (f" and {len(winners) - NAMED} more" if len(winners) > NAMED else "")
    return f"{-mine} × {decision.product.sku} went to {named} {why}"
