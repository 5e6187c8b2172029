"""The list of checks. An app registers its own in <app>/checks.py, imported by its AppConfig."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import connection, transaction


@dataclass(frozen=True)
class Finding:
    """One row that breaks a rule: its public name, and what is wrong with it."""

    subject: str
    detail: str


@dataclass(frozen=True)
class Check:
    code: str
    title: str
    run: Callable[[], Iterable[Finding]]


CHECKS: dict[str, Check] = {}


def check(code: str, title: str) -> Callable:
    """Register a read-only function that yields a Finding per broken row; none is health."""

    def register(function: Callable[[], Iterable[Finding]]) -> Callable[[], Iterable[Finding]]:
        CHECKS[code] = Check(code, title, function)
        return function

    return register


def run_all(only: Iterable[str] = ()) -> dict[str, list[Finding]]:
    """Run every check, or those named; findings by check code, in the order of registration."""
    chosen = [CHECKS[code] for code in only] if only else list(CHECKS.values())
    with transaction.atomic(), connection.cursor() as cursor:
        # Right after a large import the planner knows no sizes yet and would compare every row with every other.
        cursor.execute("SET LOCAL enable_nestloop = off")
        return {c.code: list(c.run()) for c in chosen}
