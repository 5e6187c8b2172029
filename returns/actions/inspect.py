"""Look at what came back and decide where each unit goes. Nothing becomes sellable without this."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from inventory.actions.adjust import release_quarantine
from inventory.locks import lock_returned
from oms.events.publish import publish
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.kernel.lifecycle import refusals
from oms.kernel.plural import plural
from returns.actions._move import move_return
from returns.locks import lock_return
from returns.models import Condition, Disposition, Inspection, Return, ReturnLine

# What each decision does to the stock counters; staying in quarantine moves nothing.
STOCK_MOVE = {
    Disposition.RESTOCK: "restock",
    Disposition.REFURBISH: "damage",
    Disposition.RETURN_TO_VENDOR: "damage",
    Disposition.SCRAP: "scrap",
    Disposition.CUSTOMER_KEEPS: "send_back",
}
# What can become of units that went back to the supplier who had sent them; no counter of ours moves.
AT_SUPPLIER = (Disposition.RETURN_TO_VENDOR, Disposition.SCRAP, Disposition.CUSTOMER_KEEPS)
NEVER_SELLABLE = (Condition.DAMAGED, Condition.INCOMPLETE, Condition.WRONG_ITEM)


@dataclass(frozen=True)
class Finding:
    """`qty` units of one return line in one condition, going to one place."""

    line_id: int
    qty: int
    condition: str
    disposition: str
    note: str = ""


@transaction.atomic
def inspect_return(number: str, *, findings: Sequence[Finding], actor: Any) -> Return:
    """Record `findings` for every received unit and move the stock accordingly, out of quarantine.

    Refuses when the units of a line do not add up to what was received, and damaged goods going back on sale.
    """
    _, rma = lock_return(number)
    if rma.status != "received":
        raise Refused.because(refusals(rma, "inspect"))
    entries = {entry.pk: entry for entry in rma.lines.all()}
    made = [_record(rma, entries, finding, actor) for finding in findings if finding.qty]
    _check_sums(entries)
    for entry in entries.values():
        entry.save(update_fields=["qty_inspected", "qty_restocked"])
    rma.inspected_at = now()
    move_return(
        rma, "inspect", event="returns.inspected", actor=actor, saved=("inspected_at",),
        found=[{"sku": m.line.line.sku, "qty": m.qty, "condition": m.condition, "goes_to": m.disposition} for m in made],
    )  # fmt: skip
    _move_stock(rma, made, actor)
    return rma


@transaction.atomic
def clear_quarantine(number: str, *, inspection_id: int, disposition: str, actor: Any, note: str = "") -> Inspection:
    """Decide about units that an inspection had left in quarantine."""
    order, rma = lock_return(number)
    found = Inspection.objects.select_related("line__line").filter(pk=inspection_id, line__rma=rma).first()
    if found is None or found.disposition != Disposition.QUARANTINE:
        raise Refused("not_in_quarantine", "These units are not in quarantine any more; reload the page.")
    if disposition not in STOCK_MOVE:
        raise Refused("disposition_unknown", "Choose where the units go.")
    _check_sellable(found.line, found.condition, disposition)
    found.disposition, found.inspected_by, found.inspected_at = disposition, as_actor(actor).name, now()
    found.note = " ".join(filter(None, (found.note, note.strip())))[:300]
    found.save(update_fields=["disposition", "inspected_by", "inspected_at", "note", "updated_at"])
    if disposition == Disposition.RESTOCK:
        found.line.qty_restocked += found.qty
        found.line.save(update_fields=["qty_restocked"])
    publish(
        "returns.quarantine_cleared", subject=rma.number, actor=actor, stream=order.number, sku=found.line.line.sku,
        qty=found.qty, goes_to=disposition,
    )  # fmt: skip
    _move_stock(rma, [found], actor)
    return found


def _record(rma: Return, entries: dict[int, ReturnLine], finding: Finding, actor: Any) -> Inspection:
    entry = entries.get(finding.line_id)
    if entry is None:
        raise Refused("line_unknown", f"One of the lines does not belong to {rma.number}; reload the page.")
    if finding.qty < 0:
        raise Refused("qty_not_positive", f"{entry.line.sku}: enter whole numbers of units, not {finding.qty}.")
    if finding.condition not in Condition.values or finding.disposition not in Disposition.values:
        raise Refused("finding_incomplete", f"{entry.line.sku}: choose the condition and where the units go.")
    _check_sellable(entry, finding.condition, finding.disposition)
    if rma.location and rma.location.is_supplier and finding.disposition not in AT_SUPPLIER:
        raise Refused(
            "not_with_us", f"{entry.line.sku}: it lies at {rma.location}, not with us; choose return to vendor."
        )
    entry.qty_inspected += finding.qty
    if finding.disposition == Disposition.RESTOCK:
        entry.qty_restocked += finding.qty
    return Inspection.objects.create(
        line=entry, qty=finding.qty, condition=finding.condition, disposition=finding.disposition,
        note=finding.note.strip()[:300], inspected_by=as_actor(actor).name, inspected_at=now(),
    )  # fmt: skip


def _check_sellable(entry: ReturnLine, condition: str, disposition: str) -> None:
    if disposition == Disposition.RESTOCK and condition in NEVER_SELLABLE:
        words = Condition(condition).label.lower()
        raise Refused(
            "not_sellable", f"{entry.line.sku}: units that are {words} cannot go back on sale; choose another place."
        )


def _check_sums(entries: dict[int, ReturnLine]) -> None:
    for entry in entries.values():
        if entry.qty_inspected != entry.qty_received:
            raise Refused(
                "not_all_inspected",
                f"{entry.line.sku}: {plural(entry.qty_received, 'unit')} received but {entry.qty_inspected} inspected; account for each.",
            )


def _move_stock(rma: Return, made: Sequence[Inspection], actor: Any) -> None:
    if rma.location and rma.location.is_supplier:
        return
    if rma.location_id:
        lock_returned({m.line.line_id: m.line.line.product_id for m in made}, location_id=rma.location_id)
    for found in made:
        move = STOCK_MOVE.get(Disposition(found.disposition))
        if move and found.line.line.product_id and rma.location_id:
            release_quarantine(
                found.line.line.product_id, rma.location_id, found.qty, disposition=move,
                source=f"{rma.number}:inspection-{found.pk}", actor=actor, line_id=found.line.line_id,
            )  # fmt: skip
