"""Pieces of a page that come out the same for the same things, kept by each process so that they are drawn once."""

from collections import OrderedDict
from collections.abc import Callable, Hashable

from django.utils.safestring import SafeString


class Kept:
    """The last `most` pieces used, each under everything it was drawn from: what has changed has another key, so nothing is stale."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._pieces: OrderedDict[Hashable, SafeString] = OrderedDict()

    def piece(self, key: Hashable, draw: Callable[[], SafeString]) -> SafeString:
        """The piece of `key`, from `draw` the first time."""
        found = self._pieces.pop(key, None)
        if found is None:
            found = draw()
        self._pieces[key] = found
        while len(self._pieces) > self._most:
            self._pieces.popitem(last=False)
        return found
