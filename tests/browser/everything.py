"""One of everything a page can show, made by the real actions, and the address of every page that shows it."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import islice, zip_longest
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import NoReverseMatch, reverse

from fulfilment.actions.dispatch import dispatch
from fulfilment.actions.pack import finish_pack, scan
from fulfilment.actions.parcel import deliver
from fulfilment.actions.pick import finish_pick, pick_line, start_pick
from fulfilment.actions.supplier.ship import supplier_ships
from fulfilment.actions.supplier.stop import ask_to_stop, supplier_stops
from fulfilment.actions.supplier.tell import send_to_supplier
from fulfilment.models import FulfilmentOrder, Shipment
from inventory.actions.alert import check_levels
from inventory.actions.assemblies.plan import plan_assembly
from inventory.actions.count import count_stock
from inventory.actions.look_after import take_alert
from inventory.actions.purchases.count import count_delivery
from inventory.actions.purchases.supplier import keep_items
from inventory.actions.recipe import Part
from inventory.actions.safety import set_safety_stock
from inventory.actions.stocktakes.finish import finish_counting
from inventory.actions.stocktakes.open import open_stocktake
from inventory.actions.stocktakes.scan import count_units
from inventory.imports import desk
from inventory.imports.desk import keep_file
from inventory.models import FileGoal, Location, Product, PurchaseOrder, RoutingPolicy, StockAlert
from notifications.actions.send import send_due_messages
from oms.access.models import User
from oms.events.models import Event
from oms.events.relay import deliver_due
from oms.kernel.clock import business_date, now
from orders.actions.attach import attach_file
from orders.actions.automate import make_routine_steps
from orders.actions.bulk import keep_results
from orders.actions.confirm import confirm_order
from orders.actions.customer_apart import tell_apart
from orders.actions.customer_check import check_merged
from orders.actions.customer_keep import add_card
from orders.actions.customer_merge import merge_customers
from orders.actions.entry import keep_entry
from orders.actions.hold import hold_order
from orders.actions.note import add_note
from orders.actions.promise import promise_waiting
from orders.actions.release import release_order
from orders.actions.routing_activate import activate_policy
from orders.actions.routing_draft import draft_policy
from orders.actions.routing_examples import add_example
from orders.actions.routing_replay import ask_replay
from orders.actions.routing_rules import add_rule
from orders.customers.cards import CONTACT
from orders.imports.batches import ask, run_due, start_batch
from orders.models import (
    Amendment,
    Attachment,
    AutomaticStep,
    Channel,
    CreditAccount,
    Customer,
    CustomerAddress,
    CustomerContact,
    CustomerMerge,
    ImportGoal,
    Order,
    RecurringOrder,
)
from orders.replay.run import run_due as run_replays
from orders.telling.look import tell_channels
from payments.actions.record import record_payment
from payments.actions.refund import OtherWay, request_refund
from payments.models import Refund
from reports.book import REPORTS
from tests.access.test_urls import addresses
from tests.access.url_table import KEY, TABLE
from tests.fulfilment import dropping
from tests.inventory import buying, moving
from tests.orders.addresses.places import two_places
from tests.orders.amending.steps import add, amended, drafted, qty
from tests.orders.imports.rows import HEADER, row
from tests.orders.rates import rate
from tests.orders.standing.steps import make_standing
from tests.returns.steps import asked, inspected
from tests.stories import again, placed

OURS = ("orders", "fulfilment", "payments", "returns", "inventory", "notifications", "events")
NUMBERS = {  # what the addresses of a part of the site know, by how their numbers begin; elsewhere everything is tried
    "orders": "SO-", "imports": "IMP-", "standing": ("RO-", "BO-"), "fulfilment": ("FO-", "SHP-"), "purchases": "PO-",
    "transfers": "TR-", "stockfiles": "SF-", "stocktakes": "ST-",
    "assemblies": "AS-", "payments": ("PAY-", "REF-", "SO-"), "returns": ("RMA-", "SO-"),
}  # fmt: skip
# Pages that say more of an object in another state: opened with two.
STATEFUL = ("detail", "work", "shipment", "payment", "refund", "amendment", "policy", "product")
VARIANTS = (
    "/orders/?view=all", "/orders/board/?view=all", "/orders/?q=nothing-like-this", "/search/?q=Zoya", "/go/",
    "/go/?q=hold+address&on=SO-10001", "/go/?q=SO-404+confirm",
    "/no-such-page/",
    "/?as=sales", "/?as=warehouse", "/?as=finance", "/?as=support", "/?as=owner",
)  # fmt: skip


def _supply(actor: User) -> None:
    """A draft, an order that is late, one half here and being counted again, one that has arrived."""
    buying.drafted(("LAMP", 12), actor=actor)
    keep_items(buying.supplier(), [("LAMP", "A-1", Decimal(40), 6)])
    buying.sent(("LAMP", 2, -3), ("MUG", 6), actor=actor)
    half = buying.sent(("MUG", 6), ("KETTLE", 2), actor=actor)
    buying.arrive(half, "MUG", 4, actor=actor)
    count_delivery(half.number, code="KETTLE", qty=3, key=uuid.uuid4(), actor=actor)
    buying.arrive(buying.sent(("MUG", 1), actor=actor), "MUG", 1, actor=actor)
    plan_assembly("LAMP", qty=2, location="pune", eta=business_date(), parts=[Part("MUG", 1)], actor=actor)
    moving.loaded(("MUG", 1), source="delhi", location="pune", actor=actor)
    moving.reach(
        moving.on_the_road(("MUG", 2), source="delhi", location="pune", days=-1, actor=actor), "MUG", 1, actor=actor
    )


def _at_suppliers(actor: User) -> None:
    """What suppliers send: to be ordered, overdue at them, asked to stop, stopped, and on the road."""
    Product.objects.create(sku="RUG", name="Rug", price=100)
    dropping.offered("RUG", code="zen", when="supplier_only", figure=40, days=0)
    for upto in ("order", "ship", "stop", "stopped", "left"):
        order = dropping.released(("RUG", 2), actor=actor)
        work = dropping.at_supplier(order).number
        if upto != "order":
            send_to_supplier(work, actor=actor)
        if upto in ("stop", "stopped"):
            ask_to_stop(work, reason="Ordered twice", actor=actor)
        if upto == "stopped":
            supplier_stops(work, actor=actor)
        if upto == "left":
            supplier_ships(work, carrier="own", tracking_number="Z-1", quantities={"RUG": 1}, actor=actor)


def _files_of_stock(actor: User) -> None:
    """One checked with rows to mend, one written, one that could not be read, one that waits."""
    keep_file("new.csv", b"sku,name,price,shade\nMUG,,475,blue\nVASE,Vase,x,red\n", kind="products", actor=actor)
    done = keep_file("count.csv", b"sku,location,on_hand\nMUG,delhi,4\n", kind="stock", actor=actor)
    keep_file("letter.pdf", b"%PDF-1.7", kind="products", actor=actor)
    desk.run_due()
    desk.ask_run(done.number, FileGoal.WRITE, actor=actor)
    desk.run_due()
    keep_file("later.csv", b"sku,name\nMUG,Mug\n", kind="products", actor=actor)


def _stocktakes(actor: User) -> None:
    """One in review, with a difference and something not scanned; one being counted."""
    for place, how in (("pune", {"scope": "list", "skus": ["MUG", "KETTLE"]}), ("delhi", {"scope": "all"})):
        number = open_stocktake(place, actor=actor, **how).number
        count_units(number, code="MUG", qty=400, key=uuid.uuid4(), actor=actor)
        if how["scope"] == "list":
            finish_counting(number, actor=actor)


def _customers(actor: User) -> None:
    """Two who look the same and are not, one of whom took in a third: a debt of both holds an order now."""
    third = placed(("KETTLE", 1), email="w@example.test", payment_terms="credit").customer
    one, other = (Customer.objects.create(name=name, phone="+919876512345") for name in ("Dev Rao", "Ira Rao"))
    for customer, limit in ((one, 50), (third, 500)):
        CreditAccount.objects.create(customer=customer, currency="INR", limit=limit, terms_days=30)
    tell_apart(one.pk, other.pk, why="Father and daughter", actor=actor)
    check_merged(merge_customers(one.pk, third.pk, choice={}, reason="The same", actor=actor).pk, actor=actor)


def _bulk(actor: User) -> None:
    """The result of a bulk action, one order of it refused."""
    keep_results("confirm", {}, [("SO-10001", True, "Done"), ("SO-404", False, "There is no such order.")], actor=actor)


def _rules(actor: User) -> None:
    """A live version of the routing rules, and a draft with examples, one failing, replayed over the orders there are."""
    activate_policy(draft_policy(copy_of=None, actor=actor).version, note="First", actor=actor)
    draft = draft_policy(copy_of=1, actor=actor)
    add_rule(draft.version, actor=actor)
    facts = {
        "channel": "web",
        "country": "IN",
        "state": "Goa",
        "postal_code": "403001",
        "total": "9",
        "currency": "INR",
    }
    for place in ("pune", "delhi"):
        add_example(draft.version, name=f"Goa from {place}", facts=facts, without=[], expected=place, actor=actor)
    ask_replay(draft.version, days=30, actor=actor)
    run_replays()


def make(actor: User) -> None:
    """Orders held, waiting, in every step of the warehouse, delivered and coming back."""
    _bulk(actor)
    _supply(actor)
    held = placed(("MUG", 1), ("LAMP", 3), paid="50.00")
    hold_order(held.number, reason="other", detail="The customer will call back", actor=actor)
    add_note(held.number, text="Asked for a narrow parcel", actor=actor)
    ravi = {"name": "Ravi", "part": "Accounts", "email": "ravi@example.test", "phone": ""}
    add_card(CONTACT, held.customer_id, ravi, actor=actor)
    kim = User.objects.create(username="kim", roles=["sales"])
    attach_file(held.number, upload=SimpleUploadedFile("po.pdf", b"%PDF-1.7 a PO"), actor=actor)
    add_note(held.number, text=f"@{actor.username} is there a narrow one?", actor=kim)
    drafted(held, qty(held, 2), add("KETTLE", 20, "10"), actor=actor)
    amended(held, qty(held, 3), actor=actor)
    unpaid = placed(("KETTLE", 1))
    record_payment(unpaid.number, method="upi", amount=Decimal(40), reference="UPI-1", actor=actor)
    for steps in range(6):
        _carry_on(released(actor), steps, actor)
    for order in Order.objects.filter(fulfilment_status="delivered")[:1]:
        asked(order, 1, actor=actor)
    back = released(actor)
    _carry_on(back, 5, actor)
    inspected(again(back), 1, actor=actor)
    request_refund(back.number, amount=Decimal(20), reason="Scratched", actor=actor)
    start_batch(
        [("orders.csv", f"{HEADER}\n{row()}\n{row(qty='many')}".encode())],
        channel_code="web",
        format_key="",
        actor=actor,
    )
    run_due()
    done = start_batch(
        [("more.csv", f"{HEADER}\n{row('B-1')}\n{row('B-2', price='4,50')}".encode())],
        channel_code="web", format_key="csv", actor=actor,
    )  # fmt: skip
    run_due()
    ask(done.number, ImportGoal.IMPORT)
    run_due()
    start_batch(
        [("party.csv", b"PO No,PO Date,Party,Item,Nos,Rate\nDP-1,03/04/2026,Station Road,TIF-3T,40,1250.00")],
        channel_code="web", format_key="", actor=actor,
    )  # fmt: skip
    run_due()
    _files_of_stock(actor)
    make_standing(actor)
    _customers(actor)
    _at_suppliers(actor)
    _rules(actor)
    promise_waiting(actor=actor)
    _shapes_of_orders(actor)
    _by_itself()
    Channel.objects.filter(code="web").update(tells_stock=True)
    tell_channels()
    Location.objects.filter(code="delhi").update(count_limit=0)
    count_stock("MUG", location="delhi", counted=999_999, source="count:1", reason="Counted by hand", actor=actor)
    set_safety_stock("MUG", location="pune", qty=90_000, actor=actor)
    check_levels()
    _stocktakes(actor)
    take_alert(StockAlert.objects.latest("pk").pk, note="Asked for more", actor=actor)
    keep_entry(uuid4().hex, {"contact-customer_name": "Meera K", "line-0-sku": "MUG"}, seen=0, actor=actor)
    deliver_due()
    send_due_messages()


def _shapes_of_orders(actor: User) -> None:
    """An order for two addresses in a currency without a rate; one with a rate, and a refund of it by another way."""
    two_places(currency="EUR")
    rate("55.2")
    dollars = placed(("KETTLE", 1), currency="AUD", paid="100.00")
    asked_way = OtherWay("upi", "zoya@upi", "The card has expired")
    request_refund(dollars.number, amount=Decimal(5), reason="Scratched", other_way=asked_way, actor=actor)


def _by_itself() -> None:
    """A rule that watches: some orders it would confirm, others it leaves to a person."""
    AutomaticStep.objects.create(
        name="Confirm small orders", mode="watch", total_up_to=150, since=now() - timedelta(days=1)
    )
    make_routine_steps()


def _shapes() -> Iterator[str]:
    """Pages of what one object in each state does not show."""
    yield Order.objects.filter(address_count__gt=1, book_rate=None)[0].get_absolute_url()
    yield Refund.objects.exclude(way="")[0].get_absolute_url()
    yield Refund.objects.exclude(way="")[0].order.get_absolute_url()


def released(actor: User) -> Order:
    order = placed(("MUG", 1), paid="100.00")
    confirm_order(order.number, actor=actor)
    return release_order(order.number, actor=actor)


def _carry_on(order: Order, steps: int, actor: User) -> None:
    work = FulfilmentOrder.objects.get(order=order).number
    for step in (
        lambda: start_pick(work, actor=actor),
        lambda: (pick_line(work, code="MUG", qty=1, actor=actor), finish_pick(work, actor=actor)),
        lambda: (scan(work, code="MUG", actor=actor), finish_pack(work, actor=actor)),
        lambda: dispatch(work, carrier="own", tracking_number=f"T-{order.number}", actor=actor),
        lambda: deliver(Shipment.objects.get(order=order).number, actor=actor),
    )[:steps]:
        step()


def pages(client: Client) -> Iterator[str]:
    """Addresses of every page in the table of addresses, with one object in each state; `client` may see all."""
    arguments = dict(addresses())
    _values.cache_clear()
    for name, (method, who) in TABLE.items():
        if method != "GET" or who == KEY or name.startswith(("admin:", "api:")):
            continue
        wanted = arguments[name]
        most = 2 if name.partition(":")[2] in STATEFUL else 1
        opened = list(islice(((url, kind) for url in _candidates(name, wanted) if (kind := _kind(client, url))), most))
        assert opened or not wanted, f"{name}: nothing in everything.make opens it"
        yield from (url for url, kind in opened if kind == "text/html")
    one, other = Customer.objects.present().order_by("pk")[:2]
    yield reverse("customers:merge", args=[one.pk]) + f"?with={other.pk}"
    yield from (*VARIANTS, *_with_suppliers(), *_shapes())


def _with_suppliers() -> list[str]:
    """The page of work that a supplier has, in each of its steps, and a purchase order that goes to a customer."""
    work = FulfilmentOrder.objects.filter(status="with_supplier").order_by("pk")
    bought = PurchaseOrder.objects.exclude(order_number="").order_by("pk")[:1]
    return [*(reverse("fulfilment:work", args=[fo.number]) for fo in work), *(p.get_absolute_url() for p in bought)]


def _candidates(name: str, wanted: list[str]) -> list[str]:
    if not wanted:
        return [reverse(name)]
    if name == "orders:amendment":
        return [reverse(name, args=[a.order.number, a.number]) for a in Amendment.objects.select_related("order")]
    if name == "orders:undo":
        return [reverse(name, args=[e.stream, e.seq]) for e in Event.objects.filter(name="orders.held")]
    if name == "orders:attachment":
        return [reverse(name, args=[f.order.number, f.pk]) for f in Attachment.objects.select_related("order")]
    if name == "orders:as-of":
        return [reverse(name, args=[a.order.number, 2]) for a in Amendment.objects.select_related("order")]
    if name in ("customers:address", "customers:contact"):
        cards = CustomerAddress if name == "customers:address" else CustomerContact
        return [reverse(name, args=[c.customer_id, c.pk]) for c in cards.objects.order_by("-pk")]
    if name == "customers:merged":
        return [reverse(name, args=[m.kept_id, m.pk]) for m in CustomerMerge.objects.all()]
    if name in ("standing:run", "standing:skip"):
        return [reverse(name, args=[r.number, r.next_on]) for r in RecurringOrder.objects.exclude(next_on=None)]
    if name in ("purchases:edit", "purchases:receiving"):  # what goes straight to a customer is worked on elsewhere
        return [reverse(name, args=[p.number]) for p in PurchaseOrder.objects.filter(order_number="").order_by("-pk")]
    if wanted == ["version"]:
        return [reverse(name, args=[p.version]) for p in RoutingPolicy.objects.order_by("version")]
    assert len(wanted) == 1, f"{name} wants {wanted}: say here which objects open it"
    (argument,) = wanted
    values = list(REPORTS) if argument == "key" else _values(argument if argument in ("pk", "code") else "number")
    values = [v for v in values if str(v).startswith(NUMBERS.get(name.partition(":")[0], ""))] or values
    try:
        return [reverse(name, kwargs={argument: value}) for value in values]
    except NoReverseMatch:
        return [reverse(name, kwargs={argument: value}) for value in _values("pk")]


@lru_cache
def _values(field: str) -> list[Any]:
    """Key, number or code of one row in each state, over all our models; an address takes what it knows and refuses the rest.

    One of each model, then another of each: an address that knows a model soon finds it.
    """
    found: list[list[Any]] = []
    for model in (m for label in OURS for m in apps.get_app_config(label).get_models()):
        if hasattr(model, field):
            one_each = {getattr(row, "stage", getattr(row, "status", "")): row for row in model.objects.order_by("pk")}
            found.append([getattr(row, field) for row in one_each.values()])
    values = dict.fromkeys(value for turn in zip_longest(*found) for value in turn if value is not None)
    return [value for value in values if field != "pk" or isinstance(value, int)]


def _kind(client: Client, url: str) -> str:
    """What `url` answers with: a kind of document; empty when it knows no such thing or leads elsewhere."""
    answer = client.get(url)
    return answer["Content-Type"].split(";")[0] if answer.status_code == 200 else ""
