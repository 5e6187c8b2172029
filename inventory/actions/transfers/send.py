"""Send a transfer: its units leave the shelf here, and are incoming there."""

from collections import Counter
from typing import Any

from django.db import transaction

from inventory.actions._supply import keep_incoming, move_document, open_supply
from inventory.actions.adjust import say
from inventory.ledger import Posting, lock_levels, post
from inventory.locks import lock_transfer
from inventory.models import MovementKind, Product, StockLevel, Transfer
from oms.kernel.clock import now
from oms.kernel.errors import Refusal, Refused


@transaction.atomic
def send_transfer(number: str, *, actor: Any) -> Transfer:
    """Let `number` leave. Refuses units that are not free at its source, saying of each SKU how many are."""
    transfer = lock_transfer(number)
    before = open_supply(transfer)
    transfer.sent_at = now()
    move_document(
        transfer, "send", event="inventory.transfer_sent", actor=actor, saved=("sent_at",),
        here=transfer.source.name, there=transfer.location.name,
    )  # fmt: skip
    leaving: Counter[Product] = Counter()
    for line in transfer.lines.select_related("product"):
        leaving[line.product] += line.qty
    here, there = transfer.source, transfer.location
    # Both places at once, in the order of the ledger: a transfer the other way can never wait crosswise.
    lock_levels({(product.pk, place.pk) for product in leaving for place in (here, there)}, make=True)
    _refuse_what_is_not_free(transfer, leaving)
    post(
        [Posting(product.pk, here.pk, on_hand=-qty) for product, qty in leaving.items()],
        kind=MovementKind.TRANSFER, source=number, actor=actor, reason=f"To {there.name}",
    )  # fmt: skip
    keep_incoming(transfer, before)
    for product, qty in leaving.items():
        say("inventory.adjusted", product, here, actor=actor, qty=-qty, source=number, reason=f"To {there.name}")
    return transfer


def _refuse_what_is_not_free(transfer: Transfer, leaving: Counter[Product]) -> None:
    levels = StockLevel.objects.filter(location=transfer.source, product__in=list(leaving))
    free = dict(levels.values_list("product_id", "available"))
    wrong = [
        Refusal(
            "not_free",
            f"{product.sku}: {qty} are to leave {transfer.source.name} and {max(free.get(product.pk, 0), 0)} are free; "
            "the rest is promised, set aside or not there.",
        )
        for product, qty in leaving.items()
        if qty > free.get(product.pk, 0)
    ]
    if wrong:
        raise Refused.because(wrong)
