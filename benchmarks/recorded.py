"""What the application says to the database, written down and said again by pgbench: its ceiling, without any Python."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any


def statements(act: Callable[[], Any]) -> list[tuple[str, Sequence[Any]]]:
    """Every statement that `act` sends within its transaction, with its values. BEGIN and COMMIT are not seen."""
    from django.db import connection

    said: list[tuple[str, Sequence[Any]]] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        said.append((sql, tuple(params or ())))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        act()
    return said


def script(said: Sequence[tuple[str, Sequence[Any]]], names: Mapping[Any, str]) -> str:
    """The statements as one transaction of a pgbench script; a value that is a key of `names` becomes that SQL.

    Texts that contain a key that is a text are put together from it: an order number within a JSON document, too. A key that
    is a number is sought in JSON documents, where it is a whole value: never in the hour of a time.
    """
    lines = ["BEGIN;"]
    for sql, params in said:
        parts = " ".join(sql.replace("%%", "\0").split()).split("%s")
        if len(parts) != len(params) + 1:
            raise ValueError(f"{len(params)} values for {sql}")
        text = "".join(a + b for a, b in zip(parts, [*(_literal(p, names) for p in params), ""], strict=True))
        lines.append(text.replace("\0", "%") + ";")
    return "\n".join([*lines, "END;\n"])


def _literal(value: Any, names: Mapping[Any, str]) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | Decimal):
        return names.get(value, str(value))
    if isinstance(value, list | tuple):
        return f"ARRAY[{', '.join(_literal(v, names) for v in value)}]"
    if isinstance(value, datetime):
        return _quoted(value.isoformat())
    text = value if isinstance(value, str) else json.dumps(value)
    plain = quoted = _quoted(text)
    for key, sql in names.items():
        if isinstance(key, str):
            quoted = quoted.replace(key, f"' || {sql} || '")
        elif text.startswith(("{", "[")):
            quoted = re.sub(rf"(?<=[\[:, ]){key}(?=[,}}\]])", f"' || {sql} || '", quoted)
    return quoted if quoted == plain else f"({quoted})"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
