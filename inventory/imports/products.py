"""Make the products what a file says. The whole file goes in, or nothing of it, or on request all but what cannot."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar
from unicodedata import normalize

from django.db import IntegrityError, transaction
from django.db.models.functions import Upper

from inventory.imports.product_cells import COLUMNS
from inventory.imports.product_file import Described, read_products
from inventory.imports.reading import WHOLE, Part, Reject
from inventory.models import Product
from oms.kernel import csvout
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.db import copy_history, insert_rows, update_rows
from oms.kernel.errors import Refused
from oms.kernel.money import quantize
from oms.live.progress import Progress, to_nobody

CHUNK = 5000
T = TypeVar("T")
FIELDS = tuple(column.field for column in COLUMNS if column.field != "sku")
DEFAULTS = {name: Product._meta.get_field(name).get_default() for name in FIELDS}


@dataclass
class ProductReport:
    """What became of a file. With any reject nothing was written at all, unless they were to be left out.

    `rejected` counts rows; `rejects` has an entry for each cell that keeps its row out. `columns` are those that were
    read and `unread` the others.
    """

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    rejects: list[Reject] = field(default_factory=list)
    columns: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


@dataclass
class _Plan:
    """What to write: values of FIELDS by SKU, and by primary key."""

    new: dict[str, tuple] = field(default_factory=dict)
    changed: dict[int, tuple] = field(default_factory=dict)


def import_products(
    path: str | Path, *, actor: Any, dry_run: bool = False, leave_out: bool = False, part: Part = WHOLE,
    progress: Progress = to_nobody,
) -> ProductReport:  # fmt: skip
    """Create the SKUs that nobody knows and change the others where a cell is given; an empty cell changes nothing.

    With `leave_out` rows that cannot be taken stay out and the others go in. A placeholder that the file describes is one
    no more. Refuses when somebody adds one of the SKUs at the same moment.
    """
    file = read_products(path, part, progress)
    report = ProductReport(rejects=list(file.rejects), columns=file.columns, unread=file.unread)
    try:
        with transaction.atomic():
            plan = _planned(file.described, report, progress, lock=not dry_run)
            if not (dry_run or (report.rejects and not leave_out)):
                _write(plan, f"Product file {Path(path).name}", as_actor(actor).user_id, progress)
    except IntegrityError as error:
        raise Refused(
            "sku_added_meanwhile",
            "Somebody added one of these SKUs at this moment. Nothing was written; import the file again.",
        ) from error
    report.created, report.updated = len(plan.new), len(plan.changed)
    report.rejected = len({reject.row for reject in report.rejects})
    report.rejects.sort(key=lambda reject: reject.row)
    report.rows = report.rejected + report.created + report.updated + report.unchanged
    return report


def product_lines() -> Iterator[str]:
    """Every product as CSV, by SKU, with the columns that `import_products` reads."""
    rows = Product.objects.order_by("sku").values_list(*(column.field for column in COLUMNS)).iterator(chunk_size=2000)
    price, currency = (next(i for i, c in enumerate(COLUMNS) if c.name == name) for name in ("price", "currency"))
    return csvout.stream(
        [column.name for column in COLUMNS],
        ((*row[:price], _written(row[price], row[currency]), *row[price + 1 :]) for row in rows),
    )


def _written(price: Decimal | None, currency: str) -> Decimal | None:
    """Not 450.0000 where whole coins say the same."""
    coins = price if price is None else quantize(price, currency)
    return coins if coins == price else price


def _planned(
    described: Sequence[Described], report: ProductReport, progress: Progress, *, lock: bool
) -> _Plan:  # fmt: skip
    plan, new = _Plan(), []
    # By SKU, in every import: two of them take their rows in the same order.
    for at, part in enumerate(_parts(sorted(described, key=lambda d: d.sku))):
        progress("Comparing rows with the products there are", at * CHUNK, len(described))
        known = _known([d.sku for d in part], lock=lock)
        for d in part:
            if d.sku not in known:
                new.append(d)
            elif values := _changed(known[d.sku][1:], d.given):
                plan.changed[known[d.sku][0]] = values
            else:
                report.unchanged += 1
    _add(new, plan, report)
    return plan


def _known(skus: list[str], *, lock: bool) -> dict[str, tuple]:
    """Primary key and values of FIELDS, by SKU."""
    rows = Product.objects.filter(sku__in=skus).order_by("sku")
    # An order that takes the SKU meanwhile must not wait: only writers of the product itself do.
    rows = rows.select_for_update(no_key=True) if lock else rows
    return {sku: values for sku, *values in rows.values_list("sku", "pk", *FIELDS)}


def _changed(old: Sequence[Any], given: dict[str, Any]) -> tuple | None:
    """The values after `given`; None when that changes nothing."""
    values = tuple(
        given[name] if name in given and not _same(was, given[name]) else was
        for name, was in zip(FIELDS, old, strict=True)
    )
    return None if values == tuple(old) else values


def _same(was: Any, given: Any) -> bool:
    """Whether a cell holds what is stored; files lose the space around a text and its decomposed letters."""
    return was == given or (isinstance(was, str) and normalize("NFC", was).strip() == given)


def _add(new: Sequence[Described], plan: _Plan, report: ProductReport) -> None:
    taken = _written_otherwise(new)
    for d in new:
        like = taken.setdefault(d.sku.upper(), d.sku)
        if like != d.sku:
            report.rejects.append(
                d.refused(
                    f"{d.sku} differs from {like} only in capital letters; scanners see no difference. Write {like}."
                )
            )
        elif not d.given.get("name"):
            report.rejects.append(d.refused(f"{d.sku} is a new SKU and needs a name.", "name"))
        else:
            plan.new[d.sku] = tuple(d.given.get(name, DEFAULTS[name]) for name in FIELDS)


def _written_otherwise(new: Sequence[Described]) -> dict[str, str]:
    """Known SKUs that are the new ones but for capital letters, by their capitals."""
    if not new:
        return {}
    # One look over the catalogue, whatever the number: no index knows capitals.
    rows = Product.objects.annotate(capitals=Upper("sku")).filter(capitals__in=[d.sku.upper() for d in new])
    return dict(rows.order_by().values_list("capitals", "sku"))


def _write(plan: _Plan, reason: str, user_id: int | None, progress: Progress) -> None:
    at, done, total = now(), 0, len(plan.new) + len(plan.changed)
    for skus in _parts(list(plan.new)):
        progress("Writing products", done, total)
        done += len(skus)
        ids = insert_rows(
            Product, ("sku", *FIELDS, "is_placeholder", "created_at", "updated_at"),
            [(sku, *plan.new[sku], False, at, at) for sku in skus],
        )  # fmt: skip
        copy_history(Product, ids, kind="+", user_id=user_id, reason=reason)
    for pks in _parts(list(plan.changed)):
        progress("Writing products", done, total)
        done += len(pks)
        rows = [(pk, *plan.changed[pk], False, at) for pk in pks]
        update_rows(Product, (*FIELDS, "is_placeholder", "updated_at"), rows)
        copy_history(Product, pks, kind="~", user_id=user_id, reason=reason)


def _parts(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    return (rows[at : at + CHUNK] for at in range(0, len(rows), CHUNK))
