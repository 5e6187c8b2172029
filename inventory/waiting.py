"""What orders wait for at a place they may be sent from. Stock does not know where a channel's orders are sent from; the
app that does answers here."""

from collections.abc import Callable, Collection, Mapping

# {(product id, location id): units} for the products asked about
Answer = Callable[[Collection[int]], Mapping[tuple[int, int], int]]
_answers: list[Answer] = []


def answered_by(answer: Answer) -> None:
    """Called once, while apps start."""
    _answers[:] = [answer]


def waiting_at(products: Collection[int]) -> Mapping[tuple[int, int], int]:
    """{(product id, location id): units that wait and may come from there}; a kit's as its components. A unit that may come
    from either of two places is counted at both."""
    return _answers[0](products) if _answers and products else {}
