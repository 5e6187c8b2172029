"""The two answers an action can give besides success: a refusal a person can act on, and "busy, try again"."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Refusal:
    """Why something is closed now. `code` is stable for machines, `message` a sentence for people saying what to do."""

    code: str
    message: str
    details: dict = field(default_factory=dict, hash=False, compare=False)

    def __str__(self) -> str:
        return self.message


class Refused(Exception):
    """Raised by actions and readers when the input or the state does not allow what was asked.

    Carries one or more `Refusal`s. Create with `Refused("code", "Sentence.")` or `Refused.because(refusals)`.
    """

    def __init__(self, code: str, message: str, **details) -> None:
        self.reasons: tuple[Refusal, ...] = (Refusal(code, message, details),)
        super().__init__(message)

    @classmethod
    def because(cls, reasons: "list[Refusal] | tuple[Refusal, ...]") -> "Refused":
        first = reasons[0]
        refused = cls(first.code, first.message, **first.details)
        refused.reasons = tuple(reasons)
        refused.args = (" ".join(r.message for r in reasons),)
        return refused

    @property
    def code(self) -> str:
        return self.reasons[0].code

    @property
    def message(self) -> str:
        return " ".join(r.message for r in self.reasons)


class Busy(Exception):
    """Somebody else holds what is needed right now; nothing was changed and the caller may try again."""

    def __init__(self, message: str = "Somebody else is changing this right now. Try again in a moment.") -> None:
        super().__init__(message)
