"""Message templates in the admin site: edited with a preview, checked when saved."""

from django.contrib import admin, messages
from simple_history.admin import SimpleHistoryAdmin

from notifications.models import MessageTemplate, ReplyText
from notifications.wording import SAMPLE, problems


@admin.register(MessageTemplate)
class MessageTemplateAdmin(SimpleHistoryAdmin):
    list_display = ("key", "channel", "subject", "is_active", "is_approved", "updated_at")
    fields = (
        "key",
        "channel",
        "subject",
        "body",
        "is_active",
        "is_approved",
        "hold_minutes",
        "gaps",
        "preview_subject",
        "preview_body",
    )
    readonly_fields = ("gaps", "preview_subject", "preview_body")

    @admin.display(description="Gaps you can use")
    def gaps(self, template: MessageTemplate) -> str:
        return ", ".join(f"{{{{ {name} }}}}" for name in SAMPLE)

    @admin.display(description="Subject as sent (sample)")
    def preview_subject(self, template: MessageTemplate) -> str:
        return self._preview(template)[0]

    @admin.display(description="Text as sent (sample)")
    def preview_body(self, template: MessageTemplate) -> str:
        return self._preview(template)[1]

    def _preview(self, template: MessageTemplate) -> tuple[str, str]:
        if not template.pk or problems(template.subject) or problems(template.body):
            return "Save first, then it is shown here.", ""
        return template.preview()

    def save_model(self, request, obj: MessageTemplate, form, change: bool) -> None:
        """Take the approval back from a text that was changed, unless the same save gives it."""
        changed = set(form.changed_data)
        if change and changed & {"subject", "body"} and "is_approved" not in changed and obj.is_approved:
            obj.is_approved = False
            self.message_user(
                request,
                "The text changed, so it waits for approval: read the preview, tick Approved, save.",
                messages.WARNING,
            )
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


@admin.register(ReplyText)
class ReplyTextAdmin(SimpleHistoryAdmin):
    """Texts offered beside the conversation of an order; the gaps are those of the templates."""

    list_display = ("name", "position", "is_active")
    list_editable = ("position", "is_active")
