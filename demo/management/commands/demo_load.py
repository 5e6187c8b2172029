"""`manage.py demo_load`: fill an empty house with the demo business."""

from django.core.management.base import BaseCommand, CommandError

from demo.house import fill
from inventory.models import Location, Product
from oms.kernel.errors import Refused
from orders.models import Order


class Command(BaseCommand):
    help = "Load the demo business; the same every time, dated from today backwards. Demo mode only."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there are orders already")

    def handle(self, *args, **options) -> None:
        if Order.objects.exists() or Location.objects.exists():
            if options["if_empty"]:
                return
            raise CommandError("There is data already; the demo only fills an empty house.")
        try:
            fill()
        except Refused as refused:
            raise CommandError(refused.message) from refused
        self.stdout.write(f"demo: {Order.objects.count()} orders, {Product.objects.count()} products")
