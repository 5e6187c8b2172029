"""Addresses of what a line of a stock report is made of."""

from functools import cache

from django.urls import reverse


def card_of(product_id: int) -> str:
    return _shape("inventory:product") % product_id


def movements_of(product_id: int) -> str:
    return _shape("inventory:movements") % product_id


@cache
def _shape(name: str) -> str:
    """The address with a %s for the key: resolved once, not for each line."""
    return reverse(name, args=[0]).replace("/0/", "/%s/")
