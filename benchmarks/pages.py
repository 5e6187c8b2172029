"""The orders page, its counts and the page of one order at 100,000 and 1,000,000 orders: time in the view, beside its SQL."""

import itertools
import re
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import many, shop, whole
from benchmarks.scratch import conditions

SIZES, LIMIT_MS, DEEP = (100_000, 1_000_000), 30, 1_000
ORDERS = 50  # different ones whose pages are opened in turn


def measure(var: Path, seconds: float, rounds: int) -> None:
    from django.conf import settings
    from django.test import Client

    from oms.access.models import User

    settings.ALLOWED_HOSTS = ["testserver"]
    plain, sent = _samples()
    client = Client()
    reader = User.objects.create_user(username="reader", roles=["sales"])
    client.force_login(reader)
    print(f"orders pages, in the view, opened again and again: p50 at most {LIMIT_MS} ms. {conditions()}")
    first = 1
    for size in SIZES:
        began = time.perf_counter()
        made = many.load(size, first, plain, sent)
        first = size + 1
        print(f"\n{size:,} orders ({made:,} rows hang on the new ones; loaded in {time.perf_counter() - began:.0f} s)")
        print(f"{'page':<34}{'p50 ms':>8}{'p95 ms':>8}{'CPU ms':>8}{'SQL ms':>8}{'queries':>9}{'rows':>6}")
        for name, address in _pages(client, size).items():
            _measure(name, _opening(client, [address]), seconds)
        for name, stage in (("order: on its way, all panels", "dispatched"), ("order: finished, all panels", "closed")):
            _measure(name, _opening(client, _whole_orders(stage)), seconds)
        _measure("counts: all tabs, without the list", _counting(reader), seconds)


def _samples() -> tuple[whole.Sample, whole.Sample]:
    """Two real orders that the copies take their values from: one just placed, of which the lines are copied, and one paid,
    picked, packed and handed over, with everything that came of it."""
    from datetime import UTC, datetime
    from decimal import Decimal

    from oms.access.models import User
    from oms.events.relay import deliver_due
    from orders.actions.capture import capture_orders
    from orders.actions.confirm import confirm_order
    from orders.actions.release import release_order
    from orders.channels.draft import AddressDraft, LineDraft, OrderDraft, PaymentDraft
    from orders.models import Channel, Order, OrderLine
    from tests.fulfilment.steps import on_road

    place = shop.make()
    lines = tuple(LineDraft(shop.sku(i), f"Product {i}", 1, Decimal(100)) for i in range(3))
    home = AddressDraft(
        name="Zoya P", line1="12 Example Road", city="Mumbai", state="Maharashtra", postal_code="400001", country="IN"
    )
    drafts = [
        OrderDraft(
            f"page-{n}", datetime(2026, 3, 17, 9, tzinfo=UTC), "INR", lines, customer_name="Zoya P", email="z@example.test",
            phone="+91 98765 43210", ship_to=home, payments=paid,
        )
        for n, paid in ((1, ()), (2, (PaymentDraft("card", Decimal(300), "captured", "tx-1"),)))
    ]  # fmt: skip
    got = capture_orders(drafts, channel=Channel.objects.get(code=place.channel), actor="system")
    plain, sent = (Order.objects.get(number=captured.number) for captured in got)
    hand = User.objects.create_user(username="hand", roles=["owner"])
    confirm_order(sent.number, actor=hand)
    release_order(sent.number, actor=hand)
    on_road(sent, hand, "TRK-1")
    deliver_due()
    return whole.sample_of(plain.pk, plain.number, lambda model: model is OrderLine), whole.sample_of(
        sent.pk, sent.number
    )


def _whole_orders(stage: str) -> list[str]:
    """Addresses of orders at that stage which have all that came of them, from all over the book."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "WITH found AS (SELECT number, row_number() OVER (ORDER BY id) AS at, count(*) OVER () AS n FROM orders_order o "
            "WHERE stage = %s AND EXISTS (SELECT FROM fulfilment_shipment s WHERE s.order_id = o.id)) "
            "SELECT number FROM found WHERE (at - 1) %% greatest(1, n / %s) = 0 ORDER BY at LIMIT %s",
            [stage, ORDERS, ORDERS],
        )
        return [f"/orders/{number}/" for (number,) in cursor.fetchall()]


def _counting(reader: Any) -> Callable[[], bytes]:
    """What the tabs of the orders page say, asked as the page asks it."""
    from django.test import RequestFactory

    from orders.views.listing import OrderList

    request = RequestFactory().get("/orders/")
    request.user = reader

    def count() -> bytes:
        OrderList().tabs_and_total(request, list, None)
        return b""

    return count


def _pages(client: Any, size: int) -> dict[str, str]:
    from orders.views.listing import OrderList

    number = f"B-{size // 2}"
    everything = "/orders/?view=all"
    return {
        "list: open, first tab": "/orders/",
        "list: all, newest": everything,
        **{f"tab: {view.key}": f"/orders/?view={view.key}" for view in OrderList.views[1:-1]},
        **{
            f"all, {sort.label}"[:33]: f"{everything}&sort={key}"
            for key, sort in OrderList.sorts.items()
            if key != "newest"
        },
        "filter: stage, channel, late": f"{everything}&stage=ready_to_pack&channel=many-2&late=true",
        "filter: finished, one channel": f"{everything}&stage=closed&channel=many-2",
        "filter: open, one team": "/orders/?owner_team=sales",
        f"search: number {number}": f"{everything}&q={number}",
        "search: channel's id": f"{everything}&q=bulk-{size // 2}",
        "search: phone": f"{everything}&q={9_000_000_000 + 4321}",
        "search: e-mail": f"{everything}&q=buyer4321@example.test",
        "search: SKU": f"{everything}&q=sku-0321",
        "search: tracking number": f"{everything}&q=trk{size // 2}",
        "search: one buyer's name": f"{everything}&q=asha+family77",
        "search: a tenth of all": f"{everything}&q=asha",
        f"deep page {DEEP:,}": _deep(client),
    }


def _deep(client: Any) -> str:
    """The address of page 1,000 as its link reads: the cursor of the row before it."""
    from oms.ui.keyset import write_cursor
    from orders.models import Order
    from orders.views.listing import OrderList

    place = 50 * (DEEP - 1) - 1
    row = Order.objects.order_by("-placed_at", "-id")[place]
    return f"/orders/?view=all&after={write_cursor(row, OrderList.sorts['newest'])}"


def _opening(client: Any, addresses: list[str]) -> Callable[[], bytes]:
    """Opens one after the other, over and over, and gives what it is answered."""
    following = itertools.cycle(addresses)

    def open_next() -> bytes:
        address = next(following)
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return answer.content

    return open_next


def _measure(name: str, ask: Callable[[], bytes], seconds: float) -> None:
    from django.db import connection

    spent: list[float] = []

    def watch(execute, sql, params, is_many, context):
        began = time.perf_counter()
        try:
            return execute(sql, params, is_many, context)
        finally:
            spent.append(time.perf_counter() - began)

    walls, cpus, sqls, until = [], [], [], time.perf_counter() + seconds
    ask()
    answer = ask()
    with connection.execute_wrapper(watch):
        while time.perf_counter() < until or len(walls) < 15:
            spent.clear()
            wall, cpu = time.perf_counter(), time.process_time()
            ask()
            walls.append(1000 * (time.perf_counter() - wall))
            cpus.append(1000 * (time.process_time() - cpu))
            sqls.append(1000 * sum(spent))
    p50, p95 = statistics.median(walls), statistics.quantiles(walls, n=20)[18]
    print(
        f"{name:<34}{p50:>8.1f}{p95:>8.1f}{statistics.median(cpus):>8.1f}{statistics.median(sqls):>8.1f}"
        f"{len(spent):>9}{len(set(re.findall(rb'/orders/B-[0-9]+/', answer))):>6}{'' if p50 <= LIMIT_MS else '  over'}"
    )
