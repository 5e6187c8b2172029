"""Who did it: a person, an automation rule, an integration, or the house itself."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Actor:
    """`kind` is person, rule, integration or system; `user_id` is set for people and for API keys acting as a user."""

    kind: str
    name: str
    user_id: int | None = None


SYSTEM = Actor("system", "OMS")


def as_actor(who: Any) -> Actor:
    """Turn a user, an `Actor` or a plain name of a rule into an `Actor`. Raises TypeError for anything else."""
    if isinstance(who, Actor):
        return who
    if isinstance(who, str):
        return SYSTEM if who == "system" else Actor("rule", who)
    if getattr(who, "pk", None) and hasattr(who, "display_name"):
        return Actor("person", who.display_name, who.pk)
    raise TypeError(f"An actor is a saved user, an Actor or a rule's name, not {who!r}.")
