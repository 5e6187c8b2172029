"""JSON files of orders, as APIs answer and webhooks push them: one row per order, a column per path into it."""

import json
from collections.abc import Iterator
from typing import Any

from oms.kernel.errors import Refused

# Where shops and marketplaces put the list when the file is a whole answer of their API.
LISTS = ("orders", "orderItems", "items", "data", "salesorders")
MAX_DEPTH = 20


def is_json(raw: bytes) -> bool:
    """Whether `raw` begins like a JSON object or list of objects."""
    start = raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:200]
    return start[:1] == b"{" or (start[:1] == b"[" and start[1:].lstrip()[:1] in (b"{", b"]"))


def tree_rows(text: str, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    """(number from 1, {"billing.city": "Pune", "line_items.0.sku": ...}) for each order. Refuses what is no JSON."""
    try:
        # Numbers stay as they are written: 19.90 is no binary fraction on its way here.
        found = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except (json.JSONDecodeError, RecursionError) as error:
        where = f" near line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise Refused("file_broken", f"{name} is not readable JSON{where}. Export it again.") from error
    for number, order in enumerate(_orders(found), start=1):
        if not isinstance(order, dict):
            raise Refused("file_broken", f"{name}: entry {number} is not an order with named fields.")
        yield number, dict(_leaves(order, "", name, 0))


def _orders(found: Any) -> list[Any]:
    if isinstance(found, list):
        return found
    for key in LISTS:
        if isinstance(found.get(key), list) and not {"id", "orderId"} & set(found):
            return found[key]
    return [found]


def _leaves(value: Any, path: str, name: str, depth: int) -> Iterator[tuple[str, str]]:
    if depth > MAX_DEPTH:
        raise Refused("file_broken", f"{name} is nested deeper than any order.")
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in pairs:
            yield from _leaves(inner, f"{path}.{key}" if path else str(key), name, depth + 1)
    elif isinstance(value, bool):
        yield path, "yes" if value else "no"
    else:
        yield path, "" if value is None else str(value)
