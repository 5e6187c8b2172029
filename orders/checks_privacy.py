"""What must always be true of erased customers."""

from collections.abc import Iterator

from oms.kernel.personal import BOOK, ERASED
from oms.ops.doctor.registry import Finding, check
from orders.models import Customer, ImportBatch, ImportFile, Order
from orders.privacy.files import files_with, is_text
from orders.privacy.reach import rows_of


@check("privacy.erased", "Of an erased customer nothing personal is kept, nor came back")
def erased() -> Iterator[Finding]:
    for customer in Customer.objects.filter(erasures__isnull=False).distinct().order_by("pk").iterator():
        if customer.name != ERASED or customer.match_key or customer.email or customer.phone:
            yield Finding(str(customer.pk), "the customer has a name or an address again")
        for model, rows in rows_of(customer):
            label = model._meta.label.replace("Historical", "")
            if label in BOOK.gone and "Historical" not in model.__name__:
                if n := rows.count():
                    yield Finding(str(customer.pk), f"{n} rows of {model._meta.label} are there again")
                continue
            has = {column.attname for column in model._meta.concrete_fields}
            left = {name: rule for name, rule in BOOK.left.get(label, {}).items() if name in has}
            for row in rows.values("pk", *left) if left else ():
                for column, rule in left.items():
                    if (rule(row[column]) if callable(rule) else rule) != row[column]:
                        yield Finding(str(customer.pk), f"{column} of {model._meta.label} {row['pk']} is not erased")


@check(
    "privacy.files",
    "No file is kept longer than its import says, nor one that brought in an erased person's order and is no text",
)
def files() -> Iterator[Finding]:
    left = ImportFile.objects.exclude(content=b"").filter(batch__forgotten_at__isnull=False)
    for number in left.order_by("batch").values_list("batch__number", flat=True).distinct():
        yield Finding(number, "says that its files are not kept any more, but they are")
    forgotten = ImportBatch.objects.filter(forgotten_at__isnull=False)
    for number in forgotten.filter(rejects__isnull=False).order_by("pk").values_list("number", flat=True).distinct():
        yield Finding(number, "has rows to fix of a file that is not kept any more")
    erased_ones = Order.objects.filter(customer__erasures__isnull=False)
    for file in files_with(erased_ones).exclude(content=b"").select_related("batch").order_by("pk").iterator():
        if not is_text(bytes(file.content)):
            yield Finding(file.batch.number, f"{file.name} may still name somebody who was erased")
