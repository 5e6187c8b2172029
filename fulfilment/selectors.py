"""Reads of the warehouse: what waits where, most urgent first, and what one piece of work shows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from fulfilment.models import CountRequest, FulfilmentOrder, FulfilmentOrderLine
from fulfilment.pieces import Piece, pieces
from fulfilment.states import WorkStatus
from inventory.models import LinePart
from oms.events.models import Event
from orders.states import OrderStatus

W = WorkStatus
STATES: dict[str, tuple[str, ...]] = {"pick": (W.OPEN, W.PICKING), "pack": (W.PICKED,), "dispatch": (W.PACKED,)}
URGENCY = ("order__priority", "due_at", "created_at")


def waiting(user: Any, kind: str, location: str = "") -> QuerySet[FulfilmentOrder]:
    """Released work of `kind` (pick, pack, dispatch) that the person may see, most urgent first."""
    rows = in_queue(FulfilmentOrder.objects.visible_to(user), kind)
    if location:
        rows = rows.filter(location__code=location)
    first = F("due_at").asc(nulls_last=True)
    return rows.select_related("order", "location").order_by("order__priority", first, "created_at", "pk")


def in_queue(rows: QuerySet[FulfilmentOrder], kind: str) -> QuerySet[FulfilmentOrder]:
    return rows.filter(status__in=STATES[kind], order__status=OrderStatus.PROCESSING)


def with_units(rows: QuerySet[FulfilmentOrder]) -> QuerySet[FulfilmentOrder]:
    """Rows carrying `units` and `line_count`."""
    lines = FulfilmentOrderLine.objects.filter(fo=OuterRef("pk"), qty__gt=0).order_by().values("fo")
    return rows.annotate(
        units=Coalesce(Subquery(lines.annotate(n=Sum("qty")).values("n")), 0),
        line_count=Coalesce(Subquery(lines.annotate(n=Count("pk")).values("n")), 0),
    )


@dataclass(frozen=True)
class TallyLine:
    """One product of a piece of work: `done` of `asked`; `at` is done, now (the one to take next), part or empty."""

    piece: Piece
    done: int
    asked: int
    at: str

    @property
    def left(self) -> int:
        return self.asked - self.done


def tally(fo: FulfilmentOrder) -> list[TallyLine]:
    """What is counted so far: of the pick while picking, of the parcel afterwards. Unfinished products first, of a kit
    its components."""
    picking = fo.status in (W.OPEN, W.PICKING)
    found = []
    for piece in pieces(fo.lines.select_related("product", "line").filter(qty__gt=0)):
        done, asked = (piece.picked, piece.asked) if picking else (piece.packed, piece.to_pack)
        found.append((piece, done, asked))
    # A line begun comes before one not begun: the hand is still at that shelf.
    found.sort(key=lambda f: (f[1] >= f[2], f[1] == 0, f[0].row.pk))
    return [
        TallyLine(piece, done, asked, "done" if done >= asked else "now" if i == 0 else "part" if done else "")
        for i, (piece, done, asked) in enumerate(found)
    ]


def expected_grams(fo: FulfilmentOrder) -> int | None:
    """What the goods of the parcel weigh by the catalogue, or None when a weight is unknown."""
    found = pieces(fo.lines.select_related("product", "line").filter(qty__gt=0))
    weights = [(p.product.weight_grams, p.to_pack) for p in found]
    return None if any(w is None for w, _ in weights) else sum(w * n for w, n in weights)


def in_doubt(fo: FulfilmentOrder) -> QuerySet[CountRequest]:
    """Open counts of this work's products at its location: the books are not to be trusted there."""
    parts = LinePart.objects.filter(line_id__in=fo.lines.values("line_id"))
    ours = Q(product__in=fo.lines.values("product")) | Q(product__in=parts.values("product"))
    rows = CountRequest.objects.filter(ours, location=fo.location, counted_at=None)
    return rows.select_related("product")


@dataclass(frozen=True)
class PutBack:
    """Units already picked that the order let go: what to put back, why, and when that was."""

    detail: str
    reason: str
    at: datetime


def to_put_back(fo: FulfilmentOrder) -> list[PutBack]:
    """What the order let go since this work's pick began, the newest last; nothing once it has left."""
    if fo.picking_at is None or fo.status in (W.DISPATCHED, W.COMPLETED):
        return []
    facts = Event.objects.filter(
        stream=fo.order.number, name="fulfilment.units_let_go", subject=fo.number, at__gte=fo.picking_at
    )
    told = facts.order_by("seq").values_list("payload", "at")
    return [PutBack(said["detail"], said["reason"], at) for said, at in told]


def parcels_of(fo: FulfilmentOrder) -> tuple[int, int]:
    """Which parcel of its order this is and how many there are, work that ended without leaving not counted."""
    ended = (W.REJECTED, W.CANCELLED)
    every = list(
        FulfilmentOrder.objects.filter(order_id=fo.order_id)
        .exclude(status__in=ended)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    return (every.index(fo.pk) + 1 if fo.pk in every else 1), max(len(every), 1)
