"""Make the stock levels what a file says. The whole file goes in, or nothing of it, or on request all but what cannot."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction

from inventory.imports.reading import WHOLE, Part, Reject, Wanted, read
from inventory.ledger import Posting, lock_levels, post
from inventory.models import Backorder, Location, MovementKind, Product, StockCount, StockLevel, StockMovement
from oms.events.publish import Fact, publish_all
from oms.kernel.actors import as_actor
from oms.kernel.plural import are, plural
from oms.live.progress import Progress, to_nobody
from oms.ui.templatetags.oms_ui import signed

Place = tuple[int, int]


@dataclass
class StockReport:
    """What became of a file. With any reject nothing was written at all, unless they were to be left out."""

    rows: int = 0
    changed: int = 0
    unchanged: int = 0
    units: int = 0  # the sum of all differences
    rejects: list[Reject] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        return len(self.rejects)


def import_stock(
    path: str | Path, *, actor: Any, dry_run: bool = False, leave_out: bool = False, only: Sequence[str] = (),
    part: Part = WHOLE, progress: Progress = to_nobody,
) -> StockReport:  # fmt: skip
    """Set on-hand to the figures in the file by posting the differences; a second time there are none.

    With `leave_out` rows that cannot be taken stay out and the others go in. Levels without any movement get opening
    stock, others an adjustment, by a person alone no larger than the place allows. Back-orders are served as by an
    arrival. Rows of other places than `only`, where that names any, cannot be taken.
    """
    sheet = read(path, part, progress)
    report = StockReport(len(sheet.wanted) + len(sheet.rejects), rejects=list(sheet.rejects))
    found = _found(sheet.wanted, report, only)
    progress("Comparing rows with what lies there", 0, len(found))
    with transaction.atomic():
        lock_levels(found, make=True)
        deltas = _differences(found, report)
        if as_actor(actor).user_id:
            _leave_to_two(deltas, found, report)
        stop = dry_run or bool(report.rejects and not leave_out)
        if not stop:
            progress("Posting differences", 0, len(deltas))
            _write(deltas, Path(path).name, actor)
        promised = len(report.rejects) - len(sheet.rejects) - (len(sheet.wanted) - len(found))
        report.changed, report.unchanged = len(deltas), len(found) - promised - len(deltas)
        report.units = sum(deltas.values())
        if stop:
            transaction.set_rollback(True)
    report.rejects.sort(key=lambda reject: reject.row)
    return report


def _found(wanted: Sequence[Wanted], report: StockReport, only: Sequence[str]) -> dict[Place, Wanted]:
    products = dict(Product.objects.filter(sku__in={w.sku for w in wanted}).values_list("sku", "pk"))
    locations = dict(Location.objects.ours().values_list("code", "pk"))
    found = {}
    for w in wanted:
        if w.sku not in products:
            report.rejects.append(w.refused(f"There is no SKU {w.sku[:80]}; add the product first.", "sku"))
        elif w.location not in locations:
            known = ", ".join(sorted(locations)[:8])
            report.rejects.append(w.refused(f"There is no location {w.location[:40]}; there are {known}.", "location"))
        elif only and w.location not in only:
            reason = f"You work for {', '.join(only)}; leave {w.location} to those who work there."
            report.rejects.append(w.refused(reason, "location"))
        else:
            found[products[w.sku], locations[w.location]] = w
    return found


def _differences(found: dict[Place, Wanted], report: StockReport) -> dict[Place, int]:
    deltas = {}
    levels = StockLevel.objects.filter(
        product__in={product for product, _ in found}, location__in={place for _, place in found}
    )
    for level in levels.iterator(chunk_size=5000):
        want = found.get((level.product_id, level.location_id))
        if want is None:
            continue
        bound = level.on_hand - level.available
        if want.on_hand < bound:
            told = f"{plural(bound, 'unit')} there {are(bound)} promised, in quarantine or damaged"
            report.rejects.append(
                want.refused(f"{want.sku} at {want.location} cannot be {want.on_hand}: {told}. Release them first.")
            )
        elif want.on_hand != level.on_hand:
            deltas[level.product_id, level.location_id] = want.on_hand - level.on_hand
    return deltas


def _leave_to_two(deltas: dict[Place, int], found: dict[Place, Wanted], report: StockReport) -> None:
    """Take out what a person may not post alone, as in `count_stock`: a file is no way around the second one."""
    limits = dict(Location.objects.filter(count_limit__isnull=False).values_list("pk", "count_limit"))
    waiting = set(StockCount.objects.waiting().values_list("product_id", "location_id"))
    far = {place for place, delta in deltas.items() if abs(delta) > limits.get(place[1], abs(delta))}
    for place in (far & _moved(far)) | (waiting & deltas.keys()):
        want, delta = found[place], deltas.pop(place)
        why = (
            "a count of it waits for a second person; decide on that one first."
            if place in waiting
            else f"{signed(delta, always=True)} units are more than one person may post there; count it on its page, and a "
            "second one approves."
        )
        report.rejects.append(want.refused(f"{want.sku} at {want.location}: {why}"))


def _moved(places: Iterable[Place]) -> set[Place]:
    """Those that have a movement already; at the others a file brings opening stock."""
    moved = StockMovement.objects.filter(product__in={product for product, _ in places}).order_by()
    return set(moved.values_list("product_id", "location_id").distinct())


def _write(deltas: dict[Place, int], name: str, actor: Any) -> None:
    if not deltas:
        return
    known = _moved(deltas)
    source, reason = f"import:{uuid.uuid4()}", f"Stock file {name}"
    for kind, places in (
        (MovementKind.OPENING, deltas.keys() - known),
        (MovementKind.ADJUSTMENT, deltas.keys() & known),
    ):
        if places:
            postings = [Posting(*place, on_hand=deltas[place]) for place in places]
            post(postings, kind=kind, source=source, actor=actor, reason=reason)
    _tell_who_waits(deltas, source, actor)


def _tell_who_waits(deltas: dict[Place, int], source: str, actor: Any) -> None:
    """Say an arrival only where an order waits: the ledger has the rest, and a file may have 100,000 rows."""
    grown = {place: delta for place, delta in deltas.items() if delta > 0}
    waiting = set(Backorder.objects.filter(product__in={p for p, _ in grown}).values_list("product_id", flat=True))
    skus = dict(Product.objects.filter(pk__in=waiting).values_list("pk", "sku"))
    codes = dict(Location.objects.values_list("pk", "code"))
    facts = [
        Fact(
            "inventory.received", skus[p][:60], f"stock-{p}-{place}",
            payload={"sku": skus[p], "location": codes[place], "qty": delta, "source": source},
        )
        for (p, place), delta in sorted(grown.items())
        if p in waiting
    ]  # fmt: skip
    publish_all(facts, actor=actor)
