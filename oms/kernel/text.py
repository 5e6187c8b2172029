"""What PostgreSQL can keep of a text."""

NUL = "\N{SYMBOL FOR NULL}"


def storable(text: str) -> str:
    """The text with a sign in place of each NUL, and of each half of a character: PostgreSQL keeps neither, and a person should
    see where they stand."""
    return text.replace("\0", NUL).encode("utf-8", "replace").decode()
