"""Returns, one in every state: an order delivered a week ago, and how far its return has come."""

from collections.abc import Callable
from datetime import timedelta

from demo.clockwork import Story
from demo.desk import Desk
from demo.ordinary import settled
from oms.kernel.clock import now, time_is
from orders.models import Order
from returns.actions.decide import approve_return, decline_return
from returns.actions.finish import cancel_return, close_return
from returns.actions.inspect import Finding, inspect_return
from returns.actions.receive import receive_return
from returns.actions.request import request_return
from returns.actions.resolve import Settlement, resolve_return
from returns.actions.transit import mark_in_transit


def returned(
    desk: Desk, channel: str, upto: str, reason: str, type: str = "return", *, note: str = "", pay: str = "paid"
) -> Story:
    """Asked for, then as far as `upto` says."""
    goods = desk.generator.products
    number = desk.place(channel, pay, lines=((goods[2], 3), (goods[11], 1)))
    for step in (desk.confirm, desk.release, desk.start_pick, desk.finish_pick, desk.pack, desk.ship):
        yield 1.5
        step(number)
    yield 30
    desk.deliver(number)
    yield 30
    support = desk.staff["support"]
    line = Order.objects.get(number=number).lines.order_by("-qty_delivered", "pk").first()
    assert line is not None
    units = min(line.qty_delivered, 2)
    rma = request_return(
        number, quantities={line.pk: units}, reason=reason, type=type, note=note, actor=support
    ).number  # fmt: skip
    if upto == "asked":
        return
    yield 3
    if upto == "declined":
        decline_return(rma, reason="It was used for a month and shows it", actor=support)
        return
    approve_return(rma, actor=support, note="Label sent by e-mail")
    yield 20
    if upto == "cancelled":
        cancel_return(rma, reason="The customer keeps it after all", actor=support)
    elif upto in ("settled", "closed"):
        yield from settled(desk, number, rma)
        if upto == "closed":
            close_return(rma, actor=desk.staff["finance"])
    elif upto != "approved":
        mark_in_transit(rma, carrier="Customer's own", tracking_number=f"BK{rma[4:]}", actor=support)
        yield 20
        _open(desk, number, rma, upto, units)


def _open(desk: Desk, number: str, rma: str, upto: str, units: int) -> None:
    """The parcel at the returns bench."""
    bo = desk.staff["warehouse"]
    entry = Order.objects.get(number=number).returns.get(number=rma).lines.get()
    if upto == "transit":
        return
    arrived = 1 if upto == "part_received" else units
    receive_return(rma, quantities={entry.pk: arrived}, location=desk.home_of(number), actor=bo)
    if upto not in ("inspected", "exchanged"):
        return
    with time_is(now() + timedelta(hours=1)):
        found = [Finding(entry.pk, 1, "opened", "restock")]
        if units > 1:
            found.append(Finding(entry.pk, units - 1, "damaged", "quarantine", "Dent on the lid"))
        inspect_return(rma, findings=found, actor=bo)
        if upto == "exchanged":
            resolve_return(
                rma, settlements={entry.pk: Settlement("exchange", units)}, actor=desk.staff["support"],
                note="Same thing in another colour",
            )  # fmt: skip


def _case(*args: str, **more: str) -> Callable[[Desk], Story]:
    return lambda desk: returned(desk, *args, **more)  # type: ignore[arg-type]


# (hours ago, story): each is old enough for what has happened since.
RETURNED: tuple[tuple[float, Callable[[Desk], Story]], ...] = (
    (76, _case("web-in", "asked", "damaged", "claim", note="Photo of the dent sent")),
    (84, _case("web-au", "asked", "changed_mind")),
    (100, _case("bazaar", "asked", "wrong_size", "exchange")),
    (110, _case("web-in", "approved", "not_as_described")),
    (120, _case("web-au", "transit", "defective")),
    (130, _case("web-in", "part_received", "changed_mind")),
    (124, _case("whatsapp", "received", "wrong_item")),
    (140, _case("web-au", "received", "damaged")),
    (132, _case("web-in", "inspected", "defective")),
    (150, _case("web-au", "exchanged", "wrong_size", "exchange")),
    (180, _case("web-in", "settled", "changed_mind")),
    (220, _case("web-au", "closed", "late")),
    (130, _case("web-in", "declined", "changed_mind")),
    (140, _case("phone-au", "cancelled", "changed_mind")),
)
