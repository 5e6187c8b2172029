"""What must always be true of exchange rates and of what orders are worth in the book currency."""

from collections.abc import Iterator

from oms.kernel.money import quantize
from oms.ops.doctor.registry import Finding, check
from oms.ops.doctor.sql import findings
from orders.models import Order

CHUNK = 5000


@check("orders.worth", "An order's worth in the book currency is its total at its own rate, rounded once")
def worth() -> Iterator[Finding]:
    yield from findings("""
        SELECT o.number, format('valued in %s, and the books are in %s', o.book_currency, b.currency)
        FROM orders_order o JOIN orders_bookcurrency b ON b.currency <> o.book_currency""")
    yield from findings("""
        SELECT number, format('is in the book currency and worth %s at %s instead of %s at 1', book_total, book_rate, total)
        FROM orders_order WHERE currency = book_currency
          AND (book_rate IS DISTINCT FROM 1 OR book_rate_on IS NOT NULL OR book_total IS DISTINCT FROM total)""")
    columns = ("number", "total", "book_rate", "book_total", "book_currency")
    rows = Order.objects.filter(book_rate__isnull=False).exclude(book_rate=1, book_rate_on__isnull=True)
    for number, total, rate, stored, book in rows.order_by("pk").values_list(*columns).iterator(chunk_size=CHUNK):
        if (right := quantize(total * rate, book)) != stored:
            yield Finding(number, f"{total} at {rate.normalize():f} is {right} {book}, stored is {stored}")


@check("orders.rates", "Every rate leads to the book currency, and no order has the rate of a day to come")
def rates() -> Iterator[Finding]:
    yield from findings("""
        SELECT r.currency || ' ' || r.day, format('is in %s, and the books are in %s', r."into", b.currency)
        FROM orders_exchangerate r JOIN orders_bookcurrency b ON b.currency <> r."into" """)
    yield from findings("""
        SELECT number, format('has the rate of %s, a day to come', book_rate_on) FROM orders_order
        WHERE book_rate_on > (now() + interval '25 hours')::date""")
