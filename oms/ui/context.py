"""What every page's shell needs, as one lazy object: a page without a rail pays nothing for it."""

from functools import cached_property

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from oms.ui.navigation import PHONE_ENTRIES, Destination, destinations

THEMES = ("light", "dark")


class Shell:
    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def rail(self) -> tuple[Destination, ...]:
        return destinations(self._request)

    @property
    def phone_entries(self) -> int:
        return PHONE_ENTRIES

    @property
    def theme(self) -> str:
        """The theme this device asked for; empty lets the system decide."""
        asked = self._request.COOKIES.get("oms_theme", "")
        return asked if asked in THEMES else ""

    @property
    def density(self) -> str:
        return "compact" if self._request.COOKIES.get("oms_density") == "compact" else "roomy"

    @property
    def keys(self) -> str:
        """Single-key shortcuts: "off" where a person switched them off (WCAG 2.1.4)."""
        return "on" if getattr(self._request.user, "keys_enabled", True) else "off"

    @cached_property
    def search_url(self) -> str:
        try:
            return reverse("go")
        except NoReverseMatch:
            return ""

    @cached_property
    def new_order_url(self) -> str:
        """Where "New order" leads; empty for people who may not create one."""
        if not self._request.user.can("orders.create"):
            return ""
        try:
            return reverse("orders:new")
        except NoReverseMatch:
            return ""


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor: `shell` in every template."""
    return {"shell": Shell(request)}
