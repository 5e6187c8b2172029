"""What a rule may ask about an order: the fields, the tests that fit them, and both in words."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation

from inventory.routing.facts import Condition, Facts

FIELDS: Mapping[str, str] = {
    "channel": "Channel", "country": "Ship-to country", "state": "Ship-to state", "postal_code": "Postal code",
    "tag": "Tags", "total": "Order total",
}  # fmt: skip
TESTS: Mapping[str, str] = {
    "is": "is one of", "is_not": "is not one of", "starts": "starts with", "least": "is at least", "below": "is below",
}  # fmt: skip
FITTING: Mapping[str, tuple[str, ...]] = {
    "channel": ("is", "is_not"), "country": ("is", "is_not"), "state": ("is", "is_not"),
    "postal_code": ("starts", "is", "is_not"), "tag": ("is", "is_not"), "total": ("least", "below"),
}  # fmt: skip


def listed(value: str) -> frozenset[str]:
    """The parts of a comma-separated value, compared without regard to case and spaces around."""
    return frozenset(part.strip().casefold() for part in value.split(",") if part.strip())


def amount(value: str) -> tuple[str, Decimal]:
    """`INR 50000` as currency and amount; the currency is empty when none is written. Raises ValueError."""
    *currency, number = value.replace(",", "").split() or [""]
    try:
        found = Decimal(number)
    except InvalidOperation:
        found = Decimal("NaN")
    if (
        len(currency) > 1
        or not found.is_finite()
        or (currency and not (currency[0].isalpha() and len(currency[0]) == 3))
    ):
        raise ValueError("Write an amount with its currency, like INR 50000.")
    return (currency[0].upper() if currency else ""), found


def wrong(condition: Condition) -> str:
    """What is wrong with a condition, as a sentence; empty when it can be asked."""
    if condition.field not in FIELDS or condition.test not in FITTING.get(condition.field, ()):
        fitting = ", ".join(TESTS[t] for t in FITTING.get(condition.field, ()))
        return f"{FIELDS.get(condition.field, 'This')} can be asked: {fitting or 'choose a field first'}."
    if condition.field == "total":
        try:
            currency, _ = amount(condition.value)
        except ValueError as error:
            return str(error)
        return "" if currency else "Write an amount with its currency, like INR 50000."
    return "" if listed(condition.value) else f"Write what {FIELDS[condition.field].lower()} is compared with."


def holds(condition: Condition, facts: Facts) -> bool:
    """Whether the order satisfies the condition. An amount in another currency satisfies neither test."""
    return _ASK[condition.field](condition, facts)


def words(condition: Condition) -> str:
    """`Ship-to state is one of Goa, Gujarat`."""
    return f"{FIELDS[condition.field]} {TESTS[condition.test]} {condition.value}"


def _among(value: Callable[[Facts], str]) -> Callable[[Condition, Facts], bool]:
    return lambda c, facts: (value(facts).casefold() in _parts(c.value)) == (c.test == "is")


def _postal(condition: Condition, facts: Facts) -> bool:
    code = facts.postal_code.replace(" ", "").casefold()
    if condition.test == "starts":
        return bool(code) and code.startswith(tuple(_parts(condition.value)))
    return (code in _parts(condition.value)) == (condition.test == "is")


def _tag(condition: Condition, facts: Facts) -> bool:
    found = any(tag.casefold() in _parts(condition.value) for tag in facts.tags)
    return found == (condition.test == "is")


def _total(condition: Condition, facts: Facts) -> bool:
    currency, limit = amount(condition.value)
    if currency and currency != facts.currency:
        return False
    return facts.total >= limit if condition.test == "least" else facts.total < limit


_cache: dict[str, frozenset[str]] = {}


def _parts(value: str) -> frozenset[str]:
    if value not in _cache:
        if len(_cache) > 5000:
            _cache.clear()
        _cache[value] = listed(value)
    return _cache[value]


_ASK: Mapping[str, Callable[[Condition, Facts], bool]] = {
    "channel": _among(lambda f: f.channel), "country": _among(lambda f: f.country), "state": _among(lambda f: f.state.strip()),
    "postal_code": _postal, "tag": _tag, "total": _total,
}  # fmt: skip
