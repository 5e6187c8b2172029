"""Endpoints are made here, their secret is read here, and they are switched on again here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from oms.webhooks.models import WebhookEndpoint
from oms.webhooks.signing import secret_of


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(admin.ModelAdmin):
    list_display = ("name", "url", "events", "channel_code", "is_active", "off_reason", "failures")
    list_filter = ("is_active",)
    search_fields = ("name", "url")

    def get_fields(self, request: HttpRequest, obj: WebhookEndpoint | None = None) -> tuple[str, ...]:
        fields = ("name", "url", "events", "channel_code", "is_active")
        return (*fields, "generation", "secret", "off_reason", "failures", "quiet_until") if obj else fields

    def get_readonly_fields(self, request: HttpRequest, obj: WebhookEndpoint | None = None) -> tuple[str, ...]:
        return ("secret", "off_reason", "failures", "quiet_until") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: WebhookEndpoint | None = None) -> bool:
        return False  # what it was told stays traceable to it; switch it off instead

    def save_model(self, request: HttpRequest, obj: WebhookEndpoint, form: Any, change: bool) -> None:
        if obj.is_active:  # switched on, or its address changed: nothing held against it
            obj.off_reason, obj.failures, obj.quiet_until = "", 0, None
        obj.save()

    @admin.display(description="Signing secret")
    def secret(self, endpoint: WebhookEndpoint) -> str:
        """Raising the generation makes another and ends this one."""
        return secret_of(endpoint)
