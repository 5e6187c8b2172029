"""Kits in terms of their components. A kit has no stock of its own: what can be sold of it follows from its components."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from inventory.models import Allocation, Backorder, LinePart, Product
from inventory.routing.facts import Demand
from oms.kernel.db import fetch

Parts = tuple[tuple[int, int], ...]  # (component's product id, units in one kit)

# What a line was sold with goes before what the product is made of today.
ASKED = "asked AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[]) AS a(line_id, product_id))"
OF_ASKED = """
SELECT a.line_id, p.product_id, p.qty FROM asked a JOIN inventory_linepart p USING (line_id)
UNION ALL
SELECT a.line_id, k.product_id, k.qty FROM asked a JOIN inventory_kitpart k ON k.kit_id = a.product_id
WHERE NOT EXISTS (SELECT FROM inventory_linepart p WHERE p.line_id = a.line_id)
ORDER BY 1, 2
"""
READ = f"WITH {ASKED} {OF_ASKED}"
FREEZE = """
INSERT INTO inventory_linepart (line_id, product_id, qty)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::int[]) ON CONFLICT DO NOTHING
"""


def recipes(products: Mapping[int, int | None]) -> dict[int, Parts]:
    """{line id: parts} of those of {line id: product id} that are kits, as sold or else as made today."""
    asked = {line: product for line, product in products.items() if product}
    return by_line(fetch(READ, [list(asked), list(asked.values())])) if asked else {}


def by_line(rows: Iterable[Sequence[int]]) -> dict[int, Parts]:
    """{line id: parts}, of (line id, component's product id, units in one kit)."""
    found: dict[int, list[tuple[int, int]]] = {}
    for line, product, qty in rows:
        found.setdefault(line, []).append((product, qty))
    return {line: tuple(parts) for line, parts in found.items()}


def contents(products: Mapping[int, int | None]) -> dict[int, str]:
    """{line id: "2 × MUG, 1 × TRAY"} of those of {line id: product id} that are kits."""
    parts = recipes(products)
    skus = dict(Product.objects.filter(pk__in=[p for each in parts.values() for p, _ in each]).values_list("pk", "sku"))
    return {line: ", ".join(f"{qty} × {skus[p]}" for p, qty in each) for line, each in parts.items()}


def with_parts(demands: Iterable[Demand]) -> tuple[Demand, ...]:
    """The demands with the components of those that are kits."""
    asked = tuple(demands)
    return given(asked, recipes({d.line_id: d.product_id for d in asked if not d.parts}))


def given(demands: Sequence[Demand], parts: Mapping[int, Parts]) -> tuple[Demand, ...]:
    """The demands with these components {line id: parts}."""
    return tuple(replace(d, parts=parts[d.line_id]) if d.line_id in parts else d for d in demands)


def freeze(demands: Iterable[Demand]) -> None:
    """Keep what each line of a kit is sold with; a line that has its recipe keeps it."""
    rows = [(d.line_id, product, qty) for d in demands for product, qty in d.parts]
    if rows:
        fetch(FREEZE, [list(column) for column in zip(*rows, strict=True)])


def copy_recipe(from_line: int, to_line: int) -> None:
    """A line that takes over units of another takes its recipe."""
    rows = LinePart.objects.filter(line_id=from_line).values_list("product_id", "qty")
    LinePart.objects.bulk_create(
        [LinePart(line_id=to_line, product_id=product, qty=qty) for product, qty in rows], ignore_conflicts=True
    )


def components(demands: Iterable[Demand]) -> set[int]:
    """Products whose stock the demands touch."""
    return {product for d in demands for product, _ in d.each}


def held_places(held: Collection[Allocation]) -> set[tuple[int, int]]:
    """The (product, location) levels behind these promises: a kit's are those of its components."""
    parts = recipes({a.line_id: a.product_id for a in held})
    return {
        (product, a.location_id) for a in held for product, _ in parts.get(a.line_id, ((a.product_id, 1),))
    }  # fmt: skip


def in_one_queue(skus: Collection[str]) -> set[str]:
    """The SKUs with all that wait with them: kits of theirs that orders wait for, and the other components of those."""
    wanted, grown = set(skus), True
    while grown:
        lines = Backorder.objects.of(*wanted).values_list("line_id", "product__sku")
        kits = LinePart.objects.filter(line_id__in=[line for line, _ in lines]).values_list("product__sku", flat=True)
        more = wanted | {sku for _, sku in lines} | set(kits)
        grown, wanted = len(more) > len(wanted), more
    return wanted


def could_make(parts: Sequence[tuple[int, int]], available: Mapping[int, int]) -> int:
    """How many whole kits `available` {product id: units} make; never below zero."""
    return max(0, min((available.get(product, 0) // qty for product, qty in parts), default=0))
