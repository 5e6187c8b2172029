"""Numbers of things in sentences."""


def plural(number: int, one: str, many: str = "") -> str:
    """ "1 unit", "3 units"; `many` where an s is not enough."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def are(number: int) -> str:
    return "is" if number == 1 else "are"
