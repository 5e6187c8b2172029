"""Remember what a person corrected: words of a message that mean a product."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from inventory.models import Product
from oms.kernel.actors import as_actor
from orders.chat.catalogue import alias_key
from orders.locks import lock_customer
from orders.models import ChatAlias, Customer

MOST = 100


@transaction.atomic
def learn_words(meant: Mapping[str, str], *, customer: Customer | None, actor: Any) -> int:
    """Keep that each phrase means the SKU beside it: for `customer`, or for everybody when None. The latest teacher is right."""
    wanted = {key: sku for phrase, sku in list(meant.items())[:MOST] if _says_something(key := alias_key(phrase))}
    products = {p.sku: p for p in Product.objects.filter(sku__in=set(wanted.values()))}
    customer = lock_customer(customer.pk) if customer else None
    kept = 0
    for words, sku in sorted(wanted.items()):
        if product := products.get(sku):
            given = {"product": product, "taught_by": as_actor(actor).name[:80]}
            ChatAlias.objects.update_or_create(words=words, customer=customer, defaults=given)
            kept += 1
    return kept


def _says_something(key: str) -> bool:
    return any(len(word) > 2 and not word.isdecimal() for word in key.split())
