"""What must always be true of kits and assemblies."""

from collections.abc import Iterator

from oms.ops.doctor.registry import Finding, check
from oms.ops.doctor.sql import findings


@check("kits.recipes", "Every kit has components, none of them a kit, and no stock of its own")
def recipes() -> Iterator[Finding]:
    yield from findings("""
        SELECT p.sku, CASE WHEN p.kind = 'kit' THEN 'is a kit without components' ELSE 'has components and is no kit' END
        FROM inventory_product p
        WHERE (p.kind = 'kit') <> EXISTS (SELECT FROM inventory_kitpart k WHERE k.kit_id = p.id)""")
    yield from findings("""
        SELECT kit.sku, format('%s is a kit itself', part.sku) FROM inventory_kitpart k
        JOIN inventory_product kit ON kit.id = k.kit_id JOIN inventory_product part ON part.id = k.product_id
        WHERE part.kind = 'kit'""")
    yield from findings("""
        SELECT p.sku, format('is a kit and has %s on hand, %s on their way', sum(s.on_hand), sum(s.incoming))
        FROM inventory_product p JOIN inventory_stocklevel s ON s.product_id = p.id
        WHERE p.kind = 'kit' AND (s.on_hand <> 0 OR s.incoming <> 0) GROUP BY p.id""")


@check("kits.promises", "What is promised or waits of a kit has the recipe it was sold with")
def promises() -> Iterator[Finding]:
    yield from findings("""
        SELECT a.order_number, format('%s of kit %s without a recipe', a.qty, p.sku)
        FROM (SELECT order_number, line_id, product_id, qty FROM inventory_allocation
              UNION ALL SELECT order_number, line_id, product_id, qty FROM inventory_backorder) a
        JOIN inventory_product p ON p.id = a.product_id
        WHERE p.kind = 'kit' AND NOT EXISTS (SELECT FROM inventory_linepart l WHERE l.line_id = a.line_id)""")


@check("assemblies.ledger", "What an assembly took off the shelf and put onto it is what the ledger says")
def assemblies() -> Iterator[Finding]:
    yield from findings("""
        WITH posted AS (
          SELECT split_part(source, ':', 1) number, product_id, location_id, sum(on_hand) qty FROM inventory_stockmovement
          WHERE kind = 'assembly' GROUP BY 1, 2, 3
        ), due AS (
          SELECT number, product_id, location_id, qty_done qty FROM inventory_assembly
          UNION ALL
          SELECT a.number, p.product_id, a.location_id, CASE WHEN a.started_at IS NULL THEN 0 ELSE -p.qty * (a.qty - a.qty_cancelled) END
          FROM inventory_assembly a JOIN inventory_assemblypart p ON p.assembly_id = a.id
        )
        SELECT due.number, format('%s: %s by its books, the ledger has %s', p.sku, due.qty, coalesce(posted.qty, 0))
        FROM due JOIN inventory_product p ON p.id = due.product_id LEFT JOIN posted USING (number, product_id, location_id)
        WHERE due.qty <> coalesce(posted.qty, 0)""")
