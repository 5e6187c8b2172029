"""What admins configure about the desk."""

from django import forms
from django.contrib import admin, messages
from django.shortcuts import redirect, render
from django.urls import path
from simple_history.admin import SimpleHistoryAdmin

from oms.access.roles import Role
from oms.kernel.errors import Refused
from oms.kernel.nudge import nudge_on_commit
from oms.kernel.plural import plural
from orders.actions.automate import call_the_rules
from orders.actions.erase_old import BATCH, due
from orders.actions.import_areas import import_areas
from orders.actions.import_rates import VALUE_TASK, book_currency, import_rates
from orders.admin.choosing import SEARCHED, ChoosesCustomer
from orders.models import (
    ApprovalRule,
    AutomaticStep,
    BlockedEntry,
    BookCurrency,
    CancelReason,
    Channel,
    ChatAlias,
    CheckRule,
    DeliveryArea,
    ExchangeRate,
    FraudSignal,
    HoldReason,
    MovePolicy,
    PriorityRule,
    RetentionRule,
    SavedView,
    Stage,
    SubStage,
)


class FixedRows(SimpleHistoryAdmin):
    """Rows whose keys the program knows: their words change, the rows stay."""

    def has_add_permission(self, request) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


@admin.register(Stage)
class StageAdmin(FixedRows):
    list_display = ("key", "label", "tone", "owner_team", "sla_minutes", "customer_label")
    readonly_fields = ("key",)
    ordering = ("position",)


class MovePolicyForm(forms.ModelForm):
    """Roles as check boxes; a comma-separated text box invites spelling mistakes."""

    roles = forms.MultipleChoiceField(
        choices=Role.choices, widget=forms.CheckboxSelectMultiple, required=False, help_text="None ticked: nobody may."
    )

    class Meta:
        model = MovePolicy
        fields = ("roles", "reason_required")


@admin.register(MovePolicy)
class MovePolicyAdmin(FixedRows):
    form = MovePolicyForm
    list_display = ("machine", "move", "who", "reason_required")
    list_filter = ("machine",)
    readonly_fields = ("machine", "move")
    fields = ("machine", "move", "roles", "reason_required")

    @admin.display(description="roles")
    def who(self, policy: MovePolicy) -> str:
        return ", ".join(label for role, label in Role.choices if role in policy.roles) or "Nobody"


@admin.register(Channel)
class ChannelAdmin(SimpleHistoryAdmin):
    list_display = (
        "name",
        "code",
        "kind",
        "currency",
        "confirmation_basis",
        "advance_percent",
        "tells_stock",
        "is_active",
    )


@admin.register(SubStage)
class SubStageAdmin(SimpleHistoryAdmin):
    list_display = ("label", "stage", "owner_team", "is_active")


@admin.register(HoldReason)
class HoldReasonAdmin(SimpleHistoryAdmin):
    list_display = ("label", "clear_step", "owner_team", "is_active")


@admin.register(CancelReason)
class CancelReasonAdmin(SimpleHistoryAdmin):
    list_display = ("label", "key", "is_active")


@admin.register(SavedView)
class SavedViewAdmin(admin.ModelAdmin):
    list_display = ("name", "owner", "is_shared")
    exclude = ("key", "roles", "is_urgent")

    def get_queryset(self, request):
        """Those people made; a house set up long ago still has rows with a key, which nothing reads."""
        return super().get_queryset(request).filter(key="")


@admin.register(CheckRule)
class CheckRuleAdmin(FixedRows):
    list_display = (
        "label",
        "is_on",
        "reason",
        "owner_team",
        "decide_within_hours",
        "window_hours",
        "max_orders",
        "limit_score",
    )
    list_editable = ("is_on",)
    readonly_fields = ("key",)


@admin.register(FraudSignal)
class FraudSignalAdmin(FixedRows):
    list_display = ("label", "is_on", "score", "at_least")
    list_editable = ("is_on", "score", "at_least")
    readonly_fields = ("key",)
    exclude = ("position",)


@admin.register(BookCurrency)
class BookCurrencyAdmin(FixedRows):
    list_display = ("currency", "rate_days")

    def get_readonly_fields(self, request, obj=None) -> tuple[str, ...]:
        return ("currency",) if BookCurrency.is_fixed() else ()


class RatesFile(forms.Form):
    file = forms.FileField(label="CSV file")
    source = forms.CharField(
        max_length=80, required=False, help_text="Where the rates come from, for rows of a file that does not say it."
    )


@admin.register(RetentionRule)
class RetentionRuleAdmin(FixedRows):
    """How long personal data is kept after a customer's last order; off until somebody enters months."""

    list_display = ("__str__",)
    readonly_fields = ("would_go",)

    @admin.display(description="Customers it would erase now")
    def would_go(self, rule: RetentionRule) -> str:
        if not rule.months:
            return "Enter months and save to see how many; nothing is erased before the night."
        return f"{plural(due(rule.months).count(), 'customer')}; the first {BATCH} in the night to come, at 3:25"


@admin.register(ExchangeRate)
class ExchangeRateAdmin(SimpleHistoryAdmin):
    """Rates by currency and day. One entered for a past day values the orders that wait for it."""

    list_display = ("currency", "day", "rate", "into", "source")
    list_filter = ("currency", "source")
    date_hierarchy = "day"
    fields = ("currency", "into", "day", "rate", "source")
    change_list_template = "admin/orders/exchangerate/change_list.html"

    def get_changeform_initial_data(self, request) -> dict:
        return {"into": book_currency()} | super().get_changeform_initial_data(request)

    def save_model(self, request, obj, form, change) -> None:
        super().save_model(request, obj, form, change)
        nudge_on_commit(VALUE_TASK)

    def get_urls(self) -> list:
        own = path("import/", self.admin_site.admin_view(self.import_view), name="orders_exchangerate_import")
        return [own, *super().get_urls()]

    def import_view(self, request):
        """A whole file of rates, or the rows that are wrong."""
        form, wrong = RatesFile(request.POST or None, request.FILES or None), []
        if request.method == "POST" and form.is_valid():
            given = form.cleaned_data
            try:
                text = given["file"].read().decode("utf-8-sig")
                done = import_rates(text, source=given["source"], actor=request.user)
            except UnicodeDecodeError:
                wrong = ["The file is not UTF-8 text; save it as CSV UTF-8."]
            except Refused as refused:
                wrong = [reason.message for reason in refused.reasons]
            else:
                said = f"{plural(done.new, 'new rate')}, {done.changed} changed, {done.same} as they were."
                messages.success(request, said)
                return redirect("admin:orders_exchangerate_changelist")
        context = {
            **self.admin_site.each_context(request), "title": "Import exchange rates", "form": form, "wrong": wrong,
            "book": book_currency(),
        }  # fmt: skip
        return render(request, "admin/orders/exchangerate/import.html", context)


class AreasFile(forms.Form):
    file = forms.FileField(label="CSV file")


@admin.register(DeliveryArea)
class DeliveryAreaAdmin(SimpleHistoryAdmin):
    list_display = ("name", "channel", "location", "country", "codes", "is_active")
    list_select_related = ("channel", "location")
    list_filter = ("channel", "location", "country", "is_active")
    search_fields = ("name",)
    change_list_template = "admin/orders/deliveryarea/change_list.html"

    def get_urls(self) -> list:
        own = path("import/", self.admin_site.admin_view(self.import_view), name="orders_deliveryarea_import")
        return [own, *super().get_urls()]

    def import_view(self, request):
        """A whole file of areas, or the rows that are wrong."""
        form, wrong = AreasFile(request.POST or None, request.FILES or None), []
        if request.method == "POST" and form.is_valid():
            try:
                count = import_areas(form.cleaned_data["file"].read().decode("utf-8-sig"), actor=request.user)
            except UnicodeDecodeError:
                wrong = ["The file is not UTF-8 text; save it as CSV UTF-8."]
            except Refused as refused:
                wrong = [reason.message for reason in refused.reasons]
            else:
                messages.success(request, f"{count} areas are in force.")
                return redirect("admin:orders_deliveryarea_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": "Import delivery areas",
            "form": form,
            "wrong": wrong,
        }
        return render(request, "admin/orders/deliveryarea/import.html", context)


@admin.register(ApprovalRule)
class ApprovalRuleAdmin(SimpleHistoryAdmin):
    list_display = ("currency", "approve_from", "cod_up_to")


@admin.register(BlockedEntry)
class BlockedEntryAdmin(SimpleHistoryAdmin):
    list_display = ("kind", "value", "note", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("value", "match")


@admin.register(ChatAlias)
class ChatAliasAdmin(ChoosesCustomer, SimpleHistoryAdmin):
    """What corrections of pasted messages taught; a wrong one is deleted here."""

    list_display = ("words", "product", "buyer", "taught_by", "updated_at")
    search_fields = ("words", "product__sku", "product__name", *SEARCHED)
    list_select_related = ("product", "customer")
    autocomplete_fields = ("product", "customer")


@admin.register(AutomaticStep)
class AutomaticStepAdmin(SimpleHistoryAdmin):
    """Routine steps without a hand. The page “By itself” says what each made, would have made and left to people."""

    list_display = ("name", "step", "mode", "channel", "total_up_to", "group", "known_only", "wait_minutes", "since")
    list_select_related = ("channel", "group")
    list_filter = ("step", "mode", "channel")
    fieldsets = (
        (None, {"fields": ("name", "step", "mode", "channel", "since", "wait_minutes")}),
        ("Limits: other orders are left to people", {"fields": ("total_up_to", "group", "known_only", "leave_notes")}),
    )
    autocomplete_fields = ("group",)

    def save_model(self, request, obj, form, change) -> None:
        super().save_model(request, obj, form, change)
        call_the_rules()

    def has_delete_permission(self, request, obj=None) -> bool:
        """A rule that has made something stays, switched off: timelines and reports name it."""
        return obj is None or not obj.pk or not obj.results.filter(outcome="done").exists()


@admin.register(PriorityRule)
class PriorityRuleAdmin(SimpleHistoryAdmin):
    list_display = (
        "name", "is_on", "position", "priority", "channel", "group", "tag", "total_from", "promised_within_hours"
    )  # fmt: skip
    list_editable = ("is_on", "position")
    list_select_related = ("channel", "group")
    autocomplete_fields = ("group",)
