"""Keys of integrations (made here, shown once, revoked here) and the connections that send us messages."""

from typing import Any

from django.contrib import admin
from django.forms import CheckboxSelectMultiple, ChoiceField, ModelForm, MultipleChoiceField, ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from oms.intake.inbox import HANDLERS
from oms.intake.models import ApiKey, Connection, Scope
from oms.intake.signing import secret_of

NEVER_AGAIN = "A revoked key stays revoked. Make a new one."


class ApiKeyForm(ModelForm):
    """Scopes as check boxes; a key without one could do nothing, so one is needed."""

    scopes = MultipleChoiceField(choices=Scope.choices, widget=CheckboxSelectMultiple)

    class Meta:
        model = ApiKey
        fields = ("name", "user", "scopes", "channel_code", "expires_at", "is_active")

    def clean_is_active(self) -> bool:
        wanted = self.cleaned_data["is_active"]
        if self.instance.pk and wanted and not self.instance.is_active:
            raise ValidationError(NEVER_AGAIN)
        return wanted


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin):
    form = ApiKeyForm
    list_display = ("name", "prefix", "user", "may", "channel_code", "is_active", "expires_at", "last_used_at")
    list_filter = ("is_active",)
    list_select_related = ("user",)
    search_fields = ("name", "prefix", "channel_code")
    actions = ("revoke",)

    @admin.display(description="May")
    def may(self, key: ApiKey) -> str:
        return ", ".join(str(Scope(scope).label) for scope in key.scopes)

    @admin.action(description="Revoke selected keys (they stop working at once)")
    def revoke(self, request: HttpRequest, keys: Any) -> None:
        revoked = 0
        for key in keys.filter(is_active=True):
            key.is_active = False
            key.save(update_fields=["is_active"])
            self.log_change(request, key, "Revoked.")
            revoked += 1
        self.message_user(request, f"{revoked} revoked. Requests with them are refused from now on.")

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> tuple[str, ...]:
        fields = ("name", "user", "scopes", "channel_code", "expires_at")
        return (*fields, "is_active", "prefix", "created_at", "last_used_at") if obj else fields

    def get_readonly_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> tuple[str, ...]:
        return ("user", "prefix", "created_at", "last_used_at") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        return False  # what a key did stays traceable to it; revoke it instead

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        if change:
            obj.save()
            return
        made, secret = ApiKey.issue(
            name=obj.name, user=obj.user, scopes=obj.scopes, channel_code=obj.channel_code, expires_at=obj.expires_at
        )
        obj.pk, obj.prefix, obj._state.adding = made.pk, made.prefix, False
        request.issued_key = secret  # type: ignore[attr-defined]  lives as long as this request

    def response_add(self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None) -> HttpResponse:
        """The only page that ever shows the key. No redirect: nothing has to remember it in between."""
        context = self.admin_site.each_context(request) | {
            "title": f"{obj.name}: the new key", "key": obj, "secret": request.issued_key,  # type: ignore[attr-defined]
            "opts": self.opts,
        }  # fmt: skip
        answer = TemplateResponse(request, "admin/intake/apikey/issued.html", context)
        answer["Cache-Control"] = "no-store"
        return answer


class ConnectionForm(ModelForm):
    handler = ChoiceField(help_text="What is made of each message.")

    class Meta:
        model = Connection
        fields = ("code", "name", "handler", "channel_code", "generation", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "handler" in self.fields:
            self.fields["handler"].choices = [(name, name.capitalize()) for name in sorted(HANDLERS)]


@admin.register(Connection)
class ConnectionAdmin(admin.ModelAdmin):
    """Who may send us signed messages, where to, and with which secret."""

    form = ConnectionForm
    list_display = ("name", "code", "handler", "channel_code", "is_active")
    list_filter = ("is_active",)

    def get_fields(self, request: HttpRequest, obj: Connection | None = None) -> tuple[str, ...]:
        fields = ("code", "name", "handler", "channel_code", "is_active")
        return (*fields, "generation", "address", "secret") if obj else fields

    def get_readonly_fields(self, request: HttpRequest, obj: Connection | None = None) -> tuple[str, ...]:
        return ("code", "address", "secret") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Connection | None = None) -> bool:
        return False  # its messages stay traceable to it; switch it off instead

    @admin.display(description="Address to send to")
    def address(self, connection: Connection) -> str:
        return reverse("api:take", args=[connection.code])

    @admin.display(description="Signing secret")
    def secret(self, connection: Connection) -> str:
        """Raising the generation makes another and ends this one."""
        return secret_of(connection)
