"""Keep what a supplier sells, and for how much."""

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction

from inventory.models import Product, Supplier, SupplierItem
from oms.kernel.errors import Refusal, Refused


@transaction.atomic
def keep_items(supplier: Supplier, items: Sequence[tuple[str, str, Decimal, int]]) -> None:
    """Replace the list of `supplier` by `items` (SKU, their code, cost, pack). A product keeps its preferred supplier.

    Refuses SKUs that do not exist, naming each.
    """
    known = {p.sku: p.pk for p in Product.objects.filter(sku__in=[sku for sku, *_ in items])}
    if wrong := [Refusal("sku_unknown", f"There is no SKU {sku[:80]}.") for sku, *_ in items if sku not in known]:
        raise Refused.because(wrong)
    theirs = {i.product_id: i for i in SupplierItem.objects.filter(supplier=supplier)}
    taken = set(
        SupplierItem.objects.filter(is_preferred=True).exclude(supplier=supplier).values_list("product", flat=True)
    )
    for sku, code, cost, pack in items:
        item = theirs.pop(known[sku], None) or SupplierItem(
            supplier=supplier, product_id=known[sku], is_preferred=known[sku] not in taken
        )
        item.code, item.cost, item.pack = code, cost, pack
        item.save()
    SupplierItem.objects.filter(pk__in=[i.pk for i in theirs.values()]).delete()
