"""What must always be true of kits."""

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
