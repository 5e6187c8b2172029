"""The whole demo business, from bare shelves to this minute."""

from datetime import timedelta
from random import Random

from django.db import transaction

from demo.amending import make_amendments
from demo.branches import make_branches
from demo.buying import make_suppliers
from demo.catalogue import make_places, make_products, make_stock
from demo.drafts import Generator
from demo.history import HISTORY, make_history
from demo.imported import make_import
from demo.kits import make_kits
from demo.live import DAYS, ORDINARY, make_live
from demo.making import make_box
from demo.parting import order_twice, part_and_merge
from demo.people import make_people
from demo.rates import make_euros, make_rates
from demo.routine import make_routine
from demo.routing import make_draft, make_routing
from demo.scarce import make_safety, make_scarce
from demo.sending import make_senders
from demo.standing import make_standing
from demo.talk import make_talk
from demo.terms import make_terms
from oms.kernel.clock import now, time_is

SEED = 20260321


@transaction.atomic
def fill(history: int = HISTORY, ordinary: int = ORDINARY, every: int = 1) -> None:
    """Fill an empty house, wholly or not at all. Smaller numbers make a smaller business of the same kind."""
    random = Random(SEED)  # noqa: S311  repeatable on purpose
    staff = make_people()
    with time_is(now() - timedelta(days=60)):
        make_places()
        products = make_products(random)
        make_suppliers(products)
        make_kits(products, staff)
        make_box()
        make_senders(staff)
        make_scarce(products, staff)
    with time_is(now() - timedelta(days=DAYS + 1)):  # history has taken no stock: this is what it left
        make_stock(products, random)
        make_safety(products, staff)
        make_routing(staff)
    make_rates()
    generator = Generator(products, random)
    make_history(generator, random, history)
    make_live(generator, random, staff, products, ordinary, every)
    make_terms(products)
    make_draft(staff)
    make_talk(staff)
    make_standing(products, staff)
    make_amendments(products, staff)
    part_and_merge(staff)
    make_euros(products)
    make_branches(products, staff)
    make_routine(generator, products)
    make_import(products, staff)
    order_twice()
