"""The conversation panel of the order page."""

from typing import Any

from django import template

from notifications import conversation as talk
from notifications.models import ContactMedium, Direction

register = template.Library()


@register.inclusion_tag("notifications/_conversation.html", takes_context=True)
def conversation(context: template.Context, order: Any) -> dict[str, Any]:
    """`{% conversation order %}`: everything said, and the forms to go on. `?say=` fills in one of the reply texts."""
    request = context["request"]
    said, texts = talk.conversation(order), talk.reply_texts()
    return {
        "order": order, "said": said, "open": talk.unanswered(said), "texts": texts, "request": request,
        "csrf_token": context.get("csrf_token"), "text": talk.filled(request.GET.get("say", ""), texts, order),
        "chosen": request.GET.get("say", ""), "media": ContactMedium.choices, "directions": Direction.choices,
        "may_send": request.user.can("messages.send"), "may_log": request.user.can("messages.log"),
    }  # fmt: skip
