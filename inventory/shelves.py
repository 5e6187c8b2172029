"""What should lie on a shelf now. Stock knows what is on hand; what was picked for orders and has not left, and what a picker
could not find, the app of the warehouse's work answers here."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from inventory.ledger import lock_levels


@dataclass(frozen=True)
class Work:
    """Units of a product at a place: `taken` off the shelf for orders and still in the building; `doubted` since a short pick."""

    taken: int = 0
    doubted: int = 0


# (products, location id) -> {product id: what the work has of it}
Answer = Callable[[Collection[int], int], Mapping[int, Work]]
_answers: list[Answer] = []


def answered_by(answer: Answer) -> None:
    """Called once, while apps start."""
    _answers[:] = [answer]


def work_on(products: Collection[int], location_id: int) -> Mapping[int, Work]:
    return _answers[0](products, location_id) if _answers and products else {}


def lock_shelves(products: Collection[int], location_id: int) -> dict[int, int]:
    """Units of each product that should lie at the place, picked ones left out; their stock rows stay locked.

    Locked, because a dispatch takes units off the hand and off the work at once: between two statements one of the two
    figures would be the old one.
    """
    on_hand = lock_levels((product, location_id) for product in products)
    work = work_on(products, location_id)
    return {p: on_hand.get((p, location_id), 0) - work.get(p, Work()).taken for p in products}
