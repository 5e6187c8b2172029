"""Where an admin chooses a customer: by phone, e-mail or number, because several may have one name."""

from typing import Any

from django.contrib import admin
from django.db.models import ForeignKey

from orders.models import Customer

SEARCHED = ("customer__name", "customer__company", "customer__email", "customer__phone")


class ChoosesCustomer(admin.ModelAdmin):
    """An admin of rows with a `customer`, in whose list and form it is told which one of that name."""

    autocomplete_fields: tuple[str, ...] = ("customer",)

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "customer" and field is not None:
            field.help_text = f"{field.help_text} Found by name, phone, e-mail and number.".strip()
            field.widget.attrs["data-width"] = "min(36em, 100%)"  # what tells them apart is longer than a name
            field.label_from_instance = lambda customer: customer.told_apart
        return field

    @admin.display(description="customer", ordering="customer__name")
    def buyer(self, row: Any) -> str:
        customer: Customer | None = row.customer
        return customer.told_apart if customer else ""
