"""Take back what later transactions changed: today's rows, then the kept past values, newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Min, Q

from oms.events.models import Event
from orders.models import Hold, Order, OrderLine, Past


@dataclass(frozen=True)
class Moment:
    """A place in an order's past: everything up to the kept change `past_id`, holds as of `at`. `event`: what ended it."""

    past_id: int
    at: datetime
    event: Event | None = None


@dataclass(frozen=True)
class Standing:
    """An order at a moment: unsaved `order` and `lines` with the values of then, and the holds that were open."""

    order: Order
    lines: tuple[OrderLine, ...]
    holds: tuple[Hold, ...]


def moment_of(order: Order, seq: int) -> Moment | None:
    """The end of the transaction that published event `seq` of the order, or None when there is no such event."""
    event = Event.objects.filter(stream=order.number, seq=seq).first()
    if event is None:
        return None
    # By transactions: what an event's own or an earlier one's changed belongs to its moment, a later one's never.
    # By the clock only for changes nobody told (a scan), between two events.
    told = Event.objects.filter(stream=order.number, tx__isnull=False)
    kept = Past.objects.filter(order=order).exclude(tx__in=told.filter(seq__gt=seq).exclude(tx=event.tx).values("tx"))
    ours = Q(tx__in=told.filter(seq__lte=seq).values("tx")) | Q(at__lte=event.at)
    last = kept.filter(ours).aggregate(last=Max("id"))["last"] or 0
    at = event.at
    if event.tx:
        at = Event.objects.filter(stream=order.number, tx=event.tx).aggregate(at=Max("at"))["at"]
    return Moment(last, at, event)


def standing(order: Order, moment: Moment) -> Standing:
    """The order at `moment`."""
    later = Past.objects.filter(order=order, id__gt=moment.past_id).order_by("-id")
    return _rewound(order, list(later), moment.at)


def standing_before(order: Order, event: Event) -> Standing | None:
    """The order just before the transaction of `event`; None when its changes were not kept."""
    first = Past.objects.filter(order=order, tx=event.tx).aggregate(first=Min("id"))["first"] if event.tx else None
    if first is None:
        return None
    before = Event.objects.filter(stream=order.number, seq__lt=event.seq).exclude(tx=event.tx).order_by("-seq").first()
    return standing(order, Moment(first - 1, before.at if before else event.at, before))


def standing_now(order: Order) -> Standing:
    """The order as it is, in the form that can be compared."""
    return _rewound(order, [], None)


def standing_at_version(order: Order, version: int) -> Standing | None:
    """The order when its version was `version`; None when that is before anything was kept, or never was."""
    current, later = order.version, []
    for past in Past.objects.filter(order=order).order_by("-id"):
        before = None if past.line_id or past.was is None else past.was.get("version")
        if current == version and before is not None:
            break
        current = before if before is not None else current
        later.append(past)
    if current != version:
        return None
    kept = Event.objects.filter(stream=order.number).exclude(tx__in={past.tx for past in later})
    at = kept.order_by("-seq").values_list("at", flat=True).first()
    return _rewound(order, later, at if later else None)


def _rewound(order: Order, later: list[Past], at: datetime | None) -> Standing:
    rows: dict[int | None, dict[str, Any] | None] = {None: _columns(order)}
    rows |= {line.pk: _columns(line) for line in OrderLine.objects.filter(order=order).order_by("position")}
    for past in later:
        row = rows.get(past.line_id)
        if past.was is None:
            rows[past.line_id] = None
        elif row is not None:
            row |= past.was
    then = _made(Order, rows.pop(None) or {})
    lines = [_made(OrderLine, row) for row in rows.values() if row is not None]
    holds = Hold.objects.filter(order=order).select_related("reason").order_by("placed_at", "pk")
    open_then = [h for h in holds if at is None or h.placed_at <= at]
    open_then = [h for h in open_then if h.cleared_at is None or (at is not None and h.cleared_at > at)]
    return Standing(then, tuple(sorted(lines, key=lambda line: line.position)), tuple(open_then))


def _columns(row: Any) -> dict[str, Any]:
    return {field.column: getattr(row, field.attname) for field in row._meta.concrete_fields}


def _made(model: type, row: dict[str, Any]) -> Any:
    """An unsaved object of the values; what came as JSON is given its type again."""
    values = {}
    for field in model._meta.concrete_fields:  # type: ignore[attr-defined]
        value = row[field.column]
        values[field.attname] = field.to_python(value) if not field.is_relation else value
    made = model(**{k: v for k, v in values.items() if k != "status"})
    if "status" in values:  # the machine protects it; this object is never saved
        made.__dict__["status"] = values["status"]
    return made
