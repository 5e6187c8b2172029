"""Moments in requests: RFC 3339 with an offset, as the document says; no bare numbers, which could be seconds or milliseconds."""

import re
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator

SHAPE = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d")


def _as_text(value: Any) -> Any:
    if not isinstance(value, str) or not SHAPE.match(value):
        raise ValueError("Write the moment as in 2026-03-17T09:14:00+05:30.")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_as_text)]
