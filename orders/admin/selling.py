"""Whom we sell to and at which prices: groups, price lists, minimums, customers and their credit."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q
from simple_history.admin import SimpleHistoryAdmin

from orders.admin.choosing import SEARCHED, ChoosesCustomer
from orders.capture.customers import normal_phone
from orders.models import CreditAccount, Customer, CustomerGroup, OrderMinimum, PriceItem, PriceList


@admin.register(CustomerGroup)
class CustomerGroupAdmin(SimpleHistoryAdmin):
    list_display = ("name", "code")
    search_fields = ("name", "code")


class PriceItemSet(forms.BaseInlineFormSet):
    """Rows of prices that complain in the words of a price list."""

    def get_unique_error_message(self, unique_check: Any) -> str:
        return "A product has two prices from the same quantity on; keep one of them."

    def get_form_error(self) -> str:
        return "This product has a price from this quantity on above."


class PriceItems(admin.TabularInline):
    model = PriceItem
    formset = PriceItemSet
    autocomplete_fields = ("product",)
    extra = 1


@admin.register(PriceList)
class PriceListAdmin(ChoosesCustomer, SimpleHistoryAdmin):
    list_display = ("name", "currency", "buyer", "group", "channel", "starts_on", "ends_on", "rank", "is_active")
    list_select_related = ("customer", "group", "channel")
    list_filter = ("currency", "is_active", "group")
    search_fields = ("name", "code", *SEARCHED)
    autocomplete_fields = ("customer", "group")
    prepopulated_fields = {"code": ("name",)}
    inlines = (PriceItems,)


@admin.register(OrderMinimum)
class OrderMinimumAdmin(SimpleHistoryAdmin):
    list_display = ("group", "product", "qty", "amount", "currency")
    list_select_related = ("group", "product")
    autocomplete_fields = ("group", "product")


class CustomerForm(forms.ModelForm):
    """A new customer must be findable by the e-mail or phone of their first order."""

    crm_url = forms.URLField(label="CRM link", max_length=400, required=False, assume_scheme="https")

    def clean(self) -> dict:
        data = super().clean() or {}
        if self.instance.pk or self.errors:
            return data
        email, phone = data.get("email", "").strip().lower(), data.get("phone", "")
        key = email or normal_phone(phone, "")
        if not key:
            raise forms.ValidationError("Give an e-mail, or a phone with its country code, like +91 98765 43210.")
        if known := Customer.objects.keyed([key]).get(key):
            raise forms.ValidationError(f"{known} is a customer already; change them instead.")
        self.instance.match_key = key
        return data


class Credit(admin.StackedInline):
    model = CreditAccount
    extra = 0


@admin.register(Customer)
class CustomerAdmin(SimpleHistoryAdmin):
    """Terms of a customer. Most are made by their first order; one added here is found again by it. Addresses and contacts
    are kept on the customer's own page."""

    list_display = ("name", "company", "email", "phone", "group")
    ordering = ("name", "pk")
    list_select_related = ("group",)
    list_filter = ("group",)
    search_fields = ("name", "company", "email", "phone")
    autocomplete_fields = ("group",)
    form = CustomerForm
    exclude = ("match_key",)
    inlines = (Credit,)

    def get_queryset(self, request):
        return super().get_queryset(request).present()

    def get_search_results(self, request, queryset, search_term):
        """As on the pages of the desk, too: a phone however it is written, and the number in the address of their page."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if not (text := search_term.replace("\x00", "").strip()):
            return found, may_repeat
        also = Q(pk__in=found.values("pk")) | Q(pk__in=Customer.objects.search(text).values("pk"))
        number = text.lower().removeprefix("no.").strip()
        if number.isdecimal() and len(number) < 19:
            also |= Q(pk=int(number))
        return queryset.filter(also), False

    def choice_label(self, customer: Customer) -> str:
        return customer.told_apart

    def get_readonly_fields(self, request, obj=None) -> tuple[str, ...]:
        return ("email", "phone") if obj else ()  # they are how the customer's orders find them

    def has_delete_permission(self, request, obj=None) -> bool:
        return False
