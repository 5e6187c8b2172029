"""What must always be true of orders."""

from collections.abc import Iterator

from oms.kernel.clock import now
from oms.ops.doctor.registry import Finding, check
from oms.ops.doctor.sql import findings
from orders.answer import derive
from orders.files.shelf import settled_files, size_of
from orders.models import Attachment, Hold, Order
from orders.models.line import QTY_COLUMNS
from orders.stagebook import stages

CHUNK = 2000
COMPARED = ("payment_status", "fulfilment_status", "return_status", "stage", "next_action", "owner_team")


@check("orders.promises", "Allocations and back-orders belong to live orders and are what their lines say")
def promises() -> Iterator[Finding]:
    yield from findings("""
        SELECT o.number, format('%s: line says %s reserved, %s allocated, %s short; stock says %s, %s, %s', l.sku,
               l.qty_reserved, l.qty_allocated, l.qty_backordered, coalesce(a.soft, 0), coalesce(a.hard, 0), coalesce(b.qty, 0))
        FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
        LEFT JOIN (SELECT line_id, sum(qty) FILTER (WHERE kind = 'soft') soft, sum(qty) FILTER (WHERE kind = 'hard') hard
                   FROM inventory_allocation GROUP BY 1) a ON a.line_id = l.id
        LEFT JOIN (SELECT line_id, sum(qty) qty FROM inventory_backorder GROUP BY 1) b ON b.line_id = l.id
        WHERE l.qty_reserved <> coalesce(a.soft, 0) OR l.qty_allocated <> coalesce(a.hard, 0)
           OR l.qty_backordered <> coalesce(b.qty, 0)
           OR (a.line_id IS NOT NULL AND o.status NOT IN ('new', 'confirmed', 'processing'))""")


@check("orders.totals", "Order totals are the sums of their stored parts, to the minor unit")
def totals() -> Iterator[Finding]:
    yield from findings("""
        SELECT o.number, format('total %s, parts %s; “manage.py mend_totals” books a rest of a few coins', o.total, p.parts)
        FROM orders_order o JOIN LATERAL (
          SELECT coalesce(sum(l.total), 0) + o.shipping_total + o.adjustment_total
                 + CASE WHEN o.tax_included THEN 0 ELSE o.shipping_tax END AS parts
          FROM orders_orderline l WHERE l.order_id = o.id) p ON true
        WHERE o.total <> p.parts AND o.status <> 'draft'""")


@check("orders.quantities", "Order quantities are the sums over their lines")
def quantities() -> Iterator[Finding]:
    sums = ", ".join(f"coalesce(sum({name}), 0) {name}" for name in QTY_COLUMNS)
    differ = " OR ".join(f"o.{name} <> s.{name}" for name in QTY_COLUMNS)
    yield from findings(f"""
        SELECT o.number, 'quantities differ from the lines' FROM orders_order o
        JOIN LATERAL (SELECT {sums} FROM orders_orderline WHERE order_id = o.id) s ON true WHERE {differ}""")  # noqa: S608


@check("orders.answer", "Stored axes, stage, next action and owner are the recomputed ones")
def answer() -> Iterator[Finding]:
    held: dict[int, list[Hold]] = {}
    for hold in Hold.objects.filter(cleared_at__isnull=True).select_related("reason").order_by("placed_at", "pk"):
        held.setdefault(hold.order_id, []).append(hold)
    book, at = stages(), now()
    for order in Order.objects.order_by("pk").iterator(chunk_size=CHUNK):
        stored = {name: getattr(order, name) for name in COMPARED}
        derive(order, held.get(order.pk, []), book, at)
        for name, value in stored.items():
            if getattr(order, name) != value:
                yield Finding(order.number, f"{name} is stored as “{value}”, the facts say “{getattr(order, name)}”")


@check("orders.owned", "Every open order has an owner and a next action")
def owned() -> Iterator[Finding]:
    yield from findings("""
        SELECT number, 'nobody owns it' FROM orders_order
        WHERE status IN ('new', 'confirmed', 'processing') AND (owner_team = '' OR next_action = '')""")


@check("orders.bounds", "Dispatched within ordered, delivered within dispatched, returned within delivered")
def bounds() -> Iterator[Finding]:
    yield from findings("""
        SELECT o.number, l.sku || ': quantities are impossible' FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
        WHERE l.qty_dispatched > l.qty_ordered - l.qty_cancelled
           OR l.qty_delivered + l.qty_returning + l.qty_rto + l.qty_written_off > l.qty_dispatched OR l.qty_returned > l.qty_delivered""")


@check("orders.placed", "Every order has the event that began it")
def placed() -> Iterator[Finding]:
    yield from findings("""
        SELECT o.number, 'no event says how it came in' FROM orders_order o
        WHERE NOT EXISTS (SELECT 1 FROM events_event e WHERE e.stream = o.number AND e.seq = 1)""")


@check("orders.addresses", "A line goes to an address of its own order, and the order knows how many it has")
def addresses() -> Iterator[Finding]:
    yield from findings("""
        SELECT o.number, format('%s goes to an address of another order', l.sku)
        FROM orders_orderline l JOIN orders_orderaddress a ON a.id = l.ship_to_id JOIN orders_order o ON o.id = l.order_id
        WHERE a.order_id <> l.order_id""")
    yield from findings("""
        SELECT o.number, format('order says %s addresses, there are %s', o.address_count, 1 + coalesce(a.n, 0))
        FROM orders_order o LEFT JOIN (SELECT order_id, count(*) n FROM orders_orderaddress GROUP BY 1) a ON a.order_id = o.id
        WHERE o.address_count <> 1 + coalesce(a.n, 0)""")


@check("orders.unique", "Numbers and channel ids are unique")
def unique() -> Iterator[Finding]:
    yield from findings(
        "SELECT number, format('%s times', count(*)) FROM orders_order GROUP BY number HAVING count(*) > 1"
    )
    yield from findings("""
        SELECT external_id, format('%s times in one channel', count(*)) FROM orders_order
        GROUP BY channel_id, external_id HAVING count(*) > 1""")


@check("orders.future", "No order is placed in the future")
def future() -> Iterator[Finding]:
    yield from findings(
        "SELECT number, format('placed at %s', placed_at) FROM orders_order WHERE placed_at > now() + interval '25 hours'"
    )


@check("orders.files", "Every attached file lies where its row says, whole, and no file lies there without a row")
def files() -> Iterator[Finding]:
    live: set[str] = set()
    kept = Attachment.objects.filter(removed_at__isnull=True).select_related("order").order_by("pk")
    for row in kept.iterator(chunk_size=CHUNK):
        live.add(row.path)
        size = size_of(row.path)
        if size is None:
            yield Finding(row.order.number, f"{row.name}: the file {row.path} is missing; restore it from the backup")
        elif size != row.size:
            yield Finding(row.order.number, f"{row.name}: the file has {size} bytes, {row.size} were attached")
    for path in settled_files():
        if path not in live:
            yield Finding(path, "a file that belongs to no order; delete it")


@check(
    "orders.shared",
    "No decision of the fair-share desk gave more than there was or than was wanted, and each order says it",
)
def shared() -> Iterator[Finding]:
    yield from findings("""
        SELECT d.number, format('%s given, %s to share', sum(r.then), d.pool) FROM orders_sharedecision d
        CROSS JOIN LATERAL (SELECT (x->>2)::int wanted, (x->>4)::int then FROM jsonb_array_elements(d.rows) x) r
        GROUP BY d.id HAVING sum(r.then) > d.pool OR bool_or(r.then > r.wanted OR r.then < 0)""")
    yield from findings("""
        SELECT d.number, (x->>0) || ': its timeline does not say what it was given or lost'
        FROM orders_sharedecision d CROSS JOIN LATERAL jsonb_array_elements(d.rows) x
        WHERE (x->>3) <> (x->>4) AND NOT EXISTS (SELECT 1 FROM events_event e
          WHERE e.stream = x->>0 AND e.name = 'orders.stock_shared' AND e.payload->>'decision' = d.number)""")


@check("orders.stock_due", "The day an order waits for is the last of its lines' promises")
def stock_due() -> Iterator[Finding]:
    yield from findings("""
        SELECT o.number, format('order says %s, its promises %s', o.stock_due_on, p.due) FROM orders_order o
        LEFT JOIN (SELECT order_id, CASE WHEN bool_and(due_on IS NOT NULL) THEN max(due_on) END due, count(*) n
                   FROM orders_stockpromise WHERE ended_at IS NULL GROUP BY 1) p ON p.order_id = o.id
        WHERE o.stock_due_on IS DISTINCT FROM p.due OR (p.n IS NULL AND o.stock_due_ref <> '')""")
    yield from findings("""
        SELECT number, format('is to be given scarce %s and waits for nothing', scarce_sku) FROM orders_order
        WHERE scarce_sku <> '' AND qty_backordered = 0""")
