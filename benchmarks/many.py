"""A large book of orders: real ones captured, then copied by one INSERT with their own number, buyer, place in time and stage.

Nine of ten are finished, as in a business some years old. Every order has its lines; one in ten has all that came of it, too:
events, versions, payment, work and parcel, copied from an order that was captured, picked, packed and sent.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection

from benchmarks import whole

FIRST = ("Asha", "Ravi", "Zoya", "Imran", "Leela", "Meera", "Farah", "Tom", "Nina", "Sam")
CITIES = ("Mumbai", "Pune", "Delhi", "Chennai", "Kolkata", "Jaipur", "Kochi", "Indore")
OPEN = ("new", "new", "confirmed", "payment_pending", "awaiting_stock", "ready_to_pack", "packing", "packed", "on_hold",
        "dispatched", "dispatched", "delivered", "return_in_progress")  # fmt: skip
STATUS = {"new": "new", "confirmed": "confirmed", "payment_pending": "confirmed", "awaiting_stock": "confirmed"}
CHANNELS = 6

WHOLE = "g % 10 = 3"
# g: the order's running number. Everything else follows from it, so that two runs hold the same book.
VARIED = {
    "id": whole.ORDER_ID,
    "number": whole.NAME,
    "external_id": "'bulk-' || g",
    "channel_id": "(ARRAY[{channels}])[1 + g % {channel_count}]",
    "customer_name": "given_name",
    "phone": "given_phone",
    "email": "'buyer' || g % 90000 || '@example.test'",
    "ship_city": "(ARRAY[{cities}])[1 + g % {city_count}]",
    "status": "CASE WHEN g % 100 < 90 THEN 'completed' WHEN g % 100 < 93 THEN 'cancelled' "
    "ELSE (ARRAY[{statuses}])[1 + (g / 100) % {open_count}] END",
    "stage": "CASE WHEN g % 100 < 90 THEN 'closed' WHEN g % 100 < 93 THEN 'cancelled' "
    "ELSE (ARRAY[{stages}])[1 + (g / 100) % {open_count}] END",
    "next_action": "CASE WHEN g % 100 < 93 THEN '' ELSE next_action END",
    "next_text": "CASE WHEN g % 100 < 93 THEN '' ELSE next_text END",
    "owner_team": "CASE WHEN g % 100 < 93 THEN '' ELSE (ARRAY['sales', 'warehouse', 'finance', 'support'])[1 + g % 4] END",
    "open_holds": "CASE WHEN g % 100 < 93 OR (g / 100) % {open_count} <> 8 THEN 0 ELSE 1 END",
    "placed_at": "given_placed",
    "due_at": "CASE WHEN g % 100 < 93 THEN NULL ELSE now() + (g % 97 - 20) * interval '1 hour' END",
    "search_terms": "ARRAY['b-' || g, g::text, 'bulk-' || g, lower(given_name), lower(split_part(given_name, ' ', 1)), "
    "lower(split_part(given_name, ' ', 2)), 'buyer' || g % 90000 || '@example.test', given_phone, 'trk' || g, "
    "'sku-' || lpad((g % 999)::text, 4, '0')]",
}


def load(count: int, first: int, plain: whole.Sample, sent: whole.Sample) -> int:
    """Add orders `first` to `count`, copies of `plain` and, one in ten, of `sent`; return how many rows hang on them."""
    from orders.models import Channel, Order

    for i in range(CHANNELS):
        Channel.objects.get_or_create(code=f"many-{i}", defaults={"name": f"Channel {i}"})
    channels = list(Channel.objects.filter(code__startswith="many-").values_list("pk", flat=True))
    words = {
        "channels": ", ".join(map(str, channels)), "channel_count": len(channels), "cities": _texts(CITIES),
        "city_count": len(CITIES), "stages": _texts(OPEN), "statuses": _texts([STATUS.get(s, "processing") for s in OPEN]),
        "open_count": len(OPEN),
    }  # fmt: skip
    columns = [f.column for f in Order._meta.concrete_fields]
    values = ", ".join(VARIED[c].format(**words) if c in VARIED else f'"{c}"' for c in columns).replace("%", "%%")
    names = ", ".join(f'"{c}"' for c in columns)
    tables = {model._meta.db_table for sample in (plain, sent) for model in sample.parts} | {"orders_historicalorder"}
    with connection.cursor() as cursor, _without_indexes(cursor, sorted(tables)):
        cursor.execute(
            f"INSERT INTO orders_order ({names}) SELECT {values} FROM generate_series(%s, %s) AS g, "
            f"LATERAL (SELECT (ARRAY[{_texts(FIRST)}])[1 + g %% {len(FIRST)}] || ' Family' || (g / 7) %% 5000 AS given_name, "
            "(9000000000 + g %% 90000)::text AS given_phone, now() - ((%s - g) * interval '5 minutes') AS given_placed) AS v, "
            f"LATERAL (SELECT * FROM orders_order WHERE id = CASE WHEN {WHOLE.replace('%', '%%')} THEN %s ELSE %s END) AS sample",
            [first, count, count, sent.pk, plain.pk],
        )
        made = whole.copy(sent, first, count, WHOLE) + whole.copy(plain, first, count, f"NOT {WHOLE}")
    with connection.cursor() as cursor:
        # A book at rest: neither autovacuum nor the checkpoint of the load runs beside what is measured.
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")
    return made


@contextmanager
def _without_indexes(cursor: Any, tables: Sequence[str]) -> Iterator[None]:
    """Put indexes that guard nothing, and the checks of foreign keys, aside meanwhile: both are made row by row."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY(%s) AND indexname NOT IN "
        "(SELECT conname FROM pg_constraint WHERE conrelid = ANY(%s::regclass[])) AND indexdef NOT LIKE 'CREATE UNIQUE%%'",
        [list(tables), list(tables)],
    )
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    cursor.execute("SET session_replication_role = replica")
    yield
    cursor.execute("RESET session_replication_role")
    for _, definition in indexes:
        cursor.execute(definition)


def _texts(values) -> str:
    return ", ".join(f"'{v}'" for v in values)
