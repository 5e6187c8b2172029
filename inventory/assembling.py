"""Page-shaped reads of assemblies: where one stands, what each person may do with it, what happened."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Window

from inventory.actions.recipe import Part
from inventory.models import Assembly, AssemblyPart, Product, StockLevel
from inventory.purchasing import Answer, Offer, Said
from inventory.states import MAKING, AssemblyStatus
from inventory.transferring import only_at
from oms.access.roles import Team
from oms.events.models import Event
from oms.kernel.clock import business_date
from oms.kernel.lifecycle import refusals

A = AssemblyStatus


@dataclass(frozen=True)
class Need:
    """A component: how many the whole assembly takes, and how many are free at its place while it has not begun."""

    product: Product
    each: int
    units: int
    free: int

    @property
    def is_short(self) -> bool:
        return self.free < self.units


def load_assembly(user: Any, number: str) -> Assembly | None:
    """The assembly, or None when this person may not see it."""
    rows = Assembly.objects.visible_to(user).select_related("product", "location")
    return rows.filter(number=number).first()


def needs_of(assembly: Assembly) -> list[Need]:
    rows = list(AssemblyPart.objects.filter(assembly=assembly).select_related("product").order_by("product__sku"))
    levels = StockLevel.objects.filter(location=assembly.location, product__in=[row.product_id for row in rows])
    free = dict(levels.values_list("product_id", "available"))
    return [Need(r.product, r.qty, r.qty * assembly.qty, max(free.get(r.product_id, 0), 0)) for r in rows]


def answer(assembly: Assembly, needs: list[Need]) -> Answer:
    short = [need.product.sku for need in needs if need.is_short]
    late = assembly.status in MAKING and assembly.eta < business_date()
    left, place, team = assembly.qty_open, assembly.location.name, Team.WAREHOUSE.label
    match assembly.status:
        case A.PLANNED if short:
            why, then = f"Not enough of {', '.join(short)} at {place}", "Order or move the components"
            team = Team.PURCHASING.label
        case A.PLANNED:
            why, then = f"Every component is free at {place}", "Begin it"
        case A.STARTED:
            why, then = f"{left} of {assembly.qty} still to be made", f"Make them at {place} and hand them in"
        case A.DONE:
            why, then, team = "Everything is made", "Nothing to do", ""
        case _:
            why, then, team = assembly.end_reason or "It has ended", "Nothing to do", ""
    eta = assembly.eta if assembly.status in MAKING else None
    return Answer(why, then, team, assembly.status_since, eta, late)


def offers(assembly: Assembly, user: Any) -> dict[str, Offer]:
    """The moves of the page by name: the state is asked first, then the person, then where the person works."""
    asked = (("start", "Begin"), ("finish_part", "Hand in"), ("close", "Close short"), ("cancel", "Call off"))
    return {move: Offer(label, _closed(assembly, user, move)) for move, label in asked}


def _closed(assembly: Assembly, user: Any, move: str) -> str:
    if closed := refusals(assembly, move):
        return " ".join(r.message for r in closed)
    if not user.can("inventory.adjust"):
        return "Your role does not do this; the warehouse does."
    elsewhere = only_at(assembly.location, user)
    return elsewhere.message if elsewhere else ""


def overdue(user: Any) -> list[QuerySet]:
    """Assemblies whose day has passed; the rail counts them."""
    return [Assembly.objects.visible_to(user).overdue(business_date())]


@dataclass(frozen=True)
class ToMake:
    """What a home shows of assemblies: the first of those still to be made, and how many there are."""

    rows: list[Assembly]
    count: int
    late: int


def to_make(user: Any, most: int = 5) -> ToMake:
    """What is still to be made at the places `user` sees, the earliest day first, in one statement."""
    late = Count("pk", filter=Q(eta__lt=business_date()))
    found = Assembly.objects.visible_to(user).making().annotate(count=Window(Count("pk")), late=Window(late))
    rows = list(found.select_related("product", "location").order_by("eta", "pk")[:most])
    return ToMake(rows, *((rows[0].count, rows[0].late) if rows else (0, 0)))  # type: ignore[attr-defined]


def last_parts(product: Product) -> list[Part]:
    """What it was made of the last time: the form begins with it."""
    last = Assembly.objects.filter(product=product).order_by("-pk").first()
    return [Part(row.product.sku, row.qty) for row in last.parts.select_related("product")] if last else []


SAYS = {
    "planned": "planned {units}", "started": "took the components off the shelf", "part_done": "handed in {units}",
    "done": "handed in the last {units}", "closed": "closed it short: {units} not made, their components are back",
    "cancelled": "called it off", "eta": "moved the day: {was} → {eta}",
}  # fmt: skip


def timeline(assembly: Assembly) -> list[Said]:
    """What happened to it, newest first."""
    events = Event.objects.filter(stream=assembly.number).order_by("-seq")[:200]
    return [Said(e.at, e.actor_name, _said(e), e.payload.get("reason", "")) for e in events]


def _said(event: Event) -> str:
    text = SAYS.get(event.name.removeprefix("inventory.assembly_"), event.name)
    return text.format(**event.payload)
