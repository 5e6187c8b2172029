"""What one page on screen may be told about: signed by the server when it drew the page, so that asking needs no sign-in read."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing

from oms.live.feed import place_now

SALT = "oms.live.watch"


@dataclass(frozen=True)
class Watch:
    """`token` says for whom and about what, `place` from where on. `on` is false while there is nothing to ask."""

    token: str
    place: str

    @property
    def on(self) -> bool:
        return bool(self.place)


def watch(user: Any, place: str, numbers: Iterable[str] = (), *, anything: bool = False) -> Watch:
    """Let the page of `user` ask about `numbers`, and with `anything` whether anything at all changed."""
    return Watch(signing.dumps([user.pk, list(numbers), anything], salt=SALT, compress=True), place)


def start() -> str:
    """The place in the feed to watch from; ask before reading what the page shows."""
    return place_now()


def read_token(token: str) -> tuple[int, set[str], bool]:
    """User, numbers and whether anything counts; raises signing.BadSignature for what we did not sign or signed too long ago."""
    user_id, numbers, anything = signing.loads(token, salt=SALT, max_age=settings.SESSION_COOKIE_AGE)
    return user_id, set(numbers), anything
