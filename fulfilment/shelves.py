"""What the work of a place has off the shelf, for those who count there (inventory/shelves.py)."""

from collections.abc import Collection, Mapping

from django.db.models import Sum

from fulfilment.models import CountRequest
from inventory.shelves import Work
from oms.kernel.db import fetch

# Picked and not gone. Of a kit, its components by the recipe it was sold with, those of kits not yet whole included.
TAKEN = """
WITH work AS (
  SELECT l.id, l.line_id, l.product_id, l.qty_picked - l.qty_dispatched AS qty FROM fulfilment_fulfilmentorderline l
  JOIN fulfilment_fulfilmentorder f ON f.id = l.fo_id
  WHERE f.location_id = %s AND f.status IN ('picking', 'picked', 'packed')
)
SELECT product_id, sum(qty)::int FROM (
  SELECT coalesce(p.product_id, work.product_id) AS product_id, work.qty * coalesce(p.qty, 1) AS qty
  FROM work LEFT JOIN inventory_linepart p USING (line_id) WHERE work.qty > 0
  UNION ALL SELECT x.product_id, x.picked FROM fulfilment_loosepart x JOIN work ON work.id = x.row_id
) taken WHERE product_id = ANY(%s::bigint[]) GROUP BY 1
"""


def work_on(products: Collection[int], location_id: int) -> Mapping[int, Work]:
    taken = dict(fetch(TAKEN, [location_id, sorted(products)]))
    open_counts = CountRequest.objects.filter(
        location_id=location_id, product_id__in=products, counted_at__isnull=True
    ).order_by()
    doubted = dict(open_counts.values_list("product_id").annotate(n=Sum("doubted")))
    return {p: Work(taken.get(p, 0), doubted.get(p, 0)) for p in {*taken, *doubted}}
