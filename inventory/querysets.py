"""Chainable named filters over stock levels and movements."""

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from oms.kernel.clock import business_date

SEARCH_CAP = 1000
# What separates the words of a SKU or a name; the index `product_words` (migration 0003) says the same.
PUNCTUATION = "-_./:,;()#&+*@\"'"
WORDS = (
    "to_tsvector('simple', translate(sku || ' ' || name || ' ' || barcode, "
    f"'{PUNCTUATION.replace(chr(39), chr(39) * 2)}', '{' ' * len(PUNCTUATION)}'))"
)


class LocationQuerySet(models.QuerySet):
    def ours(self):
        """Places where our own stock lies; a supplier who sends to our customers is none."""
        return self.exclude(kind="drop_ship")


class PlacedQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Rows of the locations this person may see: all of them, or those named on the person."""
        return self.filter(location__code__in=user.location_codes) if user.location_codes else self

    def search(self, text: str):
        """Rows of products whose SKU, name or barcode has, for each word typed, a word that starts with it."""
        words = text.lower().replace("\x00", "").translate(str.maketrans(PUNCTUATION, " " * len(PUNCTUATION))).split()
        if not words:
            return self.none()
        query = " & ".join("'" + w.replace("\\", "\\\\") + "':*" for w in words[:6])
        found = RawSQL(  # noqa: S611  the only parameter is bound
            f"SELECT id FROM inventory_product WHERE {WORDS} @@ %s::tsquery LIMIT {SEARCH_CAP}",  # noqa: S608
            [query],
        )
        return self.filter(product_id__in=found)


class StockQuerySet(PlacedQuerySet):
    def low(self):
        return self.filter(available__lt=F("safety_stock"))

    def none_available(self):
        return self.filter(available__lte=0)

    def in_quarantine(self):
        return self.filter(quarantined__gt=0)

    def with_waiting_orders(self):
        """Levels of products that orders wait for, wherever they are."""
        from inventory.models import Backorder

        return self.filter(Exists(Backorder.objects.filter(product_id=OuterRef("product_id"))))

    def counted(self):
        """With `backordered`: units that orders wait for, of the product and not of the place."""
        from inventory.models import Backorder

        waiting = Backorder.objects.filter(product_id=OuterRef("product_id")).order_by().values("product_id")
        return self.annotate(backordered=Coalesce(Subquery(waiting.annotate(n=Sum("qty")).values("n")), 0))


class MovementQuerySet(PlacedQuerySet):
    pass


class StockCountQuerySet(PlacedQuerySet):
    def waiting(self):
        """For a second person."""
        return self.filter(is_approved__isnull=True)


class StocktakeQuerySet(PlacedQuerySet):
    def under_way(self):
        return self.filter(status__in=("counting", "review", "posting"))

    def sized(self):
        """With `qty_lines`: how many SKUs are in it."""
        from inventory.models import StocktakeLine

        lines = StocktakeLine.objects.filter(stocktake=OuterRef("pk")).order_by().values("stocktake")
        return self.annotate(qty_lines=Coalesce(Subquery(lines.annotate(n=Count("pk")).values("n")), 0))


class StocktakeLineQuerySet(models.QuerySet):
    def differing(self):
        """Counted, and not what should have lain there, or nobody can say because it moved meanwhile."""
        return self.filter(counted__isnull=False).filter(~Q(counted=F("shelf")) | Q(is_moved=True))


class AlertQuerySet(PlacedQuerySet):
    """Alerts of low stock."""

    def open(self):
        return self.filter(cleared_at__isnull=True)

    def pressing(self):
        """Open, and not put off until a day to come."""
        return self.open().exclude(off_until__gt=business_date())

    def put_off(self):
        return self.open().filter(off_until__gt=business_date())

    def taken(self):
        """Open, and somebody looks after it."""
        return self.open().filter(taken_by__isnull=False)

    def uncovered(self):
        """Nothing of the SKU is on its way to the place."""
        return self.filter(~Exists(self._level().filter(incoming__gt=0)))

    def measured(self):
        """With `available_now` and `incoming` of the level."""
        now, coming = (Subquery(self._level().values(name)) for name in ("available", "incoming"))
        return self.annotate(available_now=now, incoming=coming)

    @staticmethod
    def _level():
        from inventory.models import StockLevel

        return StockLevel.objects.filter(product=OuterRef("product_id"), location=OuterRef("location_id"))


class BackorderQuerySet(models.QuerySet):
    def of(self, *skus: str):
        """Waiting for these SKUs themselves, or for kits that they go into."""
        from inventory.models import LinePart

        kits = LinePart.objects.filter(line_id=OuterRef("line_id"), product__sku__in=skus)
        return self.filter(Q(product__sku__in=skus) | Exists(kits))


class PurchaseQuerySet(PlacedQuerySet):
    def visible_to(self, user):
        """Those for the locations this person may see; what goes straight to a customer goes to none of them."""
        codes = user.location_codes
        return self.filter(Q(location__code__in=codes) | ~Q(order_number="")) if codes else self

    def coming(self):
        """Sent, and not all of it has arrived."""
        return self.filter(status__in=("sent", "part_received"))

    def overdue(self, on):
        """Coming, with open units that were expected before the day `on`."""
        from inventory.models import PurchaseLine

        late = PurchaseLine.objects.filter(purchase=OuterRef("pk"), qty_open__gt=0, eta__lt=on)
        return self.coming().filter(Exists(late))

    def unconfirmed(self):
        """Coming, with open units whose day the supplier has not confirmed."""
        from inventory.models import PurchaseLine

        return self.coming().filter(
            Exists(PurchaseLine.objects.filter(purchase=OuterRef("pk"), qty_open__gt=0, is_confirmed=False))
        )


class AssemblyQuerySet(PlacedQuerySet):
    def making(self):
        """Planned or begun: something of it is still to be made."""
        return self.filter(status__in=("planned", "started"))

    def overdue(self, on):
        return self.making().filter(eta__lt=on)


class TransferQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Transfers that leave or reach a location this person may see."""
        codes = user.location_codes
        return self.filter(Q(source__code__in=codes) | Q(location__code__in=codes)) if codes else self

    def on_the_road(self):
        """Sent, and not all of it has arrived."""
        return self.filter(status__in=("sent", "part_received"))

    def overdue(self, on):
        """On the road, and expected before the day `on`."""
        return self.on_the_road().filter(eta__lt=on)
