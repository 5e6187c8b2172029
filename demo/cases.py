"""One order of each kind that a day brings; each story stops where the order stands now."""

from datetime import timedelta

from demo.clockwork import Story
from demo.desk import Desk
from demo.ordinary import until_sent
from fulfilment.actions.answer_loss import refund_loss
from fulfilment.actions.parcel import initiate_rto, lose, receive_rto
from inventory.models import Product
from oms.kernel.clock import now
from orders.actions.assign import assign_order
from orders.actions.hold import clear_hold, hold_order
from orders.actions.note import add_note
from orders.models import Hold
from payments.actions.refund import approve_refund, send_refund, succeed_refund


def waiting(desk: Desk, channel: str, pay: str, confirmed: bool = True) -> Story:
    """Placed and, mostly, confirmed; it waits for the next person."""
    number = desk.place(channel, pay)
    yield 0.5
    if confirmed:
        desk.confirm(number)


def held(
    desk: Desk, channel: str, reason: str, detail: str, hours: float | None = None, cleared: bool = False
) -> Story:
    number = desk.place(channel, "paid")
    yield 0.4
    until = now() + timedelta(hours=hours) if hours else None
    hold_order(number, reason=reason, detail=detail, until=until, actor=desk.staff["support"])
    add_note(number, text=f"{detail}. Wrote to the customer.", actor=desk.staff["support"])
    yield 1
    if cleared:
        hold = Hold.objects.get(order__number=number)
        clear_hold(number, hold_id=hold.pk, note="Settled by phone", actor=desk.staff["support"])
        yield 1
        desk.confirm(number)
        yield from until_sent(desk, number, desk.random)
    else:
        assign_order(number, username="tom", actor=desk.staff["support"])


def on_the_floor(
    desk: Desk, channel: str, upto: str, *, pause: float = 0.3, lines: int | None = None, **place
) -> Story:
    """In the warehouse, done up to `upto`: release, start, part_pick, miss (a unit), pick, pack, label."""
    number = desk.place(channel, **place)
    yield pause
    desk.confirm(number)
    yield pause
    desk.release(number)
    steps = {
        "start": desk.start_pick, "miss": desk.miss if upto == "miss" else None, "pick": desk.finish_pick,
        "pack": desk.pack, "label": desk.label,
    }  # fmt: skip
    for name, step in steps.items():
        if upto == "release" or (upto == "part_pick" and name == "pick"):
            break
        if step:
            yield pause
            step(number)
        if name == upto:
            break
    if upto == "part_pick":
        yield pause
        desk.finish_pick(number, lines=lines or 1)


def short(desk: Desk, channel: str, other: Product | None, scarce: Product, sent: bool) -> Story:
    """More was ordered than there is: the rest waits for stock; with `sent` the first part has left."""
    number = desk.place(channel, "paid", lines=(*([(other, 2)] if other else []), (scarce, 14)))
    yield 0.5
    desk.confirm(number)
    if sent:
        for step in (desk.release, desk.start_pick, desk.finish_pick, desk.pack, desk.ship):
            yield 1
            step(number)


def split(desk: Desk, channel: str, *lines: tuple[Product, int]) -> Story:
    """Two places work on one order; one parcel has left, the other waits."""
    number = desk.place(channel, "paid", lines=lines)
    for step in (desk.confirm, desk.release, desk.start_pick, desk.finish_pick):
        yield 0.6
        step(number)
    yield 1
    desk.pack(number, only=1)
    yield 1
    desk.ship(number)


def refunded(desk: Desk, parcel: str) -> None:
    """The customer of a parcel lost on our own van has the money back; there is no carrier to claim it from."""
    support, finance = desk.staff["support"], desk.staff["finance"]
    loss = refund_loss(parcel, actor=support)
    approve_refund(loss.refund_number, actor=finance)
    send_refund(loss.refund_number, reference="BANK-LOST-1", actor=finance)
    succeed_refund(loss.refund_number, actor=finance)


def on_the_road(desk: Desk, channel: str, end: str, pay: str = "paid") -> Story:
    """Sent; the parcel is where `end` says."""
    number = desk.place(channel, pay)
    for step in (desk.confirm, desk.release, desk.start_pick, desk.finish_pick, desk.pack, desk.ship):
        yield 1.2
        step(number)
    yield 5
    desk.track(number, "transit", "Left the hub")
    if end == "transit":
        return
    yield 20
    desk.track(
        number,
        "delay" if end == "delay" else "out_for_delivery",
        "Road closed" if end == "delay" else "With the driver",
    )
    if end in ("delay", "out"):
        return
    yield 4
    desk.track(number, "fail_attempt", "Nobody at home")
    if end == "failed":
        return
    yield 12
    parcel, support = desk.parcels(number)[0], desk.staff["support"]
    if end.startswith("lost"):
        lose(parcel.number, reason="The carrier cannot find it", actor=support)
        if end == "lost_refunded":
            yield 3
            refunded(desk, parcel.number)
        return
    initiate_rto(parcel.number, reason="Refused at the door", actor=support)
    yield 10
    desk.track(number, "return_transit", "On the way back")
    if end == "back":
        yield 20
        receive_rto(parcel.number, actor=desk.staff["warehouse"])
