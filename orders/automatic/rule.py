"""One automatic step as admins set it, as the judge reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from orders.models.automatic import StepMode

AMONG = {StepMode.ON: 0, StepMode.WATCH: 1}


@dataclass(frozen=True)
class Rule:
    """`channel_id` None: every channel; `total_up_to` in the book currency; `since`: orders placed earlier are not its."""

    id: int
    name: str
    step: str
    mode: str
    channel_id: int | None
    group_id: int | None
    group_name: str
    total_up_to: Decimal | None
    known_only: bool
    leave_notes: bool
    wait: timedelta
    since: datetime
    changed_at: datetime

    @property
    def place(self) -> tuple[int, bool, int]:
        """Which of several is asked first: one that acts, then one for the channel, then the older one."""
        return AMONG[StepMode(self.mode)], self.channel_id is None, self.id


def rule_of(row: Mapping[str, Any]) -> Rule:
    """A row of the table as JSON, with the name of its group."""
    return Rule(
        row["id"], row["name"], row["step"], row["mode"], row["channel_id"], row["group_id"], row["group_name"],
        None if row["total_up_to"] is None else Decimal(str(row["total_up_to"])), row["known_only"], row["leave_notes"],
        timedelta(minutes=row["wait_minutes"]), datetime.fromisoformat(row["since"]), datetime.fromisoformat(row["changed_at"]),
    )  # fmt: skip
