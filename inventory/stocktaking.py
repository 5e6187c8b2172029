"""Page-shaped reads of stocktakes. What the books expect is read for the review alone: who counts must not know it."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, Sum

from inventory.models import (
    Product,
    StockCount,
    Stocktake,
    StocktakeLine,
    StocktakeScan,
    StocktakeVerdict,
    SupplierItem,
)
from inventory.purchasing import Said
from oms.events.models import Event
from oms.kernel.db import fetch
from oms.kernel.plural import plural

SHOWN = 200
LISTED = 40
SCANS = 8
TONES = {"ok": "done", "none": "done", "foreign": "late", "kit": "late", "unknown": "late"}

# Since each was counted: what the ledger moved there, and whether somebody corrected the books.
SINCE = """
SELECT l.product_id, sum(m.on_hand)::int, bool_or(m.kind = 'adjustment' AND m.on_hand <> 0)
FROM inventory_stocktakeline l
JOIN inventory_stockmovement m ON m.product_id = l.product_id AND m.location_id = %s AND m.at > l.counted_at
WHERE l.stocktake_id = %s AND l.outcome = '' AND l.counted <> l.shelf GROUP BY 1
"""


@dataclass(frozen=True)
class Variance:
    """A SKU of which another number was found than should have lain there; `value` at the supplier's price, if one is known.

    `since` is what the ledger moved there after it was counted; `again` says why it is to be counted again. `result` is the
    tone and the words of what became of it, a second person's word included.
    """

    line: StocktakeLine
    who: str
    value: Decimal | None
    currency: str
    since: int
    again: str
    result: tuple[str, str]

    @property
    def is_open(self) -> bool:
        return not self.line.outcome


@dataclass(frozen=True)
class Review:
    """What a stocktake found. `variances` and `missed` (not scanned) are the first of so many."""

    variances: list[Variance]
    differing: int
    open: int
    again: int
    agreed: int
    missed: list[StocktakeLine]
    missing: int
    more: int
    fewer: int
    values: list[tuple[Decimal, str]]
    unpriced: int


def load_stocktake(user: Any, number: str) -> Stocktake | None:
    """The stocktake, or None when this person may not see it."""
    return Stocktake.objects.visible_to(user).select_related("location").filter(number=number).first()


def warnings(product: Product, user: Any) -> list[str]:
    """Why a count of `product` on its own makes work elsewhere: a sentence for each stocktake that has counted it."""
    mine = Stocktake.objects.visible_to(user).under_way().select_related("location")
    rows = mine.filter(lines__product=product, lines__counted__isnull=False, lines__outcome="")
    return [
        f"{s.number} has counted it at {s.location} and is not posted yet. If you correct the books there now, it is to be "
        f"counted again in {s.number}."
        for s in rows
    ]


def station(stocktake: Stocktake, user: Any) -> dict[str, Any]:
    """What the counting station shows: nothing of it tells what the books expect."""
    lines = stocktake.lines.select_related("product").order_by("pk")
    scans: list[Any] = list(stocktake.scans.all()[:SCANS])
    for scan in scans:
        scan.tone = "" if scan.undone_at else TONES[scan.verdict]
    mine = [s for s in scans if s.by_id == user.pk]
    return {
        "to_count": list(lines.filter(counted__isnull=True)[:LISTED]), "lines": lines.count(), "scans": scans,
        "counted": list(lines.filter(counted__isnull=False).order_by("-counted_at")[:SCANS]),
        "last": mine[0] if mine and not mine[0].undone_at else None,
        "can_undo": stocktake.scans.filter(line__isnull=False, undone_at__isnull=True, by=user.pk).exists(),
    }  # fmt: skip


def review(stocktake: Stocktake) -> Review:
    """Everything that differs, at most `SHOWN` of it listed, and what nobody scanned."""
    every = list(variances(stocktake))
    values: Counter[str] = Counter()
    for one in every:
        if one.value is not None:
            values[one.currency] += one.value  # type: ignore[assignment]
    missed = stocktake.lines.filter(counted__isnull=True)
    agreed = stocktake.lines.filter(counted=F("shelf"), is_moved=False)
    return Review(
        every[:SHOWN], len(every), sum(one.is_open and not one.again for one in every),
        sum(one.is_open and bool(one.again) for one in every), agreed.count(),
        list(missed.select_related("product").order_by("product__sku")[:SHOWN]), missed.count(),
        sum(max(one.line.delta, 0) for one in every), sum(max(-one.line.delta, 0) for one in every),
        [(total, currency) for currency, total in sorted(values.items())],  # type: ignore[misc]
        sum(one.value is None for one in every),
    )  # fmt: skip


def variances(stocktake: Stocktake) -> Iterator[Variance]:
    """By SKU: what differs, and what nobody can say because it moved while it was counted."""
    lines = list(stocktake.lines.differing().select_related("product").order_by("product__sku"))
    since = {product: rest for product, *rest in fetch(SINCE, [stocktake.location_id, stocktake.pk])}
    costs, who, decided = _costs([line.product_id for line in lines]), _who(stocktake), _decided(stocktake)
    for line in lines:
        moved, is_corrected = since.get(line.product_id, (0, False))
        cost, currency = costs.get(line.product_id, (None, ""))
        again = ""
        if line.is_moved:
            again = "Units came or went while it was counted"
        elif is_corrected:
            again = "The books were corrected after it was counted"
        value = None if cost is None else cost * line.delta
        result = decided.get(line.product_id, ("done", "Posted")) if line.outcome else ("", "")
        yield Variance(line, who.get(line.pk, ""), value, currency, moved, again, result)


def _costs(products: list[int]) -> dict[int, tuple[Decimal, str]]:
    """What a unit costs at its supplier, the preferred one first."""
    rows = SupplierItem.objects.filter(product__in=products, cost__gt=0).order_by("is_preferred", "-pk")
    return {p: (cost, currency) for p, cost, currency in rows.values_list("product", "cost", "supplier__currency")}


def _who(stocktake: Stocktake) -> dict[int, str]:
    """Who counted how many, by line."""
    rows = StocktakeScan.objects.filter(stocktake=stocktake, line__isnull=False, undone_at__isnull=True).order_by()
    found: dict[int, list[str]] = defaultdict(list)
    for line, name, units in rows.values_list("line", "actor_name").annotate(n=Sum("qty")).order_by("actor_name"):
        found[line].append(f"{name} {units}")
    return {line: ", ".join(said) for line, said in found.items()}


def _decided(stocktake: Stocktake) -> dict[int, tuple[str, str]]:
    """What became of the differences that a second person is asked about, by product."""
    counts = StockCount.objects.filter(source__startswith=f"{stocktake.number}:").select_related("decided_by")
    found = {}
    for count in counts:
        by = count.decided_by.display_name if count.decided_by else ""
        words = {None: ("wait", "Waits for a second person"), True: ("done", f"Posted, approved by {by}"),
                 False: ("rest", f"Withdrawn by {by}; nothing posted")}  # fmt: skip
        found[count.product_id] = words[count.is_approved]
    return found


def timeline(stocktake: Stocktake) -> list[Said]:
    """What happened to it, newest first."""
    events = Event.objects.filter(stream=stocktake.number).order_by("-seq")[:200]
    return [Said(e.at, e.actor_name, _said(e), e.payload.get("reason", "")) for e in events]


def _said(event: Event) -> str:
    p = event.payload
    match event.name.removeprefix("inventory.stocktake_"):
        case "opened":
            return f"began it: {plural(p['lines'], 'SKU')}"
        case "finished":
            return f"said that the counting is done: {plural(p['counted'], 'SKU')}"
        case "reopened":
            return f"sent {p['again']} back to be counted" if p["again"] else "counts on"
        case "none":
            return f"said that nothing is there of {_named(p['skus'])}"
        case "left_out":
            return f"left {_named(p['skus'])} uncounted"
        case "posted":
            return f"posted it: {_became(p)}"
        case "posting":
            return f"posts {plural(p['lines'], 'difference')}"
        case "left":
            return p["error"] if "error" in p else f"posted a part: {_became(p)}, {p['left']} could not be posted"
        case "cancelled":
            return "threw it away"
    return event.name


def _became(p: dict[str, Any]) -> str:
    waits = f", {p['waits']} for a second person" if p["waits"] else ""
    return f"{p['posted']} corrected, {p['agreed']} agreed{waits}"


def _named(skus: list[str]) -> str:
    return ", ".join(skus[:6]) + (f" and {len(skus) - 6} more" if len(skus) > 6 else "")


FOREIGN = {
    StocktakeVerdict.FOREIGN.value: (
        "Not in this stocktake",
        "is not on the list and counts nothing. Put it aside, or begin a stocktake that names it.",
    ),
    StocktakeVerdict.KIT.value: (
        "A kit", "has no stock of its own and counts nothing. Scan the components it is made of."
    ),
    StocktakeVerdict.UNKNOWN.value: (
        "Unknown code", "is no SKU and no barcode of ours, and counts nothing. Type the SKU, or put it aside."
    ),
}  # fmt: skip
