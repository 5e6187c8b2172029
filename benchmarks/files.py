"""File import (read, check, match, store, reserve) beside COPY of the rows it made, into tables with the same indexes."""

import csv
import time
from pathlib import Path

from benchmarks import shop
from benchmarks.scratch import conditions

ORDERS = 5_000
TABLES = {
    "orders_order": "channel_id = {channel}",
    "orders_orderline": "order_id IN (SELECT id FROM orders_order WHERE channel_id = {channel})",
    "orders_historicalorder": "id IN (SELECT id FROM orders_order WHERE channel_id = {channel})",
    "events_event": "stream IN (SELECT number FROM orders_order WHERE channel_id = {channel})",
    "inventory_allocation": "order_number IN (SELECT number FROM orders_order WHERE channel_id = {channel})",
}


def measure(var: Path, seconds: float, rounds: int) -> None:
    from oms.kernel.actors import Actor
    from orders.imports.apply import import_file
    from orders.models import Channel

    shop.make()
    print(f"file import: {ORDERS:,} orders of 3 lines, one CSV row per line. {conditions()}")
    print(f"{'':<12}{'import orders/s':>17}{'COPY orders/s':>16}{'share':>8}{'again orders/s':>17}")
    for turn in range(rounds):
        code = f"files-{turn}"
        path = _write(var / f"{code}.csv", code)
        _settle()
        began = time.perf_counter()
        report = import_file([path], channel_code=code, format_key="csv", actor=Actor("integration", "bench"))
        took = time.perf_counter() - began
        if report.created != ORDERS or report.rejected:
            raise SystemExit(f"the import went wrong: {report}")
        copied = _copy(var, Channel.objects.get(code=code).pk)
        began = time.perf_counter()
        again = import_file([path], channel_code=code, format_key="csv", actor=Actor("integration", "bench"))
        seen = time.perf_counter() - began
        if again.unchanged != ORDERS:
            raise SystemExit(f"the second import changed something: {again}")
        rate, top = ORDERS / took, ORDERS / copied
        print(f"round {turn + 1:<6}{rate:>17.0f}{top:>16.0f}{rate / top:>8.1%}{ORDERS / seen:>17.0f}")


def _write(path: Path, run: str) -> Path:
    columns = ("order_id", "sku", "quantity", "unit_price", "placed_at", "currency", "total", "customer_name", "email",
               "ship_name", "ship_line1", "ship_city", "ship_state", "ship_postal_code", "ship_country")  # fmt: skip
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(columns)
        for n in range(ORDERS):
            o = shop.order(n, n, run)
            to = o["ship_to"]
            for line in o["lines"]:
                out.writerow(
                    [o["external_id"], line["sku"], line["qty"], line["unit_price"], o["placed_at"], o["currency"], o["total"],
                     o["customer_name"], o["email"], to["name"], to["line1"], to["city"], to["state"], to["postal_code"],
                     to["country"]]
                )  # fmt: skip
    return path


def _settle() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")


def _copy(var: Path, channel: int) -> float:
    """Seconds that COPY takes for the rows of the import, all tables in one transaction."""
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS copied CASCADE; CREATE SCHEMA copied")
        for table, where in TABLES.items():
            cursor.execute(f"CREATE TABLE copied.{table} (LIKE {table} INCLUDING ALL)")
            with (var / f"{table}.copy").open("wb") as file:
                select = f"SELECT {_columns(table)} FROM {table} WHERE {where.format(channel=channel)}"
                with cursor.copy(f"COPY ({select}) TO STDOUT") as copy:
                    for data in copy:
                        file.write(data)
    _settle()
    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for table in TABLES:
            with (
                (var / f"{table}.copy").open("rb") as file,
                cursor.copy(f"COPY copied.{table} ({_columns(table)}) FROM STDIN") as copy,
            ):
                while data := file.read(1 << 20):
                    copy.write(data)
    return time.perf_counter() - began


def _columns(table: str) -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) FROM information_schema.columns "
            "WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'",
            [table],
        )
        return cursor.fetchone()[0]
