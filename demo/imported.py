"""A file that Sales brought in this morning: most of it became orders, two rows wait to be put right."""

from datetime import timedelta

from demo.clockwork import carry_on, send_messages
from inventory.models import Product
from oms.access.models import User
from oms.kernel.clock import now, time_is
from orders.imports.batches import ask, run_batch, start_batch
from orders.models import ImportGoal

HEADER = (
    "order_id,placed_at,sku,quantity,unit_price,customer_name,company,phone,ship_line1,ship_city,ship_state,ship_postal_code,ship_country,"
    "payment_terms,customer_po"
)
# order, which product, units, price, buyer, street, city, state, PIN; two of them typed in a hurry
ROWS = (
    ("DB-301", 4, "24", "310.00", "Hilltop Guest House", "8 Sample Hill", "Kochi", "Kerala", "682001"),
    ("DB-301", 9, "12", "450.00", "Hilltop Guest House", "8 Sample Hill", "Kochi", "Kerala", "682001"),
    ("DB-302", 14, "36", "280.00", "Riverside Canteen", "21 Example Quay", "Surat", "Gujarat", "395003"),
    ("DB-303", 4, "two dozen", "310.00", "Station Tea Rooms", "3 Placeholder Lane", "Nagpur", "Maharashtra", "440001"),
    ("DB-304", 19, "18", "4OO", "Orchard Stay", "77 Invented Road", "Mysuru", "Karnataka", "570001"),
)  # fmt: skip


def make_import(products: list[Product], staff: dict[str, User]) -> None:
    """Uploaded, checked and imported by Sales, four hours before now."""
    with time_is(now() - timedelta(hours=4)):
        batch = start_batch(
            [("distributors-morning.csv", _file(products))],
            channel_code="distributors",
            format_key="csv",
            actor=staff["sales"],
        )
        run_batch(batch.number)
        ask(batch.number, ImportGoal.IMPORT)
        run_batch(batch.number)
        carry_on()
        send_messages()


def _file(products: list[Product]) -> bytes:
    placed = now() - timedelta(minutes=30)
    lines = [HEADER]
    for n, (order, which, qty, price, buyer, street, city, state, pin) in enumerate(ROWS, 1):
        goods = f"{order},{placed:%Y-%m-%dT%H:%M:%SZ},{products[which].sku},{qty},{price}"
        lines.append(
            f'{goods},"Manager, {buyer}",{buyer},+91 90000 777{n:02},{street},{city},{state},{pin},IN,credit,PO-{order[3:]}'
        )
    return "\n".join(lines).encode()
