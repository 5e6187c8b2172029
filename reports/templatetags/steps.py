"""The way to an order's next step, for its own page."""

from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html

from orders.models import Order
from reports.steps import add_steps

register = template.Library()


@register.simple_tag(takes_context=True)
def next_step(context: Context, order: Order) -> str:
    """A link to where the next step is done, also by the key e; nothing for one that a button of this page does.

    A step that is done further down on this page is a link to that place: the page is long on a phone.
    """
    if not order.next_action:
        return ""
    add_steps([order], context["request"].user)
    seen: Any = order
    if seen.act_is_post or seen.act_url == order.get_absolute_url():
        return ""
    return format_html('<a href="{}" data-key="e">{}</a>', seen.act_url, seen.act_label)
