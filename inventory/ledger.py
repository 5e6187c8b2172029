"""The only writer of stock counters: physical movements with their ledger rows, and promises with their allocations.

Every statement touches stock rows in (product, location) order and is meant to be the last write of its transaction:
a hot stock row is held for as short as possible. Counters and the rows they summarise change in one statement.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db import IntegrityError

from inventory.models import AllocationKind, MovementKind
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.db import fetch
from oms.kernel.errors import Refused


@dataclass(frozen=True)
class Posting:
    """A physical change of one SKU at one place, in units: what `on_hand`, `quarantined`, `damaged` change by."""

    product_id: int
    location_id: int
    on_hand: int = 0
    quarantined: int = 0
    damaged: int = 0


@dataclass(frozen=True)
class Claim:
    """Units wanted for one order line at one place. With a `channel` (code) its last units of the product stay back."""

    line_id: int
    order_number: str
    product_id: int
    location_id: int
    qty: int
    channel: str = ""


# What a stock row holds, read under its lock. Each UPDATE writes all of it from there, not only what it changes: PostgreSQL
# asks the CHECKs first about the row as the statement's snapshot had it, before it sees that somebody changed the row
# meanwhile. Units that came free while the statement waited for the lock would be refused as if they were not there.
HELD = "s.id, s.on_hand, s.quarantined, s.damaged, s.reserved, s.allocated"
COUNTERS = ("on_hand", "quarantined", "damaged", "reserved", "allocated")


def written(**changes: str) -> str:
    """The assignments of a stock row whose HELD values are in `locked`: each counter as it is, with its change where it has one."""
    return ", ".join(f"{name} = locked.{name}{changes.get(name, '')}" for name in COUNTERS)


POST = f"""
WITH want AS (
  SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::int[], %s::int[])
    AS w(product_id, location_id, on_hand, quarantined, damaged)
), moved AS (
  INSERT INTO inventory_stockmovement
    (product_id, location_id, kind, on_hand, quarantined, damaged, source, reason, actor_name, actor_user_id, at)
  SELECT product_id, location_id, %s, on_hand, quarantined, damaged, %s, %s, %s, %s::bigint, %s::timestamptz FROM want ORDER BY 1, 2
  ON CONFLICT (source, kind, product_id, location_id) DO NOTHING
  RETURNING product_id, location_id, on_hand, quarantined, damaged
), locked AS MATERIALIZED (
  SELECT {HELD}, moved.on_hand AS more, moved.quarantined AS apart, moved.damaged AS broken FROM inventory_stocklevel s
  JOIN moved USING (product_id, location_id) ORDER BY s.product_id, s.location_id FOR UPDATE OF s
)
UPDATE inventory_stocklevel s SET
  {written(on_hand=" + locked.more", quarantined=" + locked.apart", damaged=" + locked.broken")}
FROM locked WHERE s.id = locked.id
RETURNING s.product_id, s.location_id
"""  # noqa: S608  only constants are put in


LEVELS = """
INSERT INTO inventory_stocklevel (product_id, location_id, on_hand, quarantined, damaged, reserved, allocated)
SELECT p, l, 0, 0, 0, 0, 0 FROM unnest(%s::bigint[], %s::bigint[]) AS w(p, l) ON CONFLICT DO NOTHING
"""


def post(postings: Sequence[Posting], *, kind: str, source: str, actor: Any, reason: str = "") -> int:
    """Write the movements and change the counters together; return how many were new.

    `source` identifies the document: posting the same (source, kind, SKU, place) again changes nothing.
    Raises Refused("stock_not_there") when a counter would go below zero or below what is promised.
    """
    rows = merge(postings)
    who = as_actor(actor)
    columns = [
        [getattr(p, n) for p in rows] for n in ("product_id", "location_id", "on_hand", "quarantined", "damaged")
    ]
    _ensure_levels((p.product_id, p.location_id) for p in rows)
    with _refusing():
        return len(
            fetch(POST, [*columns, MovementKind(kind).value, source, reason[:200], who.name, who.user_id, now()])
        )


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn what the database refuses into a sentence."""
    try:
        yield
    except IntegrityError as error:
        raise _not_there(error) from error


def _ensure_levels(places: Iterable[tuple[int, int]]) -> None:
    # An upsert whose proposed row alone breaks a CHECK is refused before the conflict is seen (on_hand = -1 for an
    # issue), so the level is made first and then only updated.
    products, locations = zip(*sorted(set(places)), strict=True)
    with _refusing():
        fetch(LEVELS, [list(products), list(locations)])


EXPECT = """
WITH locked AS MATERIALIZED (
  SELECT s.id, s.incoming, w.qty FROM inventory_stocklevel s
  JOIN unnest(%s::bigint[], %s::bigint[], %s::int[]) AS w(p, l, qty) ON (s.product_id, s.location_id) = (w.p, w.l)
  ORDER BY s.product_id, s.location_id FOR UPDATE OF s
)
UPDATE inventory_stocklevel s SET incoming = locked.incoming + locked.qty FROM locked WHERE s.id = locked.id
"""


def expect(changes: Mapping[tuple[int, int], int]) -> None:
    """Change how many units are on their way: {(product, location): more or fewer}. Joins the open transaction.

    The documents behind it (purchase lines, transfers) are locked by the caller; doctor adds them up again.
    """
    rows = [(*key, qty) for key, qty in sorted(changes.items()) if qty]
    if not rows:
        return
    _ensure_levels((product, place) for product, place, _ in rows)
    with _refusing():
        fetch(EXPECT, [list(column) for column in zip(*rows, strict=True)])


LOCK = """
SELECT s.product_id, s.location_id, s.on_hand FROM inventory_stocklevel s
JOIN unnest(%s::bigint[], %s::bigint[]) AS w(p, l) ON (s.product_id, s.location_id) = (w.p, w.l)
ORDER BY s.product_id, s.location_id FOR UPDATE OF s
"""


def lock_levels(places: Iterable[tuple[int, int]], *, make: bool = False) -> dict[tuple[int, int], int]:
    """Lock the (product, location) levels in order until the transaction ends; return what is on hand at each.

    For actions that must read before they post, or that touch stock in more than one statement: they name every
    place here first, and can then never wait for each other crosswise. `make` makes levels that do not exist yet.
    """
    wanted = sorted(set(places))
    if not wanted:
        return {}
    if make:
        _ensure_levels(wanted)
    rows = fetch(LOCK, [[p for p, _ in wanted], [place for _, place in wanted]])
    return {(p, place): on_hand for p, place, on_hand in rows}


def merge(postings: Iterable[Posting]) -> list[Posting]:
    """One posting per SKU and place, in lock order."""
    sums: dict[tuple[int, int], list[int]] = {}
    for p in postings:
        entry = sums.setdefault((p.product_id, p.location_id), [0, 0, 0])
        for i, delta in enumerate((p.on_hand, p.quarantined, p.damaged)):
            entry[i] += delta
    return [Posting(*key, *values) for key, values in sorted(sums.items())]


def _not_there(error: IntegrityError) -> Exception:
    if "kit_has_no_stock" in str(error):
        return Refused("kit_has_no_stock", "A kit has no stock of its own; book its components.")
    if "supplier_has_no_stock" in str(error):
        return Refused("supplier_has_no_stock", "What lies at a supplier is not our stock; note their figure instead.")
    if "stock_never_oversold" in str(error):
        return Refused("stock_promised", "These units are promised to orders; release or move those promises first.")
    if "stock_counters_not_negative" in str(error):
        return Refused("stock_not_there", "There is less stock than that at this place; count it first.")
    return error


# FOR UPDATE in (product, location) order inside the statement: two claims can never wait for each other, and the
# quantities compared are those of the locked, newest row versions. The promise of a kit is one row in kits; what it
# holds are the components that its line was sold with.
CLAIM = """
WITH want AS (
  SELECT * FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::int[], %s::text[])
    AS w(line_id, order_number, product_id, location_id, qty, channel)
), need AS (
  SELECT coalesce(p.product_id, w.product_id) AS product_id, w.location_id, w.channel, w.qty * coalesce(p.qty, 1) AS qty
  FROM want w LEFT JOIN inventory_linepart p USING (line_id)
), kept AS (
  SELECT b.product_id, b.channel, b.qty FROM inventory_safetystock b
  WHERE b.qty > 0 AND (b.product_id, b.channel) IN (SELECT product_id, channel FROM need WHERE channel <> '')
), kept_kit AS (
  SELECT b.product_id AS kit_id, b.channel, b.qty FROM inventory_safetystock b WHERE b.qty > 0 AND (b.product_id, b.channel) IN (
    SELECT w.product_id, w.channel FROM want w WHERE w.channel <> '' AND EXISTS (SELECT FROM inventory_linepart WHERE line_id = w.line_id))
), places AS (
  SELECT * FROM unnest(%s::text[], %s::bigint[]) AS p(channel, location_id)
), kit_pool AS (
  SELECT kit_id, channel, kept_kit.qty, k.product_id, k.qty AS units, location_id
  FROM kept_kit JOIN inventory_kitpart k USING (kit_id) JOIN places USING (channel)
), pool AS (
  SELECT kept.product_id, kept.channel, places.location_id FROM kept JOIN places USING (channel)
), wanted AS (
  SELECT product_id, location_id, sum(qty)::int AS qty FROM (
    SELECT product_id, location_id, qty FROM need UNION ALL SELECT product_id, location_id, 0 FROM pool
    UNION ALL SELECT product_id, location_id, 0 FROM kit_pool) AS touched GROUP BY 1, 2
), locked AS MATERIALIZED (
  SELECT {held}, s.product_id, s.location_id, s.available, wanted.qty FROM inventory_stocklevel s
  JOIN wanted USING (product_id, location_id) ORDER BY s.product_id, s.location_id FOR UPDATE OF s
), spent AS (
  SELECT kept.product_id FROM kept JOIN pool USING (product_id, channel) JOIN locked USING (product_id, location_id)
  GROUP BY kept.product_id, kept.channel, kept.qty HAVING sum(locked.available - locked.qty) < kept.qty
), whole AS (
  SELECT kit_id, channel, k.qty, min(greatest(coalesce(locked.available - locked.qty, 0), 0) / k.units) AS units
  FROM kit_pool k LEFT JOIN locked USING (product_id, location_id) GROUP BY 1, 2, 3, location_id
), spent_kit AS (
  SELECT kit_id FROM whole GROUP BY kit_id, channel, qty HAVING sum(units) < qty
), short AS MATERIALIZED (
  SELECT FROM wanted LEFT JOIN locked USING (product_id, location_id) WHERE wanted.qty > 0 AND ({enough} AND {leaves}) IS NOT TRUE
), claimed AS (
  UPDATE inventory_stocklevel s SET {written} FROM locked
  WHERE s.id = locked.id AND locked.qty > 0 AND NOT EXISTS (SELECT FROM short)
)
INSERT INTO inventory_allocation AS a (line_id, order_number, product_id, location_id, kind, qty, expires_at, created_at)
SELECT w.line_id, w.order_number, w.product_id, w.location_id, %s, sum(w.qty), %s::timestamptz, %s::timestamptz
FROM want w WHERE NOT EXISTS (SELECT FROM short) GROUP BY 1, 2, 3, 4
ON CONFLICT (line_id, product_id, location_id) DO UPDATE SET qty = a.qty + excluded.qty
RETURNING product_id, location_id
"""
ENOUGH = "locked.available >= locked.qty"
# What a channel must leave lies at any of its places: all of them are locked before one unit is taken.
LEAVES = "locked.product_id NOT IN (SELECT product_id FROM spent) AND NOT EXISTS (SELECT FROM spent_kit)"
WANTED = ("line_id", "order_number", "product_id", "location_id", "qty", "channel")


def claim(
    claims: Sequence[Claim], *, kind: str, expires_at: datetime | None = None,
    pools: Mapping[str, Collection[int]] = MappingProxyType({}),
) -> set[tuple[int, int]]:  # fmt: skip
    """Take units for lines: all of them, or nothing when one level has too few. Return the (SKU, place) taken.

    A kit takes its components, which must have been frozen for the line (inventory/kits.py).

    A claim for a channel fails when it would leave less than the channel's safety stock at its places, of the SKU itself,
    of a component, or of whole kits that could still be made of what lies at one place; `pools` has the ids of these per
    channel. A line may hold only one kind at a time: callers promote soft ones before adding hard ones.
    """
    if not claims:
        return set()
    columns = [[getattr(c, n) for c in claims] for n in WANTED]
    places = [(channel, place) for channel, ids in pools.items() for place in ids]
    pool = [[channel for channel, _ in places], [place for _, place in places]]
    return set(fetch(claiming(kind), [*columns, *pool, kind, expires_at, now()]))


def claiming(kind: str) -> str:
    """The statement that takes units for promises of this kind."""
    counter = {AllocationKind.SOFT: "reserved", AllocationKind.HARD: "allocated"}[AllocationKind(kind)]
    return CLAIM.format(held=HELD, written=written(**{counter: " + locked.qty"}), enough=ENOUGH, leaves=LEAVES)


PROMOTE = f"""
WITH hardened AS (
  UPDATE inventory_allocation SET kind = 'hard', expires_at = NULL WHERE order_number = %s AND kind = 'soft'
  RETURNING product_id, location_id, line_id, qty
), sums AS (
  SELECT coalesce(p.product_id, h.product_id) AS product_id, h.location_id, sum(h.qty * coalesce(p.qty, 1))::int AS qty
  FROM hardened h LEFT JOIN inventory_linepart p USING (line_id) GROUP BY 1, 2
), locked AS MATERIALIZED (
  SELECT {HELD}, sums.qty FROM inventory_stocklevel s JOIN sums USING (product_id, location_id)
  ORDER BY s.product_id, s.location_id FOR UPDATE OF s
), moved AS (
  UPDATE inventory_stocklevel s SET {written(reserved=" - locked.qty", allocated=" + locked.qty")}
  FROM locked WHERE s.id = locked.id RETURNING 1
)
SELECT line_id, sum(qty)::int FROM hardened GROUP BY 1
"""  # noqa: S608  only constants are put in


def promote(order_number: str) -> dict[int, int]:
    """Turn the order's soft allocations hard; return units per line."""
    return dict(fetch(PROMOTE, [order_number]))


FREE = f"""
WITH want AS (
  SELECT * FROM unnest(%s::bigint[], %s::int[]) AS w(id, qty)
), old AS (
  SELECT a.id, a.line_id, a.product_id, a.location_id, a.kind, a.qty AS held, want.qty
  FROM inventory_allocation a JOIN want USING (id) FOR UPDATE OF a
), reduced AS (
  UPDATE inventory_allocation a SET qty = a.qty - old.qty FROM old WHERE a.id = old.id AND old.held > old.qty RETURNING 1
), deleted AS (
  DELETE FROM inventory_allocation a USING old WHERE a.id = old.id AND old.held <= old.qty RETURNING 1
), sums AS (
  SELECT coalesce(p.product_id, old.product_id) AS product_id, old.location_id,
         coalesce(sum(least(old.qty, old.held) * coalesce(p.qty, 1)) FILTER (WHERE old.kind = 'soft'), 0)::int AS soft,
         coalesce(sum(least(old.qty, old.held) * coalesce(p.qty, 1)) FILTER (WHERE old.kind = 'hard'), 0)::int AS hard
  FROM old LEFT JOIN inventory_linepart p USING (line_id) GROUP BY 1, 2
), locked AS MATERIALIZED (
  SELECT {HELD}, sums.soft, sums.hard FROM inventory_stocklevel s JOIN sums USING (product_id, location_id)
  ORDER BY s.product_id, s.location_id FOR UPDATE OF s
)
UPDATE inventory_stocklevel s SET {written(reserved=" - locked.soft", allocated=" - locked.hard")}
FROM locked WHERE s.id = locked.id
"""  # noqa: S608  only constants are put in


def free(portions: Sequence[tuple[int, int]]) -> None:
    """Give back `(allocation id, units)`; an allocation emptied is deleted. Units beyond what it holds are ignored.

    Whole kits give back whole components.
    """
    if not portions:
        return
    fetch(FREE, [[p[0] for p in portions], [p[1] for p in portions]])
