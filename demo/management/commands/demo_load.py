"""`manage.py demo_load`: fill an empty house with the demo business."""

from random import Random

from django.core.management.base import BaseCommand, CommandError

from demo.catalogue import make_places, make_products, make_stock
from demo.orders import Generator, make_history, make_live
from demo.people import make_people
from inventory.models import Location
from oms.events.relay import deliver_due
from oms.kernel.errors import Refused
from orders.models import Order

SEED = 20260321


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
            staff = make_people()
        except Refused as refused:
            raise CommandError(refused.message) from refused
        random = Random(SEED)  # noqa: S311  repeatable on purpose
        make_places()
        products = make_products(random)
        make_stock(products, random)
        generator = Generator(products, random)
        make_history(generator, random)
        make_live(generator, random, staff)
        while deliver_due():  # what the workers would have done in those sixty days
            pass
        self.stdout.write(f"demo: {Order.objects.count()} orders, {len(products)} products")
