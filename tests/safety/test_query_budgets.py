"""How many statements each page asks the database: the same for few rows as for many, and as many as query_budgets.json says.

After a change on purpose: `OMS_RECORD=1 pytest tests/safety/test_query_budgets.py`, and look at what the file says now.
"""

import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import reverse

from fulfilment.actions.parcel import deliver
from fulfilment.models import FulfilmentOrder, Shipment
from inventory.actions.adjust import receive_stock
from inventory.actions.assemblies.plan import plan_assembly
from inventory.actions.purchases.count import count_delivery
from inventory.actions.purchases.draft import Wish, draft_purchase
from inventory.actions.purchases.send import send_purchase
from inventory.actions.recipe import Part, set_recipe
from inventory.actions.stocktakes.finish import finish_counting
from inventory.actions.stocktakes.open import open_stocktake
from inventory.actions.stocktakes.scan import count_units
from inventory.actions.transfers.count import count_arrival
from inventory.actions.transfers.draft import Load, draft_transfer
from inventory.actions.transfers.send import send_transfer
from inventory.imports import desk
from inventory.imports.desk import keep_file
from inventory.models import Assembly, Product, PurchaseOrder, RoutingPolicy, StockFile, Stocktake, Transfer
from notifications.actions.send import send_due_messages
from notifications.models import OutgoingMessage
from oms.events.relay import deliver_due
from oms.kernel.clock import business_date
from orders.actions.bulk import keep_results
from orders.actions.entry import keep_entry
from orders.actions.routing_draft import draft_policy
from orders.actions.routing_examples import add_example
from orders.actions.routing_replay import ask_replay
from orders.actions.routing_rules import add_rule
from orders.imports.batches import run_due, start_batch
from orders.models import (
    Amendment,
    BlanketOrder,
    BulkRun,
    Customer,
    CustomerMerge,
    ImportBatch,
    Order,
    RecurringOrder,
    StockPromise,
)
from orders.replay.run import run_due as run_replays
from orders.views.listing import OrderList
from payments.actions.refund import request_refund
from payments.models import Payment, Refund
from reports.book import REPORTS
from returns.actions.decide import approve_return
from returns.actions.request import request_return
from returns.models import Return
from tests.access.test_urls import addresses
from tests.access.url_table import KEY, TABLE
from tests.browser.everything import make
from tests.conftest import make_shop, person
from tests.fulfilment import dropping
from tests.fulfilment.steps import on_road, released
from tests.inventory.buying import arrive, supplier
from tests.inventory.moving import reach
from tests.orders.amending.steps import add, drafted
from tests.orders.imports.rows import HEADER, row
from tests.orders.standing.steps import long_agreement, long_schedule
from tests.safety.copies import copy_orders
from tests.stories import placed

# django_db: so that there is a database; the fixture below fills and empties it.
pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.xdist_group("budgets")]
BOOK = Path(__file__).with_name("query_budgets.json")
# Read at most once a second by each process: whether one page meets it is chance.
CACHED = ('FROM "orders_stage"', "FROM orders_checkrule", 'FROM "orders_checkrule"', 'FROM "orders_approvalrule"')
FEW, MANY, COPIES = 2, 12, 5
PLANTED = "orders:list with a planted fault"
Asked = dict[str, int]


@pytest.fixture(scope="module")
def measured(django_db_setup, django_db_blocker) -> Iterator[tuple[Asked, Asked]]:
    """Statements of every page with few rows, and with many."""
    mailbox = override_settings(EMAIL_BACKEND="notifications.mailbox.MailboxBackend")  # as the demo has it
    with django_db_blocker.unblock(), mailbox, transaction.atomic():
        client = _house()
        _lists(client)  # what is drawn once is drawn
        few = _lists(client) | _details(client, FEW)
        copy_orders(Order.objects.all(), COPIES)
        yield few, _lists(client) | _details(client, MANY)
        transaction.set_rollback(True)


def test_no_page_asks_more_for_more_rows(measured):
    few, many = measured
    grown = {name: (n, many[name]) for name, n in few.items() if many[name] > n and name != PLANTED}
    assert not grown, f"statements with few rows, with many: {grown}"


def test_every_page_asks_what_its_budget_says(measured):
    found = {name: n for name, n in sorted(measured[1].items()) if name != PLANTED}
    if os.environ.get("OMS_RECORD") == "1":
        BOOK.write_text(json.dumps(found, indent=2) + "\n")
    budget = json.loads(BOOK.read_text())
    changed = {name: (budget.get(name), found.get(name)) for name in budget.keys() | found.keys()}
    assert not {k: v for k, v in changed.items() if v[0] != v[1]}, (
        "(budget, found): record it if it is meant, see above"
    )


def test_every_page_of_the_table_is_measured(measured):
    pages = {name for name, (method, who) in TABLE.items() if method == "GET" and who != KEY}
    unmeasured = {n for n in pages if not n.startswith(("admin:", "api:"))} - _names(measured[0])
    assert unmeasured == NO_LIST, "open a new page in _details, or name it in NO_LIST if no rows are on it"


def test_a_planted_fault_is_noticed(measured):
    """Negative control: a row that fetches its city by itself."""
    few, many = measured
    assert many[PLANTED] > few[PLANTED] + 5


# Forms about one product, one mail, one row of a file: there are no rows on them.
NO_LIST = {
    "inventory:receive", "inventory:count", "inventory:transfer", "inventory:quarantine", "inventory:safety",
    "inventory:condition",
    "telling:file", "inventory:alert", "notifications:mail", "imports:row", "orders:undo", "orders:attachment",
    "purchases:new", "purchases:supplier-new", "transfers:new", "assemblies:new", "stocktakes:new",
    "live",  # answers a signed token; that it asks the database nothing is tested in tests/ui/test_live.py
}  # fmt: skip


def _names(asked: Asked) -> set[str]:
    return {name.split(" ")[0] for name in asked}


def _house() -> Client:
    make_shop()
    owner = person("olga", "owner", "admin", "sales", "warehouse", "finance", "support")
    receive_stock("MUG", location="pune", qty=500, source="more", actor="system")
    make(owner)
    for lines in (FEW, MANY):
        _long_order(lines, owner)
        _long_change(lines, owner)
        _long_file(lines, owner)
        long_schedule(lines, owner)
        _long_policy(lines, owner)
        _long_purchase(lines, owner)
        _long_transfer(lines, owner)
        _long_stocktakes(lines, owner)
        _long_kit(lines, owner)
        _long_offers(lines, owner)
        long_agreement(lines, owner)
        for _ in range(lines):
            keep_entry(uuid.uuid4().hex, {"line-0-sku": "MUG"}, seen=0, actor=owner)
    run_due()
    deliver_due()
    send_due_messages()
    client = Client()
    client.force_login(owner)
    return client


def _long_order(lines: int, owner) -> None:
    """An order of so many lines, delivered, with a refund asked for and every line coming back."""
    order = released(owner, *[("MUG", 1)] * lines, external_id=f"lines-{lines}")
    deliver(on_road(order, owner, tracking=f"L-{lines}").number, actor=owner)
    request_refund(order.number, amount=1, reason="Scratched", actor=owner)
    rma = request_return(
        order.number, quantities={line.pk: 1 for line in order.lines.all()}, reason="damaged", actor=owner
    )
    approve_return(rma.number, actor=owner)


def _long_kit(lines: int, owner) -> None:
    Product.objects.create(sku=f"KIT-{lines}", name="Kit")
    for n in range(lines):
        Product.objects.create(sku=f"PART-{lines}-{n}", name="Part")
    Product.objects.get_or_create(sku="MADE", defaults={"name": "Made here"})
    parts = [Part(f"PART-{lines}-{n}", 1) for n in range(lines)]
    set_recipe(f"KIT-{lines}", parts=parts, actor=owner)
    for n in range(lines):
        plan_assembly(
            "MADE", qty=1, location="pune", eta=business_date(), parts=parts, actor=owner, note=f"{lines} {n}"
        )  # fmt: skip


def _long_offers(lines: int, owner) -> None:
    """A supplier who sends so many products, and an order of all of them."""
    skus = [f"PART-{lines}-{n}" for n in range(lines)]
    dropping.offered(*skus, code=f"sends-{lines}", figure=50)
    dropping.told(dropping.released(*[(sku, 1) for sku in skus], external_id=f"sends-{lines}"), owner)


def _long_purchase(lines: int, owner) -> None:
    """A purchase order of so many lines, a part of it here, and its draft again."""
    supplier(f"lines-{lines}")
    wishes = [Wish("MUG", 2)] * lines
    given = {"supplier": f"lines-{lines}", "location": "pune", "lines": wishes, "actor": owner}
    draft_purchase(**given, reference=f"draft-{lines}")
    purchase = send_purchase(draft_purchase(**given, reference=f"lines-{lines}").number, actor=owner)
    arrive(purchase, "MUG", lines, actor=owner)
    count_delivery(purchase.number, code="MUG", key=uuid.uuid4(), actor=owner)


def _long_transfer(lines: int, owner) -> None:
    """A transfer of so many lines, a part of it there, and its draft again."""
    given = {
        "source": "pune",
        "location": "delhi",
        "lines": [Load("MUG", 2)] * lines,
        "eta": business_date(),
        "actor": owner,
    }
    draft_transfer(**given, note=f"draft-{lines}")
    transfer = send_transfer(draft_transfer(**given, note=f"lines-{lines}").number, actor=owner)
    reach(transfer, "MUG", lines, actor=owner)
    count_arrival(transfer.number, code="MUG", key=uuid.uuid4(), actor=owner)


def _long_change(lines: int, owner) -> None:
    """A change drafted for an order of so many lines, and a bulk action over as many orders."""
    order = placed(*[("MUG", 1)] * lines, external_id=f"open-{lines}")
    drafted(order, add("MUG", 1), actor=owner)
    run = keep_results("take", {"by": str(lines)}, [(order.number, True, "Done")] * lines, actor=owner)
    run.steps = {order.number: 1}
    run.save(update_fields=["steps"])


def _long_file(lines: int, owner) -> None:
    """A file of so many orders, and as many rows that cannot be one."""
    rows = [row(f"F-{lines}-{i}") for i in range(lines)] + [row(f"B-{lines}-{i}", qty="many") for i in range(lines)]
    text = "\n".join((HEADER, *rows))
    start_batch([(f"lines-{lines}.csv", text.encode())], channel_code="web", format_key="", actor=owner)
    stock = "".join(f"NO-{lines}-{i},pune,1\n" for i in range(lines))
    keep_file(f"lines-{lines}.csv", f"sku,location,on_hand\n{stock}".encode(), kind="stock", actor=owner)
    desk.run_due()


def _long_stocktakes(lines: int, owner) -> None:
    """One in review and one at the station, each with so many differences and as many not scanned."""
    for upto in ("review", "counting"):
        skus = [f"{upto.upper()}-{lines}-{i}" for i in range(2 * lines)]
        Product.objects.bulk_create(Product(sku=sku, name="Shelf", price=1) for sku in skus)
        number = open_stocktake("pune", scope="list", skus=skus, note=f"{upto}-{lines}", actor=owner).number
        for sku in skus[:lines]:
            count_units(number, code=sku, qty=3, key=uuid.uuid4(), actor=owner)
        if upto == "review":
            finish_counting(number, actor=owner)


def _long_policy(lines: int, owner) -> None:
    """A draft of so many rules, with as many examples, tried on the orders there are."""
    draft = draft_policy(copy_of=None, actor=owner)
    for i in range(lines):
        add_rule(draft.version, actor=owner)
        add_example(
            draft.version, name=f"{lines} {i}", facts={"channel": "web"}, without=[], expected="pune", actor=owner
        )
    ask_replay(draft.version, days=30, actor=owner)
    run_replays()


def _lists(client: Client) -> Asked:
    arguments = dict(addresses())
    names = [
        n
        for n, (method, who) in TABLE.items()
        if method == "GET" and who != KEY and not arguments.get(n) and n not in NO_LIST
    ]
    pages = {name: reverse(name) for name in names if not name.startswith(("admin:", "api:"))}
    pages |= {f"home as {role}": f"/?as={role}" for role in ("sales", "warehouse", "finance", "support", "owner")}
    pages |= {f"reports:show {key}": reverse("reports:show", args=[key]) for key in REPORTS}
    pages["reports:stays new"] = "/reports/stays/?stage=new&team=sales&kind=all"
    pages |= {"orders:list all": "/orders/?view=all", "orders:list filtered": "/orders/?view=all&stage=new&channel=web"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OrderList, "shown", lambda self, rows: rows.defer("ship_city"))
        patch.setattr(OrderList, "shown_key", lambda self: "planted")  # its statement is kept apart from the real one
        planted = {PLANTED: _asked(client, "/orders/?view=all")}
    return {name: _asked(client, url) for name, url in pages.items()} | planted


def _details(client: Client, lines: int) -> Asked:
    """Every page about one order or a part of it, for the order of so many lines."""
    order = Order.objects.get(external_id=f"lines-{lines}")
    mine = {"order": order}
    work, parcel = FulfilmentOrder.objects.get(**mine).number, Shipment.objects.get(**mine).number
    product = Product.objects.get(sku="MUG").pk
    batch = ImportBatch.objects.get(files__name=f"lines-{lines}.csv").number
    agreed = BlanketOrder.objects.get(customer_po=f"agreed-{lines}")
    schedule = RecurringOrder.objects.get(customer_po=f"lines-{lines}")
    draft = RoutingPolicy.objects.get(examples__name=f"{lines} 0")
    about = {
        "orders:detail": order.number, "orders:amendment-new": order.number, "orders:split": order.number, "orders:merge": order.number,
        "orders:place": order.number,
        "orders:history": order.number, "orders:edit": order.number,
        "telling:figures": "web", "telling:again": "web",
        "customers:detail": order.customer_id, "fulfilment:work": work, "fulfilment:slip": work,
        "fulfilment:shipment": parcel, "payments:record": order.number, "payments:refund-new": order.number,
        "payments:payment": Payment.objects.get(**mine).number, "payments:refund": Refund.objects.get(**mine).number,
        "returns:new": order.number, "returns:detail": Return.objects.get(**mine).number,
        "inventory:product": product, "inventory:movements": product,
        "assemblies:detail": Assembly.objects.get(note=f"{lines} 0").number,
        "inventory:components": Product.objects.get(sku=f"KIT-{lines}").pk,
        "fulfilment:slip-pdf": work, "fulfilment:pick-list-pdf": work,
        "imports:detail": batch, "imports:rejects": batch, "imports:columns": batch, "imports:undo": batch,
        **dict.fromkeys(
            ("stockfiles:detail", "stockfiles:rejects"), StockFile.objects.get(name=f"lines-{lines}.csv").number
        ),
        "customers:purchase-orders": order.customer_id, "customers:erasure": order.customer_id,
        **dict.fromkeys(("customers:past", "customers:record", "customers:address-new", "customers:contact-new"), order.customer_id),
        "customers:everything": order.customer_id, "standing:detail": schedule.number, "standing:edit": schedule.number,
        "routing:policy": draft.version, "routing:replay": draft.replays.get().pk,
        **_purchases(lines),
        "stocktakes:station": Stocktake.objects.get(note=f"counting-{lines}").number,
        **dict.fromkeys(
            ("stocktakes:detail", "stocktakes:differences"), Stocktake.objects.get(note=f"review-{lines}").number
        ),
        "transfers:edit": Transfer.objects.get(note=f"draft-{lines}").number,
        **dict.fromkeys(("transfers:detail", "transfers:receiving", "transfers:pdf"), Transfer.objects.get(note=f"lines-{lines}").number),
        "blanket:detail": agreed.number, "blanket:edit": agreed.number, "blanket:release": agreed.number,
        "notifications:detail": OutgoingMessage.objects.filter(**mine).first().pk,
    }  # fmt: skip
    pages = {name: reverse(name, args=[value]) for name, value in about.items()}
    for kind, cards in (("address", order.customer.addresses), ("contact", order.customer.contacts)):
        pages[f"customers:{kind}"] = reverse(f"customers:{kind}", args=[order.customer_id, cards.first().pk])
    done = CustomerMerge.objects.latest("pk")
    pages["customers:merged"] = reverse("customers:merged", args=[done.kept_id, done.pk])
    other = Customer.objects.exclude(pk=order.customer_id).order_by("pk")[0]
    pages["customers:merge"] = reverse("customers:merge", args=[order.customer_id]) + f"?with={other.pk}"
    pages["standing:run"] = reverse("standing:run", args=[schedule.number, schedule.next_on])
    pages["orders:as-of"] = reverse("orders:as-of", args=[order.number, 1])
    change = Amendment.objects.get(order__external_id=f"open-{lines}")
    pages["orders:amendment"] = reverse("orders:amendment", args=[change.order.number, change.number])
    sent = FulfilmentOrder.objects.get(order__external_id=f"sends-{lines}")
    pages["fulfilment:work at a supplier"] = reverse("fulfilment:work", args=[sent.number])
    pages["purchases:detail to a customer"] = reverse("purchases:detail", args=[sent.purchase.number])
    pages["purchases:drop-shipping"] = reverse("purchases:drop-shipping", args=[f"sends-{lines}"])
    run = BulkRun.objects.get(asked__by=str(lines)).pk
    pages |= {name: reverse(name, args=[run]) for name in ("orders:bulk-run", "orders:bulk-sheet", "orders:bulk-undo")}
    return {name: _asked(client, url) for name, url in pages.items()}


def _purchases(lines: int) -> dict[str, str | int]:
    """Pages about one purchase order, for the one of so many lines."""
    draft = PurchaseOrder.objects.get(reference=f"draft-{lines}").number
    purchase = PurchaseOrder.objects.get(reference=f"lines-{lines}").number
    pages: dict[str, str | int] = dict.fromkeys(("purchases:detail", "purchases:pdf", "purchases:receiving"), purchase)
    waiting = StockPromise.objects.order_by("pk")[0].pk
    pages |= {"orders:promise": waiting, "orders:atp": Product.objects.get(sku="MUG").pk}
    pages["orders:share"] = Product.objects.get(sku="LAMP").pk
    return pages | {"purchases:edit": draft, "purchases:supplier": f"lines-{lines}"}


def _asked(client: Client, url: str) -> int:
    """Statements of one opening."""
    asked: list[str] = []

    def watch(execute, sql, params, many, context):
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        answer = client.get(url)
        if answer.streaming:
            list(answer.streaming_content)
    assert answer.status_code in (200, 302), (url, answer.status_code)
    return sum(not any(name in sql for name in CACHED) for sql in asked)
