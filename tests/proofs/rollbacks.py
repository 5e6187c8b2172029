"""C-03: the last hundred units, while three in ten sales fall through after their claim."""

import random
from collections.abc import Callable
from pathlib import Path

from benchmarks import crowd
from inventory.actions.adjust import receive_stock
from inventory.models import Backorder, Product, StockLevel
from orders.models import Channel
from tests.concurrency.last_units import buy, buy_until_sold
from tests.conftest import make_shop
from tests.proofs.doctor import deliver, examine
from tests.proofs.verdict import Verdict, say

NAME, BUYERS, LAST, TRIES = "rollbacks", 64, 100, 4


def prove(var: Path, seeds: list[int], rounds: int) -> list[Verdict]:
    """Per seed so many rounds: as many sales as there are units, each tried until it holds; then more buyers than units."""
    make_shop()
    found = []
    for seed in seeds:
        enough, scarce = ([_units(f"{kind}-{seed}-{turn}") for turn in range(rounds)] for kind in ("ENOUGH", "SCARCE"))
        deliver()
        heard = crowd.run(BUYERS, _buyer, enough, scarce, seed)
        tries, kept = sum(tries for tries, _ in heard), sum(kept for _, kept in heard)
        unsold, left = (sum(LAST - _promised(sku) for sku in skus) for skus in (enough, scarce))
        turned_away, waiting = sum(map(_waiting, enough)), sum(map(_waiting, scarce))
        all_units = rounds * LAST
        say(
            f"seed {seed}: {BUYERS} buyers; {all_units:,} units sold in {tries:,} tries; {kept:,} sales of other {all_units:,} units"
        )
        assert tries > all_units < kept, "nothing fell through, or too few buyers to prove anything"
        found += [
            Verdict(NAME, f"seed {seed}: all {rounds} x {LAST} units sold, nobody turned away",
                    f"{unsold} unsold, {turned_away} turned away", unsold == turned_away == 0),
            Verdict(NAME, f"seed {seed}: with too many buyers no unit is left, the others wait",
                    f"{left} left, {waiting:,} wait", left == 0 and waiting == kept - all_units),
        ]  # fmt: skip
    return [*found, examine(NAME)]


def _units(sku: str) -> str:
    Product.objects.create(sku=sku, name=sku.title(), price=100)
    receive_stock(sku, location="pune", qty=LAST, source=f"truck {sku}", actor="system")
    return sku


def _buyer(n: int, enough: list[str], scarce: list[str], seed: int) -> Callable[[], tuple[int, int]]:
    """Its share of every SKU of which there is enough, and a few tries at every one that is scarce."""
    channel, dice = Channel.objects.get(code="web"), random.Random(f"{seed}-{n}")
    share = len(range(n, LAST, BUYERS))

    def work() -> tuple[int, int]:
        tries = kept = 0
        for full, last in zip(enough, scarce, strict=True):
            tries += buy_until_sold(full, share, f"{full}-{n}")
            kept += sum(buy(last, f"{last}-{n}-{turn}", dice, channel) for turn in range(TRIES))
        return tries, kept

    return work


def _promised(sku: str) -> int:
    return sum(StockLevel.objects.filter(product__sku=sku).values_list("reserved", flat=True))


def _waiting(sku: str) -> int:
    return sum(Backorder.objects.filter(product__sku=sku).values_list("qty", flat=True))
