"""Errors for machines: application/problem+json as in RFC 9457."""

import json
from typing import Any

from django.http import HttpResponse


def problem(status: int, code: str, detail: str, **members: Any) -> HttpResponse:
    """A problem document: `type` is stable per code, `detail` a sentence for people, `errors` point at fields."""
    body = {
        "type": f"urn:oms:problem:{code}",
        "title": code.replace("_", " "),
        "status": status,
        "detail": detail,
        **members,
    }
    return HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type="application/problem+json")
