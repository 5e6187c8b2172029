"""The ceiling of capture: the same rows, one transaction per order, from pgbench. No Python, no HTTP, no checks."""

import re
import subprocess
from pathlib import Path

from benchmarks.shop import PRODUCTS, Shop

# What differs between two orders; every other value is the one the application stored for the order copied.
VARIED = {
    "orders_order": {"number": "'PB-' || :client_id || '-' || :n", "external_id": "'pb-' || :client_id || '-' || :n"},
    "orders_orderline": {"order_id": ":order_id"},
    "orders_historicalorder": {"id": ":order_id", "number": "'PB-' || :client_id || '-' || :n"},
    "events_event": {
        "subject": "'PB-' || :client_id || '-' || :n",
        "stream": "'PB-' || :client_id || '-' || :n",
        "payload": None,
    },
    "inventory_allocation": {"order_number": "'PB-' || :client_id || '-' || :n"},
    "intake_idempotencykey": {"key": "'pb-' || :client_id || '-' || :n"},
}


def script(number: str, key: str, shop: Shop) -> str:
    """The transaction of order `number` as a pgbench script, copied from the rows the application wrote."""
    third, first = PRODUCTS // 3, shop.first_product
    picks = "\n".join(rf"\set p{i} {first + i * third} + random(0, {third - 1})" for i in range(3))
    order, order_id = _insert("orders_order", "number = %s", [number], {})
    lines, _ = _insert(
        "orders_orderline", "order_id = %s ORDER BY position", [order_id], {"product_id": [":p0", ":p1", ":p2"]}
    )
    history, _ = _insert("orders_historicalorder", "id = %s", [order_id], {}, key="history_id")
    event, _ = _insert("events_event", "stream = %s", [number], {})
    allocation, _ = _insert(
        "inventory_allocation", "order_number = %s ORDER BY line_id", [number],
        {"product_id": [":p0", ":p1", ":p2"], "line_id": [":l0", ":l1", ":l2"]},
    )  # fmt: skip
    once, _ = _insert("intake_idempotencykey", "key = %s", [key], {})
    return f"""{picks}
\\set n random(1, 1000000000000)
BEGIN;
{order} RETURNING id AS order_id \\gset
WITH l AS ({lines} RETURNING id, position), a AS (SELECT array_agg(id ORDER BY position) AS ids FROM l)
SELECT ids[1] AS l0, ids[2] AS l1, ids[3] AS l2 FROM a \\gset
{history};
{event};
WITH locked AS MATERIALIZED (
  SELECT id FROM inventory_stocklevel WHERE product_id IN (:p0, :p1, :p2) AND location_id = {shop.location}
  ORDER BY product_id FOR UPDATE
) UPDATE inventory_stocklevel s SET reserved = s.reserved + 1 FROM locked WHERE s.id = locked.id;
{allocation};
{once};
END;
"""


def _insert(table: str, where: str, params: list, lists: dict[str, list[str]], key: str = "id") -> tuple[str, int]:
    """An INSERT of the rows found, with their primary key left to the sequence; and the first row's key."""
    from django.db import connection
    from psycopg import sql

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER' "
            "ORDER BY ordinal_position",
            [table],
        )
        columns = [row[0] for row in cursor.fetchall()]
        # Everything as text: PostgreSQL reads a literal as the type of its column.
        texts = ", ".join(f'"{c}"::text' for c in columns)
        cursor.execute(f"SELECT {texts} FROM {table} WHERE {where}", params)
        rows = cursor.fetchall()
    assert rows, f"nothing to copy in {table}"
    varied, kept = VARIED[table], [i for i, c in enumerate(columns) if c != key]
    values = []
    for at, row in enumerate(rows):
        marks = []
        for i in kept:
            replaced = lists[columns[i]][at] if columns[i] in lists else varied.get(columns[i])
            marks.append(replaced or sql.quote(row[i]))
        values.append(f"({', '.join(marks)})")
    names = ", ".join(f'"{columns[i]}"' for i in kept)
    return f"INSERT INTO {table} ({names}) VALUES {', '.join(values)}", int(rows[0][columns.index(key)])


def pgbench(text: str, clients: int, seconds: float, folder: Path) -> float:
    """Transactions per second of the script with `clients` connections."""
    from django.conf import settings

    from oms.ops.embedded import pg_program

    database = settings.DATABASES["default"]
    path = folder / "ceiling.sql"
    path.write_text(text)
    command = [
        pg_program("pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j", str(min(2, clients)),
        "-T", str(max(1, round(seconds))), "-f", str(path), "-h", database["HOST"], "-U", database["USER"], database["NAME"],
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"^tps = ([\d.]+)", done.stdout, re.M)
    failed = re.search(r"number of failed transactions: (\d+)", done.stdout)
    if done.returncode or not found or (failed and int(failed[1])):
        raise SystemExit(f"pgbench failed:\n{done.stdout}{done.stderr[-2000:]}")
    return float(found[1])
