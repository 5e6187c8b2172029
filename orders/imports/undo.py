"""Undo a batch: withdraw every order it created, while nothing moved."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from oms.kernel.clock import now
from oms.kernel.errors import Refusal, Refused
from orders.actions.withdraw import later_events, moved_since, withdraw_orders
from orders.imports.rules import require_idle
from orders.models import ImportBatch, ImportedOrder, ImportGoal, ImportOutcome


@dataclass
class UndoPlan:
    """What undoing would do: orders that go, orders that stay with the reasons, and how many were only updated."""

    going: list[ImportedOrder] = field(default_factory=list)
    staying: list[tuple[ImportedOrder, list[Refusal]]] = field(default_factory=list)
    updated: int = 0

    @property
    def total(self) -> int:
        return len(self.going) + len(self.staying)


def plan_undo(batch: ImportBatch) -> UndoPlan:
    """Look at every order the batch created; three queries, nothing locked."""
    plan = UndoPlan(updated=batch.imported.filter(outcome=ImportOutcome.UPDATED).count())
    live = batch.imported.filter(outcome=ImportOutcome.CREATED, withdrawn_at__isnull=True)
    links = list(live.select_related("order").order_by("pk"))
    later = later_events({link.order.number: link.seq for link in links})
    for link in links:
        if moved := moved_since(link.order, later.get(link.order.number, [])):
            plan.staying.append((link, moved))
        else:
            plan.going.append(link)
    return plan


@transaction.atomic
def ask_undo(number: str, *, keep_moved: bool, actor: Any) -> ImportBatch:
    """Ask a worker to withdraw the batch's orders: all of them or none, unless `keep_moved` leaves the moved ones.

    Refuses while a run is under way, with the first reason when something moved, and when there is nothing to withdraw.
    Asking again for what is undone, or being undone, changes nothing.
    """
    batch = ImportBatch.objects.select_for_update().get(number=number)
    if batch.undone_at or batch.phase == "undoing":
        return batch
    require_idle(batch)
    _refuse_moved(plan_undo(batch), keep_moved=keep_moved)
    batch.goal, batch.asked_at, batch.seen_at, batch.finished_at = ImportGoal.UNDO, now(), None, None
    batch.attempts, batch.stop_asked, batch.error, batch.keep_moved, batch.undone_by = 0, False, "", keep_moved, actor
    batch.save()
    return batch


@transaction.atomic
def undo_batch(number: str) -> int:
    """Withdraw what the batch created and was asked to undo; returns how many orders. Twice, it withdraws nothing more."""
    batch = ImportBatch.objects.select_for_update().get(number=number)
    if batch.undone_at:
        return 0
    plan = plan_undo(batch)
    _refuse_moved(plan, keep_moved=batch.keep_moved)
    going = {link.order.number: link.seq for link in plan.going}
    withdraw_orders(going, why=f"Import {number} undone", actor=batch.undone_by)
    at = now()
    batch.imported.filter(pk__in=[link.pk for link in plan.going]).update(withdrawn_at=at)
    batch.undone_at, batch.left_out, batch.done, batch.total = at, None, len(going), len(going)
    batch.save(update_fields=["undone_at", "left_out", "done", "total"])
    return len(going)


def _refuse_moved(plan: UndoPlan, *, keep_moved: bool) -> None:
    if plan.staying and not keep_moved:
        link, why = plan.staying[0]
        more = f" and {len(plan.staying) - 1} more" if len(plan.staying) > 1 else ""
        raise Refused("import_moved", f"{link.order.number}{more} moved since: {why[0].message} Nothing was withdrawn.")
    if not plan.going:
        raise Refused("import_empty", "This import has no order that could be withdrawn.")
