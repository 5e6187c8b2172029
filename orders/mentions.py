"""Who is called in a text: `@name`, the name people sign in with."""

import re

from django.db.models.functions import Lower

from oms.access.models import User
from orders.models import Order

# Not behind a letter or digit: meera@shop.example calls nobody.
CALL = re.compile(r"(?<![\w.@])@([\w][\w.+-]*)")
MOST = 20


def names_in(text: str) -> list[str]:
    """The names called in `text`, each once, in order; a full stop that ends a sentence is not part of a name."""
    return list(dict.fromkeys(name.rstrip(".-+").lower() for name in CALL.findall(text)))[:MOST]


def people_called(text: str, order: Order) -> tuple[list[User], list[str]]:
    """Who is told of `text` on `order`, and a sentence for every name that reaches nobody."""
    names = names_in(text)
    if not names:
        return [], []
    rows = User.objects.filter(is_active=True).annotate(called=Lower("username")).filter(called__in=names)
    known = {user.username.lower(): user for user in rows}
    told, unheard = [], []
    for name in names:
        person = known.get(name)
        if person is None:
            unheard.append(f"Nobody here is called @{name}.")
        elif not may_see(person, order):
            unheard.append(f"@{name} may not see orders of {order.channel.name} and was not told.")
        else:
            told.append(person)
    return told, unheard


def may_see(person: User, order: Order) -> bool:
    """Whether `person` may open `order`; asks nothing when they see every channel."""
    return person.can("orders.view") and order.is_visible_to(person)
