"""What orders wait for at a place they may be sent from. Stock does not know where a channel's orders are sent from; the
app that does answers here."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Waits:
    """Units of a product that wait and may come from a place: `alone`, and as components of kits."""

    alone: int = 0
    in_kits: int = 0

    def lacking(self, available: int) -> int:
        """Those that wait for this product. A kit of which enough lies there waits for something else of it."""
        both = self.alone + self.in_kits
        return both if available < both else self.alone


# {(product id, location id): what waits} for the products asked about
Answer = Callable[[Collection[int]], Mapping[tuple[int, int], Waits]]
_answers: list[Answer] = []


def answered_by(answer: Answer) -> None:
    """Called once, while apps start."""
    _answers[:] = [answer]


def waiting_at(products: Collection[int]) -> Mapping[tuple[int, int], Waits]:
    """{(product id, location id): what waits and may come from there}; units that may come from either of two places are
    counted at both."""
    return _answers[0](products) if _answers and products else {}
