"""Public numbers: what people say on the phone. Each kind has a sequence of its own (`oms.kernel.sql.number_sequence`)."""

from oms.kernel.db import fetch


def next_numbers(sequence: str, prefix: str, count: int) -> list[str]:
    """`count` fresh numbers like SHP-10001, in one statement. A rollback leaves gaps, which are allowed."""
    drawn = fetch("SELECT nextval(%s::regclass) FROM generate_series(1, %s::int)", [sequence, count])
    return [f"{prefix}-{number}" for (number,) in drawn]


def next_number(sequence: str, prefix: str) -> str:
    """One fresh number."""
    return next_numbers(sequence, prefix, 1)[0]
