"""What must always be true of customers who were merged."""

from collections.abc import Iterator

from oms.ops.doctor.registry import Finding, check
from orders.models import Customer, CustomerMerge, Erasure

# What stays with the record that went: where it went to, and what was done with it.
STAYS = (Customer, CustomerMerge, Erasure)


@check("customers.merged", "Nothing hangs on a customer who is part of another one, and one step leads to that one")
def merged() -> Iterator[Finding]:
    for customer in Customer.objects.filter(merged_into__merged_into__isnull=False).order_by("pk"):
        yield Finding(str(customer.pk), "leads to a customer who is part of another one")
    for relation in Customer._meta.related_objects:
        model, key = relation.related_model, relation.field.attname
        if model in STAYS or not isinstance(model, type):
            continue
        rows = model._base_manager.filter(**{f"{relation.field.name}__merged_into__isnull": False})
        for pk in rows.order_by(key).values_list(key, flat=True).distinct():
            yield Finding(
                str(pk), f"is part of another customer, but {model._meta.verbose_name_plural} are still theirs"
            )
