"""The set-up pages: Django's admin, in whose choices each model may say how its rows are told apart."""

from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db.models import Model
from django.http import HttpRequest, HttpResponse


def choice_label(of: ModelAdmin, row: Model) -> str:
    """What a row is called where it is chosen: by its admin's `choice_label`, else by its own name."""
    label = getattr(of, "choice_label", None)
    return label(row) if label else str(row)


class Choices(AutocompleteJsonView):
    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, Any]:
        return super().serialize_result(obj, to_field_name) | {"text": choice_label(self.model_admin, obj)}


class SetUpSite(AdminSite):
    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        return Choices.as_view(admin_site=self)(request)
