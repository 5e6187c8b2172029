"""People and their roles."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group
from django.forms import CheckboxSelectMultiple, MultipleChoiceField

from oms.access.models import User
from oms.access.roles import Role

admin.site.unregister(Group)  # roles are a table in the program, not groups


class PersonForm(UserChangeForm):
    """Roles as check boxes; a comma-separated text box invites spelling mistakes."""

    roles = MultipleChoiceField(choices=Role.choices, widget=CheckboxSelectMultiple, required=False)

    class Meta(UserChangeForm.Meta):
        model = User


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    form = PersonForm
    list_display = ("username", "display_name", "roles", "is_active", "last_login")
    list_filter = ("is_active",)
    fieldsets = (
        (None, {"fields": ("username", "password", "display_name", "email", "is_active")}),
        ("What they may do and see", {"fields": ("roles", "channel_codes", "location_codes", "keys_enabled")}),
    )
    filter_horizontal = ()
