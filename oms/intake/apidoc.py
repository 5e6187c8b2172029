"""What the OpenAPI document says of every operation, beside what its own code says: its key of idempotency, its errors."""

from typing import Any

PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. `type` is stable per error, `detail` a sentence for people.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:oms:problem:order_not_found"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "description": "Fields that are wrong, as JSON pointers into the body, or names of the path or query",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}, "in": {"type": "string"}},
            },
        },
    },
}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "description": "Your name for this request. Sent again with the same body it is done once and answered with the same bytes.",
}
READS = {
    401: "No valid API key",
    403: "The key's scopes, or its user's roles, do not reach this",
    422: "The request does not have the shape this document describes; `errors` says where",
    503: "Busy, or the database is away; try again after `Retry-After` seconds",
}
WRITES = READS | {
    400: "No Idempotency-Key, or a body that is no JSON",
    409: "A rule of the house says no, in words; or a request with the same key is still being answered",
    413: "The body is too large",
}
# The web server's own page: no code of ours has read the request by then.
TOO_LONG = {
    "description": "The address is longer than 4,094 bytes",
    "content": {"text/html": {"schema": {"type": "string"}}},
}
# Of an amount sent as text, as it should be; the second where none is none.
AMOUNT = r"^\d{1,9}(\.\d{1,4})?$"
SOME_AMOUNT = r"^([1-9]\d{0,8}(\.\d{1,4})?|0\.\d{0,3}[1-9])$"
NOT_FOUND = "There is no such thing, or the key does not see it"


def tell(document: dict[str, Any]) -> None:
    """Add to a document made by ninja what holds for all its operations."""
    document.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    _tell_amounts(document["components"]["schemas"])
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            writes, is_ours = method != "get", operation.get("security") is not None
            if writes and is_ours:
                operation.setdefault("parameters", []).append(KEY)
            errors = WRITES if writes else READS
            if "{" in path or writes:  # a body names things too
                errors = errors | {404: NOT_FOUND}
            for status, meaning in sorted(errors.items()):
                operation["responses"].setdefault(status, _problem(meaning))
            operation["responses"].setdefault(414, TOO_LONG)
            operation["responses"]["default"] = _problem("Anything else that went wrong")


def _tell_amounts(schema: Any) -> None:
    """Amounts are read from numbers too, and ninja says of their text no more than that it is text."""
    if isinstance(schema, list):
        for part in schema:
            _tell_amounts(part)
    elif isinstance(schema, dict):
        ways = schema.get("anyOf", ())
        number = next((way for way in ways if way.get("type") == "number"), None)
        for way in ways:
            if number is not None and way == {"type": "string"}:
                way["pattern"] = SOME_AMOUNT if "exclusiveMinimum" in number else AMOUNT
        _tell_amounts(list(schema.values()))


def _problem(meaning: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": meaning, "content": content}
