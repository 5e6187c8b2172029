"""Work that people ask for and a worker does: a fault of ours is noted, and does not keep the others waiting."""

from dataclasses import replace

from inventory.imports import desk
from inventory.models import StockFile


def test_a_row_that_breaks_off_says_so_and_the_next_one_is_run(shop, ana):
    for name in ("first.csv", "second.csv"):
        desk.keep_file(name, b"sku,name\nMUG,Mug\n", kind="products", actor=ana)
    worked = []

    def work(file):
        worked.append(file.name)
        if file.name == "first.csv":
            raise ZeroDivisionError
        desk._work(file)

    assert replace(desk.RUNS, work=work).run_due() == 2
    assert worked == ["first.csv", "second.csv"]
    broken, fine = StockFile.objects.order_by("pk")
    assert "broke off (ZeroDivisionError)" in broken.error
    assert (fine.error, fine.phase) == ("", "checked")
