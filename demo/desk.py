"""What the demo's people do in one move: the real actions, for whatever of an order is ready for them."""

from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random
from typing import Any

from demo.drafts import Generator, paid
from fulfilment.actions import pack, pick
from fulfilment.actions.dispatch import dispatch
from fulfilment.actions.label import label_parcel
from fulfilment.actions.parcel import deliver, track
from fulfilment.actions.short import short_pick
from fulfilment.models import FulfilmentOrder, Shipment
from fulfilment.pieces import pieces
from inventory.models import Product
from oms.access.models import User
from oms.kernel.clock import now
from orders.actions.capture import capture_orders
from orders.actions.confirm import confirm_order
from orders.actions.release import release_order
from orders.channels.draft import LineDraft
from orders.models import Channel, Order
from payments.actions.cod import remit_cod
from payments.actions.verify import verify_payment
from payments.models import Payment

CARRIERS = {"IN": ("delhivery", "bluedart", "own"), "AU": ("auspost", "sendle", "own")}


@dataclass
class Desk:
    """The staff at work. Every method acts at the moment the story stands at."""

    generator: Generator
    random: Random
    staff: dict[str, User]
    channels: dict[str, Channel]

    def place(
        self, channel: str, pay: str = "paid", lines: tuple[tuple[Product, int], ...] = (), **changes: Any
    ) -> str:
        """An order paid for in one of the ways of `ways_to_pay`; `lines` replaces what the customer would choose."""
        source = self.channels[channel]
        draft = replace(self.generator.draft(source, now()), **changes)
        if lines:
            factor = 1 if source.currency == "INR" else 50
            draft = replace(
                draft,
                lines=tuple(
                    LineDraft(p.sku, p.name, qty, round((p.price or Decimal(100)) / factor, 2)) for p, qty in lines
                ),
            )
        method = "upi" if source.currency == "INR" else "bank"
        ways: dict[str, Any] = {
            "unpaid": lambda: draft, "paid": lambda: paid(draft), "verify": lambda: paid(draft, "verification_pending", method),
            "cod": lambda: replace(draft, payment_terms="cod"), "credit": lambda: replace(draft, payment_terms="credit"),
            "half": lambda: paid(draft, share="0.5", method="bank"), "over": lambda: paid(draft, share="1.10", method=method),
            "failed": lambda: paid(draft, "failed"), "authorized": lambda: paid(draft, "authorized"),
        }  # fmt: skip
        return capture_orders([ways[pay]()], channel=source, actor="system")[0].number

    def confirm(self, number: str) -> None:
        confirm_order(number, actor=self.staff["sales"])

    def release(self, number: str) -> None:
        release_order(number, actor=self.staff["warehouse"])

    def verify(self, number: str) -> None:
        for row in Payment.objects.filter(order__number=number, status="verification_pending"):
            verify_payment(row.number, actor=self.staff["finance"])

    def remit(self, number: str) -> None:
        for row in Payment.objects.filter(order__number=number, status="cod_collected"):
            remit_cod(row.number, reference=f"REM-{number[3:]}", actor=self.staff["finance"])

    def work(self, number: str, status: str) -> list[FulfilmentOrder]:
        return list(FulfilmentOrder.objects.filter(order__number=number, status=status).order_by("pk"))

    def start_pick(self, number: str) -> None:
        for fo in self.work(number, "open"):
            pick.start_pick(fo.number, actor=self.staff["warehouse"])

    def finish_pick(self, number: str, lines: int | None = None) -> None:
        """Pick everything, or only the first `lines` lines and stay at it."""
        bo = self.staff["warehouse"]
        for fo in self.work(number, "picking"):
            for piece in pieces(list(fo.lines.select_related("line", "product"))[:lines]):
                pick.pick_line(fo.number, code=piece.product.sku, qty=piece.asked - piece.picked, actor=bo)
            if lines is None:
                pick.finish_pick(fo.number, actor=bo)

    def pack(self, number: str, only: int | None = None) -> None:
        """Pack everything picked, or only the first `only` works."""
        for fo in self.work(number, "picked")[:only]:
            for piece in pieces(fo.lines.select_related("line", "product")):
                for _ in range(piece.to_pack - piece.packed):
                    pack.scan(fo.number, code=piece.product.sku, actor=self.staff["warehouse"])
            pack.finish_pack(fo.number, actor=self.staff["warehouse"])

    def ship(self, number: str) -> None:
        country = Order.objects.get(number=number).channel.country
        for fo in self.work(number, "packed"):
            carrier = self.random.choice(CARRIERS[country])
            dispatch(
                fo.number, carrier=carrier, tracking_number=f"{carrier[:2].upper()}{fo.number[3:]}7{fo.pk:04}",
                actor=self.staff["warehouse"],
            )  # fmt: skip

    def label(self, number: str) -> None:
        """The label is on; the carrier has not come yet."""
        for fo in self.work(number, "packed"):
            label_parcel(fo.number, carrier="own", tracking_number=f"OW{fo.number[3:]}", actor=self.staff["warehouse"])

    def miss(self, number: str) -> None:
        """One unit of the first line is not on its shelf."""
        for fo in self.work(number, "picking")[:1]:
            row = fo.lines.select_related("product").order_by("-qty", "pk")[0]
            short_pick(fo.number, code=row.product.sku, qty=1, reason="not_found", actor=self.staff["warehouse"])

    def parcels(self, number: str) -> list[Shipment]:
        """The order's parcels that have not ended."""
        return list(Shipment.objects.filter(order__number=number, ended_at__isnull=True).order_by("pk"))

    def track(self, number: str, move: str, text: str) -> None:
        for parcel in self.parcels(number):
            track(parcel.number, move=move, text=text, actor="Carrier")

    def deliver(self, number: str) -> None:
        for parcel in self.parcels(number):
            deliver(parcel.number, actor="Carrier")

    def home_of(self, number: str) -> str:
        """Code of the place that works on the order, where its returns are opened too."""
        return (
            FulfilmentOrder.objects.filter(order__number=number)
            .order_by("pk")
            .values_list("location__code", flat=True)[0]
        )
