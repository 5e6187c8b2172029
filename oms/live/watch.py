"""What one page on screen may be told about: signed by the server when it drew the page, so that asking needs no sign-in read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core import signing

from oms.live.feed import place_now
from oms.live.here import look_in

SALT = "oms.live.watch"


@dataclass(frozen=True)
class Watch:
    """`token` says for whom and about what, `place` from where on. `on` is false while there is nothing to ask.

    `others`: who else has the page's order open, as sentences without an end.
    """

    token: str
    place: str
    others: list[str] = field(default_factory=list)

    @property
    def on(self) -> bool:
        return bool(self.place)


@dataclass(frozen=True)
class Seer:
    """Whose page asks, about which orders, whether anything counts, and what they do with the one order it shows."""

    user_id: int
    numbers: Sequence[str]
    anything: bool = False
    name: str = ""
    doing: str = ""

    def look_in(self) -> list[str]:
        """Who else is at the one order of this page; nobody on a page of many."""
        return look_in(self.numbers[0], self.user_id, self.name, self.doing) if self.doing else []


def watch(user: Any, place: str, numbers: Iterable[str] = (), *, anything: bool = False, doing: str = "") -> Watch:
    """Let the page of `user` ask about `numbers`, and with `anything` whether anything at all changed.

    `doing` ("is editing it") shows the user to whoever else has the one order of the page open.
    """
    seer = Seer(user.pk, list(numbers), anything, user.display_name if doing else "", doing)
    told = [seer.user_id, seer.numbers, anything, seer.name, doing]
    return Watch(signing.dumps(told, salt=SALT, compress=True), place, seer.look_in() if place else [])


def start() -> str:
    """The place in the feed to watch from; ask before reading what the page shows."""
    return place_now()


def read_token(token: str) -> Seer:
    """Whose token it is; raises signing.BadSignature for what we did not sign or signed too long ago."""
    return Seer(*signing.loads(token, salt=SALT, max_age=settings.SESSION_COOKIE_AGE))
